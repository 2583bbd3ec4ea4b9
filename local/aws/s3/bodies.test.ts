import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

type Body = NonNullable<PutObjectCommandInput['Body']>

const put = (Key: string, Body: Body, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const get = async (Key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToByteArray()

describe('a body', () => {
  const bytes = randomBytes(3_000_000)
  const sum = (algorithm: string) => createHash(algorithm).update(bytes).digest('base64')

  test.each<[string, () => Body, Partial<PutObjectCommandInput>]>([
    ['at once', () => bytes, {}],
    [
      'as a stream (aws-chunked, CRC32 in a trailer)',
      () => Readable.from([bytes.subarray(0, 9), bytes.subarray(9)]),
      { ContentLength: bytes.length },
    ],
    [
      'as a stream with SHA-256 in a trailer',
      () => Readable.from([bytes]),
      { ContentLength: bytes.length, ChecksumAlgorithm: 'SHA256' },
    ],
    ['with CRC32C', () => bytes, { ChecksumAlgorithm: 'CRC32C' }],
    ['with SHA-1', () => bytes, { ChecksumAlgorithm: 'SHA1' }],
    ['with a SHA-256 of its own', () => bytes, { ChecksumSHA256: sum('sha256') }],
    ['with Content-MD5', () => bytes, { ContentMD5: sum('md5') }],
  ])('%s is stored without the framing, and verified when it is read', async (_, body, more) => {
    await put('body', body(), more)
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'body', ChecksumMode: 'ENABLED' }))
    expect(Buffer.compare(Buffer.from((await got.Body?.transformToByteArray()) ?? []), bytes)).toBe(0)
    expect(got.ContentEncoding).toBeUndefined()
    expect(readFileSync(running.standIn.objectFile(Bucket, 'body')).equals(bytes)).toBe(true)
  })

  test.each<[string, Partial<PutObjectCommandInput>, string]>([
    ['SHA-256', { ChecksumSHA256: createHash('sha256').update('other').digest('base64') }, 'BadDigest'],
    ['SHA-1', { ChecksumSHA1: createHash('sha1').update('other').digest('base64') }, 'BadDigest'],
    ['CRC32', { ChecksumCRC32: 'AAAAAA==' }, 'BadDigest'],
    ['CRC32C', { ChecksumCRC32C: 'AAAAAA==' }, 'BadDigest'],
    ['CRC64NVME', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }, 'BadDigest'],
    ['MD5', { ContentMD5: createHash('md5').update('other').digest('base64') }, 'BadDigest'],
    ['MD5 of no sixteen bytes', { ContentMD5: 'AAAA' }, 'InvalidDigest'],
    ['SHA-256 of no 32 bytes', { ChecksumSHA256: 'AAAA' }, 'InvalidRequest'],
  ])('that does not hold its %s is refused, and leaves nothing behind', async (_, claim, code) => {
    expect((await errorOf(put('refused', bytes, claim))).name).toBe(code)
    expect((await errorOf(get('refused'))).name).toBe('NoSuchKey')
    expect(readdirSync(join(running.homeFolder, 'unfinished'))).toEqual([])
  })

  /** A client whose requests have another body than the one that they are signed for. */
  function forging(body: string): S3Client {
    const client = new S3Client({ ...running.client, requestChecksumCalculation: 'WHEN_REQUIRED' })
    client.middlewareStack.add(
      (next) => async (args) => {
        const request = args.request as { headers: Record<string, string> }
        const { 'transfer-encoding': _, ...headers } = request.headers
        Object.assign(request, { body, headers: { ...headers, 'content-length': String(body.length) } })
        return next(args)
      },
      // Last, that is after signing.
      { step: 'finalizeRequest', name: 'forge', priority: 'low' },
    )
    return client
  }
  const stream = () => ({
    Body: Readable.from(['hello']),
    ContentLength: 5,
    ChecksumAlgorithm: 'CRC32' as const,
  })

  test.each<[string, () => object, string, string]>([
    ['is not what was signed', () => ({ Body: 'hello' }), 'jello', 'XAmzContentSHA256Mismatch'],
    [
      'does not hold its trailer',
      stream,
      '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n',
      'BadDigest',
    ],
    ['lacks its trailer', stream, '5\r\nhello\r\n0\r\n\r\n', 'MalformedTrailerError'],
    [
      'has other bytes than were announced',
      stream,
      '4\r\nhell\r\n0\r\nx-amz-checksum-crc32:HIYA4w==\r\n\r\n',
      'IncompleteBody',
    ],
  ])('that %s is refused', async (_, body, forged, code) => {
    const request = new PutObjectCommand({ Bucket, Key: 'forged', ...body() })
    expect((await errorOf(forging(forged).send(request))).name).toBe(code)
    expect((await errorOf(get('forged'))).name).toBe('NoSuchKey')
  })

  test('whose caller goes away leaves the object that was there', async () => {
    await put('kept', Buffer.from('before'))
    const leaving = new AbortController()
    const endless = Readable.from(
      (async function* () {
        yield Buffer.alloc(100_000)
        leaving.abort()
        await new Promise((resolve) => setTimeout(resolve, 50))
        yield Buffer.alloc(100_000)
      })(),
    )
    const request = new PutObjectCommand({ Bucket, Key: 'kept', Body: endless, ContentLength: 200_000 })
    await errorOf(s3.send(request, { abortSignal: leaving.signal }))
    await expect.poll(() => readdirSync(join(running.homeFolder, 'unfinished'))).toEqual([])
    expect(Buffer.from((await get('kept')) ?? []).toString()).toBe('before')
    expect(running.told).toEqual([])
  })
})
