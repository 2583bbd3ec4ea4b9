import { CopyObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { S3Event } from 'aws-lambda'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BucketNotification } from '../stand-in.ts'
import { QUEUE, startTestStandIn, type TestStandIn } from '../testing.ts'
import { encodeEventKey, risingSequencers, wants } from './events.ts'

const Bucket = 'faxes'
const notification: BucketNotification = {
  queueName: 'arrivals',
  events: ['s3:ObjectCreated:*'],
  prefix: 'incoming/',
  suffix: '.tif',
}
let running: TestStandIn

beforeEach(async () => {
  running = await startTestStandIn()
})
afterEach(() => running.end())

async function setUp({ standIn, client }: TestStandIn) {
  const { url: QueueUrl } = await standIn.createQueue('arrivals', QUEUE)
  await standIn.createBucket(Bucket, [notification])
  const [s3, sqs] = [new S3Client(client), new SQSClient(client)]
  return {
    s3,
    put: (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'bytes' })),
    received: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      )
      return Messages.map(({ Body = '' }) => JSON.parse(Body))
    },
  }
}

test('a new notification is tried out with s3:TestEvent, once and not again after a restart', async () => {
  const first = await setUp(running)
  expect(await first.received()).toEqual([
    {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: '2026-01-31T12:00:00.000Z',
      Bucket,
      RequestId: expect.stringMatching(/^[0-9A-F]{16}$/),
      HostId: expect.any(String),
    },
  ])
  await running.standIn.createBucket(Bucket, [notification])
  expect(await first.received()).toEqual([])
  running = await running.restart()
  const second = await setUp(running)
  // What the last run had in flight is there again, and nothing besides.
  expect(await second.received()).toHaveLength(1)
})

test('a write that matches gives one event, as AWS sends it', async () => {
  const { put, received } = await setUp(running)
  await received()
  await put('incoming/main/a fax+ü.tif')
  const events: S3Event[] = await received()
  expect(events).toEqual([
    {
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: 'eu-west-1',
          eventTime: '2026-01-31T12:00:00.000Z',
          eventName: 'ObjectCreated:Put',
          userIdentity: { principalId: expect.any(String) },
          requestParameters: { sourceIPAddress: '127.0.0.1' },
          responseElements: { 'x-amz-request-id': expect.any(String), 'x-amz-id-2': expect.any(String) },
          s3: {
            s3SchemaVersion: '1.0',
            configurationId: expect.any(String),
            bucket: {
              name: Bucket,
              ownerIdentity: { principalId: expect.any(String) },
              arn: 'arn:aws:s3:::faxes',
            },
            object: {
              key: 'incoming/main/a+fax%2B%C3%BC.tif',
              size: 5,
              eTag: '4b3a6218bb3e3a7303e8a171a60fcf92',
              sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
            },
          },
        },
      ],
    },
  ])
})

test('only what matches prefix and suffix is told; a copy is told as one', async () => {
  const { s3, put, received } = await setUp(running)
  await received()
  for (const key of ['pdf/main/1.tif', 'incoming/1.pdf']) await put(key)
  expect(await received()).toEqual([])
  await s3.send(
    new CopyObjectCommand({ Bucket, Key: 'incoming/1.tif', CopySource: `${Bucket}/pdf/main/1.tif` }),
  )
  const [event] = (await received()) as S3Event[]
  expect(event?.Records[0]).toMatchObject({
    eventName: 'ObjectCreated:Copy',
    s3: { object: { key: 'incoming/1.tif' } },
  })
})

test('a bucket can not notify a queue that is not there', async () => {
  await expect(running.standIn.createBucket(Bucket, [notification])).rejects.toThrow(
    'the queue arrivals, which is not there',
  )
})

test('sequencers rise, also when the clock stands still or goes back, and over a restart', () => {
  let now = 1_769_860_800_000
  const next = risingSequencers(() => now)
  const drawn = [next(), next(), next()]
  now -= 1000
  drawn.push(next())
  now += 5000
  drawn.push(risingSequencers(() => now)())
  expect(drawn).toEqual([...drawn].sort())
  expect(new Set(drawn).size).toBe(drawn.length)
})

test('keys are encoded as a form encodes them, slashes left', () => {
  expect(encodeEventKey("a b+c/d%e(f)'!*~.tif")).toBe('a+b%2Bc/d%25e%28f%29%27%21*%7E.tif')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (key) => {
      const encoded = encodeEventKey(key)
      expect(encoded).toMatch(/^[\w.*%+/-]*$/)
      expect(decodeURIComponent(encoded.replaceAll('+', ' '))).toBe(key)
    }),
  )
})

test.each<[boolean, string[], 'Put' | 'Copy']>([
  [true, ['s3:ObjectCreated:*'], 'Copy'],
  [true, ['s3:ObjectCreated:Put'], 'Put'],
  [false, ['s3:ObjectCreated:Put'], 'Copy'],
  [true, ['s3:ObjectRemoved:*', 's3:ObjectCreated:Copy'], 'Copy'],
])('%j: events %j, a %s', (expected, events, operation) => {
  expect(wants({ queueName: 'q', events }, 'key', operation)).toBe(expected)
})
