import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, startTestStandIn, type TestStandIn } from '../testing.ts'

const Bucket = 'faxes'
let running: TestStandIn
let s3: S3Client

beforeAll(async () => {
  running = await startTestStandIn()
  await running.standIn.createBucket(Bucket, [])
  s3 = new S3Client(running.client)
})
afterAll(() => running.end())

const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }))

/** A body that stays half-sent until it is let go on. */
function heldBody() {
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let begun = () => {}
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve
  })
  const body = Readable.from(
    (async function* () {
      yield Buffer.alloc(100_000)
      begun()
      await held
      yield Buffer.alloc(100_000)
    })(),
  )
  return { Body: body, ContentLength: 200_000, hasBegun, letGo }
}

test('If-None-Match: * writes what is not there, and nothing else', async () => {
  await put('once', { IfNoneMatch: '*' })
  const second = await errorOf(put('once', { IfNoneMatch: '*' }))
  expect([second.name, second.$metadata?.httpStatusCode]).toEqual(['PreconditionFailed', 412])
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'once' }))
  await put('once', { IfNoneMatch: '*' })
})

test('If-Match writes over the version that is named, and no other', async () => {
  const { ETag } = await put('version')
  expect((await errorOf(put('version', { IfMatch: '"0123"' }))).name).toBe('PreconditionFailed')
  await put('version', { IfMatch: ETag, Body: 'y' })
  expect((await errorOf(put('version', { IfMatch: ETag }))).name).toBe('PreconditionFailed')
  expect((await errorOf(put('no version', { IfMatch: ETag }))).$metadata?.httpStatusCode).toBe(404)
})

test('an ETag after If-None-Match is not implemented for writes, as on S3', async () => {
  expect((await errorOf(put('etag', { IfNoneMatch: '"0123"' }))).$metadata?.httpStatusCode).toBe(501)
})

test.each([
  ['a write', () => put('race')],
  ['a delete', () => s3.send(new DeleteObjectCommand({ Bucket, Key: 'race' }))],
])('%s during a conditional write of the same key is a conflict (409)', async (name, other) => {
  if (name === 'a delete') await put('race')
  const { ETag } = await put('race')
  if (name === 'a write') await s3.send(new DeleteObjectCommand({ Bucket, Key: 'race' }))
  const { hasBegun, letGo, ...body } = heldBody()
  const condition = name === 'a write' ? { IfNoneMatch: '*' } : { IfMatch: ETag }
  const slow = errorOf(put('race', { ...body, ...condition }))
  await hasBegun
  // The server has to have the request's beginning as well.
  await new Promise((resolve) => setTimeout(resolve, 100))
  await other()
  letGo()
  const error = await slow
  expect([error.name, error.$metadata?.httpStatusCode]).toEqual(['ConditionalRequestConflict', 409])
})

test('of many who write the same key at once, one succeeds', async () => {
  const attempts = Array.from({ length: 20 }, (_, number) =>
    put('contended', { Body: `writer ${number}`, IfNoneMatch: '*' }).then(
      () => 'written',
      (error) => error.name,
    ),
  )
  const results = await Promise.all(attempts)
  expect(results.filter((result) => result === 'written')).toHaveLength(1)
  const refused = results.filter((result) => result !== 'written')
  expect(
    refused.filter((name) => !['PreconditionFailed', 'ConditionalRequestConflict'].includes(name)),
  ).toEqual([])
})
