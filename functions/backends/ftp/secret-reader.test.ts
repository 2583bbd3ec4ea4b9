import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterEach, expect, test } from 'vitest'
import { UnusableSecret } from './password.ts'
import { makeSecretReader } from './secret-reader.ts'

let server: Server | undefined
afterEach(() => {
  server?.close()
})

/** Reads a secret from a Secrets Manager that gives this answer. */
async function readFrom(status: number, answer: object): Promise<string> {
  server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  return makeSecretReader(client)('ftp-example-org').finally(() => client.destroy())
}

test('a value is given as it is, text or bytes', async () => {
  expect(await readFrom(200, { SecretString: '{"password":"x"}' })).toBe('{"password":"x"}')
  server?.close()
  expect(await readFrom(200, { SecretBinary: Buffer.from('hünter2').toString('base64') })).toBe('hünter2')
})

test.each([
  [200, {}],
  [
    400,
    {
      __type: 'ResourceNotFoundException',
      Message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    },
  ],
])('no value yet (%i %j) names the command that sets it', async (status, answer) => {
  const read = readFrom(status, answer)
  await expect(read).rejects.toThrow(UnusableSecret)
  await expect(read).rejects.toThrow('aws secretsmanager put-secret-value --secret-id ftp-example-org')
})

test('a secret that may not be read is a matter for the operator', async () => {
  const answer = { __type: 'AccessDeniedException', Message: 'Access to KMS is not allowed' }
  await expect(readFrom(400, answer)).rejects.toMatchObject({
    message: 'Secret ftp-example-org: Access to KMS is not allowed',
    code: 'AccessDeniedException',
  })
})

test('a fault of AWS is none of the secret', async () => {
  const read = readFrom(500, { __type: 'InternalServiceError', Message: 'Oops' })
  await expect(read).rejects.toThrow('Oops')
  await expect(read).rejects.not.toThrow(UnusableSecret)
})
