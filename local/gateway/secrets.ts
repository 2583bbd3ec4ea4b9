import { UnusableSecret } from '../../functions/backends/ftp/password.ts'
import { makeSecretReader } from '../../functions/backends/ftp/secret-reader.ts'
import type { StandIn } from '../aws/stand-in.ts'
import type { Secrets } from '../ftp/ftp-hosts.ts'
import { type ClientSettings, clientSettings } from './clients.ts'

/** The stand-in's secrets, read as the FTP function reads them. */
export async function standInSecrets(standIn: StandIn, settings: ClientSettings): Promise<Secrets> {
  // Loaded here, so that a table without FTP starts without it.
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
  const read = makeSecretReader(new SecretsManagerClient(clientSettings(settings)))
  return {
    async read(name) {
      try {
        return await read(name)
      } catch (error) {
        if (error instanceof UnusableSecret) return undefined
        throw error
      }
    },
    put: (name, value) => standIn.putSecretValue(name, value),
  }
}
