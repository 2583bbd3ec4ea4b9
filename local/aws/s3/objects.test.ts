import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3'
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

describe('an object', () => {
  test('comes back as it went in, with all that was said of it', async () => {
    const metadata = { source: '%2B33478', 'station-id': 'a  b' }
    const answer = await put('said', Buffer.from('bytes'), {
      Metadata: metadata,
      ContentType: 'image/tiff',
      ContentDisposition: 'attachment',
      CacheControl: 'no-store',
    })
    expect(answer.ETag).toBe(`"${createHash('md5').update('bytes').digest('hex')}"`)
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'said' }))
    expect(await got.Body?.transformToString()).toBe('bytes')
    expect(got).toMatchObject({
      Metadata: metadata,
      ContentType: 'image/tiff',
      ContentDisposition: 'attachment',
      CacheControl: 'no-store',
      ContentLength: 5,
      ETag: answer.ETag,
      LastModified: new Date(running.clock.nowMilliseconds()),
    })
  })

  test('is a file that a person can open, and that is theirs alone', async () => {
    await put('pdf/main/a fax.pdf', Buffer.from('%PDF'))
    const path = join(running.homeFolder, 'bucket', 'pdf', 'main', 'a fax.pdf')
    expect(running.standIn.objectFile(Bucket, 'pdf/main/a fax.pdf')).toBe(path)
    expect(readFileSync(path, 'utf8')).toBe('%PDF')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(running.homeFolder, 'bucket', 'pdf')).mode & 0o777).toBe(0o700)
  })

  test('is gone, and the folder that it was alone in, once deleted; deleting it again succeeds', async () => {
    await put('gone/soon', Buffer.from('x'))
    for (let time = 0; time < 2; time++) await s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone/soon' }))
    expect((await errorOf(get('gone/soon'))).name).toBe('NoSuchKey')
    expect(existsSync(join(running.homeFolder, 'bucket', 'gone'))).toBe(false)
  })

  test('can be empty', async () => {
    await put('empty', Buffer.alloc(0))
    expect(await get('empty')).toHaveLength(0)
  })

  test('copied keeps its bytes and metadata, or takes others', async () => {
    await put('original ü+', Buffer.from('copied'), { Metadata: { a: '1' }, ContentType: 'image/tiff' })
    const CopySource = `${Bucket}/${encodeURIComponent('original ü+')}`
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }))
    await s3.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'copy2',
        CopySource,
        MetadataDirective: 'REPLACE',
        Metadata: { b: '2' },
      }),
    )
    const [copy, replaced] = await Promise.all(
      ['copy', 'copy2'].map((Key) => s3.send(new GetObjectCommand({ Bucket, Key }))),
    )
    expect(await copy?.Body?.transformToString()).toBe('copied')
    expect(copy).toMatchObject({ Metadata: { a: '1' }, ContentType: 'image/tiff' })
    expect(await replaced?.Body?.transformToString()).toBe('copied')
    expect(replaced?.Metadata).toEqual({ b: '2' })
    const missing = await errorOf(
      s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/no` })),
    )
    expect(missing.name).toBe('NoSuchKey')
  })
})

describe('reading', () => {
  beforeAll(() => put('ten', Buffer.from('0123456789')))

  test.each<[range: string, part: string, contentRange: string]>([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=5-500', '56789', 'bytes 5-9/10'],
  ])('%s gives a part', async (Range, part, contentRange) => {
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'ten', Range }))
    expect(await got.Body?.transformToString()).toBe(part)
    expect(got).toMatchObject({
      ContentRange: contentRange,
      ContentLength: part.length,
      $metadata: { httpStatusCode: 206 },
    })
  })

  test('what is behind the end is an error', async () => {
    const error = await errorOf(s3.send(new GetObjectCommand({ Bucket, Key: 'ten', Range: 'bytes=10-' })))
    expect([error.name, error.$metadata?.httpStatusCode]).toEqual(['InvalidRange', 416])
  })

  test('conditions hold, or answer 304 and 412', async () => {
    const { ETag = '' } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'ten' }))
    const status = async (condition: object) => {
      const sent = s3.send(new HeadObjectCommand({ Bucket, Key: 'ten', ...condition }))
      return sent.then(() => 200).catch((error) => error.$metadata?.httpStatusCode)
    }
    const [now, earlier] = [0, -1000].map(
      (milliseconds) => new Date(running.clock.nowMilliseconds() + milliseconds),
    )
    expect(await status({ IfMatch: ETag })).toBe(200)
    expect(await status({ IfMatch: '"other"' })).toBe(412)
    expect(await status({ IfNoneMatch: ETag })).toBe(304)
    expect(await status({ IfNoneMatch: '"other"' })).toBe(200)
    expect(await status({ IfModifiedSince: now })).toBe(304)
    expect(await status({ IfModifiedSince: earlier })).toBe(200)
    expect(await status({ IfUnmodifiedSince: now })).toBe(200)
  })

  test('of what is not there is a 404, without a body for HEAD', async () => {
    const head = await errorOf(s3.send(new HeadObjectCommand({ Bucket, Key: 'none' })))
    expect([head.name, head.$metadata?.httpStatusCode]).toEqual(['NotFound', 404])
    const bucket = await errorOf(s3.send(new GetObjectCommand({ Bucket: 'no-such', Key: 'none' })))
    expect(bucket.name).toBe('NoSuchBucket')
  })

  test('goes on with the version that it began with while another one is written', async () => {
    const [old, young] = [Buffer.alloc(2_000_000, 'o'), Buffer.alloc(10, 'y')]
    await put('versions', old)
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'versions' }))
    await put('versions', young)
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(old)).toBe(true)
    expect(Buffer.from((await get('versions')) ?? []).equals(young)).toBe(true)
  })
})

test('the checksum comes back where it is asked for; CRC64NVME is computed where none was given', async () => {
  await put('summed', Buffer.from('123456789'), { ChecksumAlgorithm: 'SHA256' })
  const plain = new S3Client({ ...running.client, requestChecksumCalculation: 'WHEN_REQUIRED' })
  await plain.send(new PutObjectCommand({ Bucket, Key: 'unsummed', Body: '123456789' }))
  const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
  expect(await head('summed')).toMatchObject({
    ChecksumSHA256: createHash('sha256').update('123456789').digest('base64'),
    ChecksumType: 'FULL_OBJECT',
  })
  expect((await head('unsummed')).ChecksumCRC64NVME).toBe(
    Buffer.from('ae8b14860a799888', 'hex').toString('base64'),
  )
  const unasked = await s3.send(new HeadObjectCommand({ Bucket, Key: 'summed' }))
  expect(unasked.ChecksumSHA256).toBeUndefined()
})

test('user metadata is limited to 2 KB, names included', async () => {
  const fits = 'v'.repeat(2048 - 'name'.length)
  await put('metadata', Buffer.from('x'), { Metadata: { name: fits } })
  expect((await errorOf(put('metadata', Buffer.from('x'), { Metadata: { name: `${fits}v` } }))).name).toBe(
    'MetadataTooLarge',
  )
})

test('listing goes by pages', async () => {
  for (const key of ['list/1', 'list/2', 'list/sub/3', 'list/ü <&>']) await put(key, Buffer.from(key))
  const list = (input: object) => s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', ...input }))
  const all = await list({})
  expect(all.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([
    ['list/1', 6],
    ['list/2', 6],
    ['list/sub/3', 10],
    ['list/ü <&>', 11],
  ])
  const first = await list({ Delimiter: '/', MaxKeys: 3 })
  expect(first).toMatchObject({ IsTruncated: true, KeyCount: 3, CommonPrefixes: [{ Prefix: 'list/sub/' }] })
  const rest = await list({ Delimiter: '/', MaxKeys: 3, ContinuationToken: first.NextContinuationToken })
  expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['list/ü <&>'])
  expect(rest.IsTruncated).toBe(false)
})
