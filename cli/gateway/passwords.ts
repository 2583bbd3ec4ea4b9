import type { ClientSettings } from './connect.ts'

/** Gives a secret its value. It is there already: a deployment makes one for each name in the table. */
export async function putPassword(
  settings: ClientSettings,
  secret: string,
  password: string,
): Promise<'set' | 'no such secret'> {
  const { PutSecretValueCommand, ResourceNotFoundException, SecretsManagerClient } = await import(
    '@aws-sdk/client-secrets-manager'
  )
  const client = new SecretsManagerClient(settings)
  try {
    await client.send(new PutSecretValueCommand({ SecretId: secret, SecretString: password }))
    return 'set'
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'no such secret'
    throw error
  } finally {
    client.destroy()
  }
}
