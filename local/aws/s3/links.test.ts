import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { START, startTestStandIn, type TestStandIn } from '../testing.ts'

const [Bucket, Key] = ['faxes', 'pdf/main/a fax ü+.pdf']
let running: TestStandIn
let s3: S3Client

beforeAll(async () => {
  running = await startTestStandIn()
  await running.standIn.createBucket(Bucket, [])
  s3 = new S3Client(running.client)
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: '%PDF', ContentType: 'application/pdf' }))
})
afterAll(() => running.end())

const link = (
  options: {
    client?: S3Client
    expiresIn?: number
    signingDate?: Date
    ResponseContentDisposition?: string
  } = {},
) => {
  const { client = s3, ResponseContentDisposition, ...signing } = options
  const command = new GetObjectCommand({
    Bucket,
    Key,
    ...(ResponseContentDisposition && { ResponseContentDisposition }),
  })
  return getSignedUrl(client, command, {
    expiresIn: 60,
    signingDate: new Date(running.clock.nowMilliseconds()),
    ...signing,
  })
}
const fetched = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init)
  const body = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body,
    code: /<Code>(.*?)<\/Code>/.exec(body)?.[1],
    message: /<Message>(.*?)<\/Message>/.exec(body)?.[1],
  }
}

test('a link gives the object, with the headers that it was signed with', async () => {
  const { status, body, headers } = await fetched(
    await link({ ResponseContentDisposition: 'inline; filename="a b.pdf"' }),
  )
  expect([status, body]).toEqual([200, '%PDF'])
  expect(headers.get('content-disposition')).toBe('inline; filename="a b.pdf"')
  expect(headers.get('content-type')).toBe('application/pdf')
})

test('a link holds for the method that it was signed for', async () => {
  const head = await getSignedUrl(s3, new HeadObjectCommand({ Bucket, Key }), {
    signingDate: new Date(START),
  })
  expect(await fetched(head, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  expect(await fetched(head)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
})

test('a link holds until it expires', async () => {
  const url = await link({ expiresIn: 60 })
  running.clock.advance(60_000)
  expect((await fetched(url)).status).toBe(200)
  running.clock.advance(1)
  expect(await fetched(url)).toMatchObject({
    status: 403,
    code: 'AccessDenied',
    message: 'Request has expired',
  })
})

describe('a link is refused when', () => {
  test.each<[string, (url: string) => string, string]>([
    ['its key is another', (url) => url.replace('pdf/main', 'pdf/other'), 'SignatureDoesNotMatch'],
    [
      'its time is longer',
      (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'),
      'SignatureDoesNotMatch',
    ],
    [
      'a header is set that was not signed',
      (url) => `${url}&response-content-type=text%2Fhtml`,
      'SignatureDoesNotMatch',
    ],
    [
      'its signature is cut',
      (url) => url.replace(/(X-Amz-Signature=.{10})[0-9a-f]*/, '$1'),
      'SignatureDoesNotMatch',
    ],
    [
      'its signature is not there',
      (url) => url.replace(/&X-Amz-Signature=[0-9a-f]*/, ''),
      'AuthorizationQueryParametersError',
    ],
    [
      'it is to hold for more than a week',
      (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=604801'),
      'AuthorizationQueryParametersError',
    ],
    ['nothing is signed', (url) => url.replace(/\?.*/, ''), 'AccessDenied'],
  ])('%s', async (_, change, code) => {
    const url = await link()
    expect(change(url)).not.toBe(url)
    const answer = await fetched(change(url))
    expect(answer.code).toBe(code)
    expect(answer.status).toBeGreaterThanOrEqual(400)
  })

  test('it is of another secret, key or time', async () => {
    const credentials = { ...running.client.credentials }
    const signedBy = (other: Partial<typeof credentials>) =>
      new S3Client({ ...running.client, credentials: { ...credentials, ...other } })
    expect((await fetched(await link({ client: signedBy({ secretAccessKey: 'other' }) }))).code).toBe(
      'SignatureDoesNotMatch',
    )
    expect((await fetched(await link({ client: signedBy({ accessKeyId: 'AKIAOTHER' }) }))).code).toBe(
      'InvalidAccessKeyId',
    )
    const tomorrow = new Date(running.clock.nowMilliseconds() + 86_400_000)
    expect(await fetched(await link({ signingDate: tomorrow }))).toMatchObject({
      code: 'AccessDenied',
      message: 'Request is not yet valid',
    })
  })
})
