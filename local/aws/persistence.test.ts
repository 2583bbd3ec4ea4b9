import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { messagesIn } from './sqs/message-store.ts'
import { QUEUE, startTestStandIn, type TestStandIn } from './testing.ts'

let running: TestStandIn
let s3: S3Client
let sqs: SQSClient
let QueueUrl: string

beforeEach(async () => {
  running = await startTestStandIn()
  await setUp()
})
afterEach(() => running.end())

async function setUp() {
  s3 = new S3Client(running.client)
  sqs = new SQSClient(running.client)
  QueueUrl = (await running.standIn.createQueue('work', QUEUE)).url
  await running.standIn.createBucket('faxes', [])
}

async function restart() {
  running = await running.restart()
  await setUp()
}

async function receive(): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  )
  return Messages
}
const messagesFile = () => join(running.homeFolder, 'queues', 'work.jsonl')
const lines = () => readFileSync(messagesFile(), 'utf8').split('\n').filter(Boolean)

test('objects are there again, with all that was said of them', async () => {
  const object = { Bucket: 'faxes', Key: 'incoming/main/a b.tif' }
  await s3.send(
    new PutObjectCommand({
      ...object,
      Body: 'bytes',
      Metadata: { source: '100' },
      ContentType: 'image/tiff',
    }),
  )
  const {
    $metadata: _,
    Body: before,
    ...said
  } = await s3.send(new GetObjectCommand({ ...object, ChecksumMode: 'ENABLED' }))
  await before?.transformToString()
  await restart()
  const {
    $metadata: __,
    Body,
    ...again
  } = await s3.send(new GetObjectCommand({ ...object, ChecksumMode: 'ENABLED' }))
  expect([await Body?.transformToString(), again]).toEqual(['bytes', said])
  expect((await s3.send(new ListObjectsV2Command({ Bucket: 'faxes' }))).KeyCount).toBe(1)
})

test('messages are there again: those that waited, those in flight at once, and their counts go on', async () => {
  const MessageAttributes = { a: { DataType: 'String', StringValue: '1' } }
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'held', MessageAttributes }))
  const [held] = await receive()
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'waiting' }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'delayed', DelaySeconds: 60 }))
  await restart()
  const messages = await receive()
  expect(messages.map(({ Body }) => Body).sort()).toEqual(['held', 'waiting'])
  expect(messages.find(({ Body }) => Body === 'held')).toMatchObject({
    MessageId: held?.MessageId,
    MessageAttributes,
    Attributes: { ApproximateReceiveCount: '2' },
  })
  expect(running.standIn.queueDepths().work).toEqual({ visible: 0, inFlight: 2, delayed: 1 })
})

test('a deleted message does not come back, and a handle of the last run still deletes', async () => {
  for (const MessageBody of ['a', 'b']) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
  const [first, second] = await receive()
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }))
  await restart()
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: second?.ReceiptHandle }))
  expect(await receive()).toEqual([])
  await restart()
  expect(lines()).toEqual([])
})

test('a message is a line that a person can read', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'readable' }))
  expect(lines().map((line) => JSON.parse(line))).toMatchObject([
    {
      body: 'readable',
      receiveCount: 0,
      sentAt: '2026-01-31T12:00:00.000Z',
    },
  ])
  expect(statSync(messagesFile()).mode & 0o777).toBe(0o600)
})

test('what a crash left half-written is not taken for a message; what is damaged is named', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'whole' }))
  const path = join(running.homeFolder, 'copy.jsonl')
  writeFileSync(path, `${lines()[0]}\n{"id"`)
  const store = messagesIn(path)
  expect(store.load()).toMatchObject([{ body: 'whole' }])
  store.close()
  writeFileSync(path, `${lines()[0]}\n{"id"\n`)
  expect(() => messagesIn(path).load()).toThrow(`${path}, line 2 is no message of the local stand-in`)
})

test('a file does not grow with the messages that are gone', () => {
  const path = join(running.homeFolder, 'many.jsonl')
  const store = messagesIn(path)
  const message = (body: string) => ({
    id: randomUUID(),
    body,
    attributes: {},
    sentAt: '2026-01-31T12:00:00.000Z',
    visibleAt: '2026-01-31T12:00:00.000Z',
    receiveCount: 0,
  })
  const kept = message('kept')
  store.save(kept)
  for (let number = 0; number < 2000; number += 1) {
    const passing = message(`${number}`)
    store.save(passing)
    store.remove(passing.id)
  }
  store.close()
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(1100)
  expect(messagesIn(path).load()).toEqual([kept])
})

test('all folders are for their owner alone', async () => {
  await s3.send(new PutObjectCommand({ Bucket: 'faxes', Key: 'a/b', Body: 'x' }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
  const entries = readdirSync(running.homeFolder, { recursive: true, withFileTypes: true })
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
  expect(folders.filter((folder) => statSync(folder).mode & 0o077)).toEqual([])
  expect(folders.length).toBeGreaterThan(5)
})
