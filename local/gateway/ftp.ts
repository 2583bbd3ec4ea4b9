import { join } from 'node:path'
import type { DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import type { StandIn } from '../aws/stand-in.ts'
import { type FtpHosts, startFtpHosts } from '../ftp/ftp-hosts.ts'
import type { ClientSettings } from './clients.ts'
import { standInSecrets } from './secrets.ts'

/** Local servers for the FTP backends of the table. */
export async function startFtp(
  { standIn, onProblem }: { standIn: StandIn; onProblem: (text: string) => void },
  { backends }: DeployedTable,
  settings: ClientSettings,
  homeFolder: string,
): Promise<FtpHosts> {
  const all = backends.filter((backend) => backend.kind === 'ftp')
  // The secret behind an ARN is in a real account, where the local gateway never looks.
  const [ofAccount, own] = [all.filter(namesArn), all.filter((backend) => !namesArn(backend))]
  for (const { name } of ofAccount) {
    onProblem(
      `${name}: its password_secret is the ARN of a secret in an AWS account, which the local gateway does not read. Faxes to it fail here; a name would work.`,
    )
  }
  if (own.length === 0) return { redirects: [], close: async () => {} }
  const secrets = await standInSecrets(standIn, settings)
  return await startFtpHosts(secrets, own, {
    folder: join(homeFolder, 'ftp'),
    tlsFolder: join(homeFolder, 'tls'),
  })
}

function namesArn({ passwordSecret }: { passwordSecret: string }): boolean {
  return passwordSecret.startsWith('arn:')
}
