import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { s3JobFiles } from './s3-job-files.ts'

const KEY = 'print/paris/20261123T080000Z-0123456789ab-printer.pdf'

/** S3 as a role sees it that may read no key it asks for, and list `listed`; undefined: nor list anything. */
let listed: string[] | undefined
let server: Server
let client: S3Client
let folder: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const isListing = request.url?.includes('list-type=2') === true
    if (!isListing || listed === undefined) {
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>')
      return
    }
    const contents = listed.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')
    response.writeHead(200).end(`<ListBucketResult>${contents}</ListBucketResult>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret of the tests' },
    maxAttempts: 1,
  })
  folder = await mkdtemp(join(tmpdir(), 'faxlane-print-files-'))
})
afterAll(async () => {
  client.destroy()
  server.close()
  await rm(folder, { recursive: true })
})

const fetchTo = (name: string) =>
  s3JobFiles(client, { bucket: 'faxlane-test' }).fetch(KEY, join(folder, name))

describe('a file that S3 forbids', () => {
  it.each([[[]], [[`${KEY}.other`]]])('is missing where the listing does not have it: %j', async (keys) => {
    listed = keys
    expect(await fetchTo('missing.pdf')).toBe('missing')
    expect(await readdir(folder)).toEqual([])
  })

  it('is forbidden where the listing has it', async () => {
    listed = [KEY]
    await expect(fetchTo('forbidden.pdf')).rejects.toThrow('Access Denied')
  })

  it('is forbidden where the listing is, too', async () => {
    listed = undefined
    await expect(fetchTo('forbidden.pdf')).rejects.toThrow('Access Denied')
  })
})
