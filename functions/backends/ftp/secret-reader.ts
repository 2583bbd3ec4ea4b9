import {
  GetSecretValueCommand,
  type SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager'
import { commandThatSets, UnusableSecret } from './password.ts'

/** Answers that stay the same until an operator acts; all others are AWS's faults and thrown on. */
const FINAL = /^(AccessDeniedException|InvalidRequestException|InvalidParameterException|DecryptionFailure)$/

/** Reads the current value of a secret; {@link UnusableSecret} when there is none to be had. */
export function makeSecretReader(client: SecretsManagerClient): (name: string) => Promise<string> {
  return async (name) => {
    const { SecretString, SecretBinary } = await getSecretValue(client, name)
    const value = SecretString ?? (SecretBinary && Buffer.from(SecretBinary).toString('utf8'))
    if (value === undefined) throw withoutValue(name)
    return value
  }
}

async function getSecretValue(client: SecretsManagerClient, name: string) {
  try {
    return await client.send(new GetSecretValueCommand({ SecretId: name }))
  } catch (error) {
    if (!(error instanceof SecretsManagerServiceException)) throw error
    // The same answer for a secret that was made and never given a value, as a deployment leaves it.
    if (error.name === 'ResourceNotFoundException') throw withoutValue(name, error)
    if (FINAL.test(error.name)) throw new UnusableSecret(`Secret ${name}: ${error.message}`, error.name)
    throw error
  }
}

function withoutValue(name: string, error?: SecretsManagerServiceException): UnusableSecret {
  const said = error === undefined ? '' : ` (${error.message})`
  return new UnusableSecret(
    `Secret ${name} has no value yet${said}. Set it: ${commandThatSets(name)}`,
    error?.name,
  )
}
