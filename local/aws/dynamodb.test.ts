import { statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import {
  ConditionalCheckFailedException,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStandIn } from './stand-in.ts'
import { ACCOUNT, CREDENTIALS, errorOf, REGION, startTestStandIn, type TestStandIn } from './testing.ts'

/** With what dynalite does not know, as a template has it. */
const TABLE: CreateTableCommandInput = {
  TableName: 'ledger',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  DeletionProtectionEnabled: true,
  SSESpecification: { Enabled: true },
  TableClass: 'STANDARD',
  Tags: [{ Key: 'a', Value: 'b' }],
}

let running: TestStandIn
beforeAll(async () => {
  running = await startTestStandIn()
  await running.standIn.createTable(TABLE)
})
afterAll(() => running.end())

const client = () => new DynamoDBClient({ ...running.client, endpoint: running.standIn.dynamoDbEndpoint })
const item = { pk: { S: 'FAX#1' }, state: { S: 'open' } }

test('the table is there, billed by request, and keeps its items over a restart', async () => {
  const { Table } = await client().send(new DescribeTableCommand({ TableName: 'ledger' }))
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
  })
  const once = new PutItemCommand({
    TableName: 'ledger',
    Item: item,
    ConditionExpression: 'attribute_not_exists(pk)',
  })
  await client().send(once)
  expect(await errorOf(client().send(once))).toBeInstanceOf(ConditionalCheckFailedException)
  running = await running.restart()
  await running.standIn.createTable(TABLE)
  expect(
    (await client().send(new GetItemCommand({ TableName: 'ledger', Key: { pk: item.pk } }))).Item,
  ).toEqual(item)
  expect(statSync(join(running.homeFolder, 'ledger')).mode & 0o777).toBe(0o700)
})

test('a second gateway on the same folder is refused, and harms nothing', async () => {
  const second = startStandIn({
    homeFolder: running.homeFolder,
    accountId: ACCOUNT,
    region: REGION,
    delayDivisor: 1,
    ...CREDENTIALS,
  })
  await expect(second).rejects.toThrow(`Another gateway runs on ${running.homeFolder}`)
  expect(
    (await client().send(new GetItemCommand({ TableName: 'ledger', Key: { pk: item.pk } }))).Item,
  ).toEqual(item)
})

test('a table that dynalite does not take is an error with its reason', async () => {
  await expect(running.standIn.createTable({ ...TABLE, TableName: 'x' })).rejects.toThrow(
    'dynalite refuses the table x: com.amazon.coral.validate#ValidationException',
  )
})

test('a foreign key, and a web page, are refused', async () => {
  const foreign = new DynamoDBClient({
    ...running.client,
    endpoint: running.standIn.dynamoDbEndpoint,
    credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' },
  })
  expect((await errorOf(foreign.send(new DescribeTableCommand({ TableName: 'ledger' })))).name).toBe(
    'UnrecognizedClientException',
  )
  const page = await fetch(running.standIn.dynamoDbEndpoint, {
    method: 'OPTIONS',
    headers: { origin: 'https://example.org', 'access-control-request-headers': 'authorization' },
  })
  expect(page.headers.get('access-control-allow-origin')).toBeNull()
})

test('a caller that goes away in the middle of a request ends only itself', async () => {
  const { hostname, port } = new URL(running.standIn.dynamoDbEndpoint)
  await new Promise<void>((resolve) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/x`
    const sent = request({
      hostname,
      port,
      method: 'POST',
      headers: { authorization, 'content-length': 1000 },
    })
    sent.once('error', () => resolve())
    sent.write('{', () => setTimeout(() => sent.destroy(new Error('gone')), 20))
  })
  expect((await client().send(new DescribeTableCommand({ TableName: 'ledger' }))).Table?.TableStatus).toBe(
    'ACTIVE',
  )
})
