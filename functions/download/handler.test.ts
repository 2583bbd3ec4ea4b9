import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeLinkMaker } from '../backends/mail/link-maker.ts'
import type { DownloadAnswer } from './download.ts'
import { makeLinkStore } from './link-store.ts'

// A mailed link through the table to the signed URL, by the code that runs deployed, from its environment on.

const server = dynalite({ createTableMs: 0 })
/** S3, which tells one who may not list that what is gone is forbidden. */
const bucket = createServer((asked, answer) => {
  answer.statusCode = asked.url?.includes('/gone') ? 403 : 200
  answer.end()
})
let client: DynamoDBClient
let handler: (event: unknown) => Promise<DownloadAnswer>

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await new Promise<void>((listening) => bucket.listen(0, '127.0.0.1', listening))
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('LEDGER_TABLE', 'ledger')
  vi.stubEnv('FAXES_BUCKET', 'faxes')
  client = new DynamoDBClient({})
  await client.send(
    new CreateTableCommand({
      TableName: 'ledger',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  )
  handler = (await import('./handler.ts')).handler
})

afterAll(async () => {
  client.destroy()
  vi.unstubAllEnvs()
  await new Promise((closed) => server.close(closed))
  bucket.closeAllConnections()
  await new Promise((closed) => bucket.close(closed))
})

const FILE = {
  faxId: '20260702T093012Z-0123456789ab',
  format: 'pdf' as const,
  key: 'pdf/main/20260702T093012Z-0123456789ab.pdf',
  fileName: '100-+41445550199-1782984612-6789ab.pdf',
}

/** A function URL's request, as payload format 2.0 has it, in the parts that matter. */
const request = (rawPath: string, method = 'GET') => ({
  version: '2.0',
  rawPath,
  rawQueryString: '',
  headers: { 'user-agent': 'Mozilla/5.0' },
  requestContext: { http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1' } },
  isBase64Encoded: false,
})

const pathOf = async (now: Date, file = FILE) => {
  const makeLink = makeLinkMaker(makeLinkStore(client, 'ledger'), 'https://links.example.org/', () => now)
  const { url } = await makeLink(file)
  expect(url).toMatch(/^https:\/\/links\.example\.org\/[A-Za-z0-9_-]{43}$/)
  return new URL(url).pathname
}

test.each(['GET', 'HEAD'])('a mailed link opens the PDF under its file name (%s)', async (method) => {
  const answer = await handler(request(await pathOf(new Date()), method))
  expect(answer.statusCode).toBe(302)
  const url = new URL(answer.headers.location ?? '')
  expect(url.href).toContain('faxes')
  expect(url.pathname).toContain(FILE.key)
  expect(url.searchParams.get('X-Amz-Expires')).toBe('300')
  expect(url.searchParams.get('response-cache-control')).toBe('no-store')
  expect(url.searchParams.get('response-content-type')).toBe('application/pdf')
  expect(url.searchParams.get('response-content-disposition')).toBe(`attachment; filename="${FILE.fileName}"`)
})

test('one to a file that is kept no more says so', async () => {
  const path = await pathOf(new Date(), { ...FILE, key: 'pdf/main/gone.pdf' })
  expect(await handler(request(path))).toMatchObject({
    statusCode: 410,
    body: expect.stringContaining('not kept any more'),
  })
})

test('an expired one is gone, though the table still has it', async () => {
  const answer = await handler(request(await pathOf(new Date('2020-01-01T00:00:00Z'))))
  expect(answer.statusCode).toBe(410)
})

test('one that nobody made is not known', async () => {
  expect((await handler(request(`/${'x'.repeat(43)}`))).statusCode).toBe(404)
})

test('nothing of it gets into the log', async () => {
  const written: unknown[] = []
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((...parts) => void written.push(parts)),
  )
  await handler(request(await pathOf(new Date())))
  for (const spy of spies) spy.mockRestore()
  expect(written).toEqual([])
})
