import { readdirSync, readFileSync, renameSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join, resolve, sep } from 'node:path'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AwsError } from '../aws-error.ts'
import { errorOf, startTestStandIn, type TestStandIn } from '../testing.ts'
import { objectPath } from './object-key.ts'

const Bucket = 'faxes'
let running: TestStandIn
let s3: S3Client

beforeAll(async () => {
  running = await startTestStandIn()
  await running.standIn.createBucket(Bucket, [])
  s3 = new S3Client(running.client)
})
afterAll(() => running.end())

const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))

describe('keys that lead out of the folder are refused', () => {
  test.each(['..', '../x', 'a/../../x', 'a/..', './a', 'a/./b', '/etc/passwd', '//x', 'nul\0character'])(
    '%j',
    (key) => {
      expect(() => objectPath(key)).toThrow('refuses it')
    },
  )

  test('also when they come over the wire', async () => {
    const before = readdirSync(running.homeFolder)
    for (const key of ['../../escaped', 'a/../../../escaped', 'nul\0character'])
      expect((await errorOf(put(key))).name, key).toMatch(/InvalidRequest|SignatureDoesNotMatch/)
    expect(
      readdirSync(running.homeFolder).filter((name) => !before.includes(name) && name !== 'unfinished'),
    ).toEqual([])
  })

  test('also when an encoded path says so', async () => {
    const link = new URL(await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'KEY' })))
    const { hostname, port, search } = link
    const status = await new Promise((done, failed) => {
      // node:http sends the path as it is given; fetch would normalise it.
      const sent = request(
        { hostname, port, path: `/${Bucket}/..%2f..%2fsecrets${search}` },
        ({ statusCode }) => done(statusCode),
      )
      sent.once('error', failed).end()
    })
    expect(status).toBe(403)
  })

  test('and no key at all has a path outside', () => {
    const unit = fc.constantFrom('.', '..', '/', '\\', 'a', '%', '%2e', '\0', ' ', '\u{1f4e0}')
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (segments) => {
        try {
          const path = resolve(`${sep}bucket`, objectPath(segments.join('')))
          expect(path.startsWith(`${sep}bucket${sep}`)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(AwsError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('keys that a file system can not hold have an escaped file name, and come back whole', () => {
  test.each([
    'a//b',
    'folder/',
    'question?mark',
    'back\\slash',
    'per%25cent % and %2F',
    'line\nbreak',
    'trailing dot.',
    `${'long'.repeat(80)}.pdf`,
    `deep/${'ü'.repeat(200)}/end`,
    "+ plus & blank =;,$!'()*~@[]{}^`#",
    '\u{1f4e0} fax',
  ])('%j', async (key) => {
    await put(key)
    expect(readFileSync(running.standIn.objectFile(Bucket, key), 'utf8')).toBe(key)
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: key }))
    expect(await got.Body?.transformToString()).toBe(key)
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: key }))
    expect(Contents?.map(({ Key }) => Key)).toEqual([key])
    await s3.send(new DeleteObjectCommand({ Bucket, Key: key }))
    expect(readdirSync(join(running.homeFolder, 'bucket'))).toEqual([])
  })

  test('a key over 1024 bytes is too long', async () => {
    expect((await errorOf(put('k'.repeat(1025)))).name).toBe('KeyTooLongError')
  })
})

test('a key that would have to be a file and a folder is refused, and says so', async () => {
  await put('a')
  const below = await errorOf(put('a/b/c'))
  expect([below.name, below.message]).toEqual([
    'InvalidRequest',
    expect.stringContaining("can't be a file beside"),
  ])
  await put('b/c')
  expect((await errorOf(put('b'))).message).toContain("can't be a file beside the objects under b/")
  expect((await errorOf(s3.send(new GetObjectCommand({ Bucket, Key: 'a/b/c' })))).name).toBe('NoSuchKey')
})

test('where the file system takes two keys for one, the second is refused', async () => {
  await put('Case')
  // As a file system that ignores case would find it.
  const record = join(running.homeFolder, 'bucket-metadata', Bucket, 'objects', 'Case.json')
  renameSync(record, join(dirname(record), 'case.json'))
  expect((await errorOf(put('case'))).message).toContain("can't be a file beside Case")
})
