import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, startTestStandIn, type TestStandIn } from '../testing.ts'

let running: TestStandIn
let client: SecretsManagerClient

beforeAll(async () => {
  running = await startTestStandIn()
  client = new SecretsManagerClient(running.client)
})
afterAll(() => running.end())

const get = (SecretId: string, more = {}) => client.send(new GetSecretValueCommand({ SecretId, ...more }))
const file = (name: string) => join(running.homeFolder, 'secrets', name)

test('a secret is found by its name, its ARN, and its ARN without the suffix', async () => {
  const { arn } = await running.standIn.createSecret('faxlane/ftp')
  await running.standIn.putSecretValue('faxlane/ftp', 'pass word ü\n')
  expect(arn).toMatch(/^arn:aws:secretsmanager:eu-west-1:000000000000:secret:faxlane\/ftp-[A-Za-z0-9]{6}$/)
  for (const id of ['faxlane/ftp', arn, arn.slice(0, -7)])
    expect(await get(id)).toMatchObject({
      ARN: arn,
      Name: 'faxlane/ftp',
      SecretString: 'pass word ü\n',
      VersionStages: ['AWSCURRENT'],
    })
})

test('a secret that has no value yet, and one that is not there, are told apart by the text', async () => {
  await running.standIn.createSecret('empty')
  const empty = await errorOf(get('empty'))
  expect(empty).toBeInstanceOf(ResourceNotFoundException)
  expect(empty.message).toBe(
    "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  )
  const none = await errorOf(get('none'))
  expect(none).toBeInstanceOf(ResourceNotFoundException)
  expect(none.message).toBe("Secrets Manager can't find the specified secret.")
})

test('a new value replaces the old one, and has a version of its own', async () => {
  await running.standIn.createSecret('changed')
  const put = (SecretString: string) =>
    client.send(new PutSecretValueCommand({ SecretId: 'changed', SecretString }))
  const first = await put('one')
  expect(await get('changed')).toMatchObject({ SecretString: 'one', VersionId: first.VersionId })
  await new Promise((resolve) => setTimeout(resolve, 5))
  const second = await put('two')
  expect(second.VersionId).not.toBe(first.VersionId)
  expect(await get('changed')).toMatchObject({ SecretString: 'two', VersionId: second.VersionId })
  expect((await errorOf(get('changed', { VersionId: first.VersionId }))).name).toBe(
    'ResourceNotFoundException',
  )
  expect((await errorOf(get('changed', { VersionStage: 'AWSPREVIOUS' }))).message).toContain(
    'staging label: AWSPREVIOUS',
  )
  const described = await client.send(new DescribeSecretCommand({ SecretId: 'changed' }))
  expect(described.VersionIdsToStages).toEqual({ [second.VersionId ?? '']: ['AWSCURRENT'] })
})

test('the value is a file for its owner alone, which an editor may change', async () => {
  await running.standIn.createSecret('faxlane/edited')
  await running.standIn.putSecretValue('faxlane/edited', 'before')
  const path = file('faxlane%2Fedited')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
  expect(readFileSync(path, 'utf8')).toBe('before\n')
  for (const content of ['after', 'after\n', 'after\r\n']) {
    writeFileSync(path, content)
    expect((await get('faxlane/edited')).SecretString).toBe('after')
  }
  appendFileSync(path, '\n')
  expect((await get('faxlane/edited')).SecretString).toBe('after\r\n')
})

test('a value outlasts the run; the secret has to be made in each', async () => {
  await running.standIn.createSecret('lasting')
  await running.standIn.putSecretValue('lasting', 'value')
  running = await running.restart()
  client = new SecretsManagerClient(running.client)
  expect((await errorOf(get('lasting'))).name).toBe('ResourceNotFoundException')
  await running.standIn.createSecret('lasting')
  expect((await get('lasting')).SecretString).toBe('value')
})

test('names that lead out of the folder, or are none, are refused', async () => {
  await expect(running.standIn.createSecret('a b')).rejects.toThrow('"a b" is not valid')
  await running.standIn.createSecret('../../escaped')
  await running.standIn.putSecretValue('../../escaped', 'x')
  expect(readdirSync(join(running.homeFolder, 'secrets'))).toContain('..%2F..%2Fescaped')
  await expect(running.standIn.putSecretValue('unknown', 'x')).rejects.toThrow(
    "can't find the specified secret",
  )
})

test('what it does not know, it says', async () => {
  expect((await errorOf(client.send(new CreateSecretCommand({ Name: 'x' })))).message).toContain(
    'does not know Secrets Manager CreateSecret',
  )
  const binary = client.send(
    new PutSecretValueCommand({ SecretId: 'lasting', SecretBinary: new Uint8Array([1]) }),
  )
  expect((await errorOf(binary)).message).toContain('PutSecretValue with SecretBinary')
  expect(running.told).toHaveLength(2)
})
