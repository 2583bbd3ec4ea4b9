import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { afterEach, expect, it } from 'vitest'
import { makeForgetting, type Removal } from './forgetting.ts'

/** Versions of a bucket with versioning, as S3 lists them: two to a page. */
const VERSIONS = [
  { kind: 'Version', key: 'outgoing/main/a.pdf', id: 'v3', at: '2026-11-25T09:00:00.000Z' },
  { kind: 'DeleteMarker', key: 'outgoing/main/a.pdf', id: 'v2', at: '2026-11-24T09:00:00.000Z' },
  { kind: 'Version', key: 'outgoing/main/a.pdf', id: 'v1', at: '2026-11-23T09:00:00.000Z' },
  { kind: 'Version', key: 'outgoing/main/a.pdf.bak', id: 'v4', at: '2026-11-23T09:00:00.000Z' },
  { kind: 'Version', key: 'pdf/main/b.pdf', id: 'v5', at: '2026-11-23T09:00:00.000Z' },
]
const PAGE = 2

let server: Server | undefined
afterEach(() => server?.close())

/** A bucket that lists and deletes versions; which were deleted. */
async function startBucket(): Promise<{ endpoint: string; deleted: string[] }> {
  const deleted: string[] = []
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    if (request.method === 'DELETE') {
      deleted.push(`${decodeURIComponent(pathname).slice('/faxes/'.length)} ${searchParams.get('versionId')}`)
      response.writeHead(204).end()
      return
    }
    const found = VERSIONS.filter(({ key }) => key.startsWith(searchParams.get('prefix') ?? ''))
    const first = 1 + found.findIndex(({ id }) => id === searchParams.get('version-id-marker'))
    const page = found.slice(first, first + PAGE)
    const last = first + PAGE < found.length ? page.at(-1) : undefined
    const next =
      last === undefined
        ? ''
        : `<NextKeyMarker>${last.key}</NextKeyMarker><NextVersionIdMarker>${last.id}</NextVersionIdMarker>`
    const listed = page.map(
      ({ kind, key, id, at }) =>
        `<${kind}><Key>${key}</Key><VersionId>${id}</VersionId><LastModified>${at}</LastModified></${kind}>`,
    )
    response.end(
      `<ListVersionsResult><IsTruncated>${last !== undefined}</IsTruncated>${next}${listed.join('')}</ListVersionsResult>`,
    )
  })
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${port}`, deleted }
}

it.each<[string, Removal, string[]]>([
  [
    'all versions and marks of deletion of one object, on all pages',
    { key: 'outgoing/main/a.pdf' },
    ['outgoing/main/a.pdf v3', 'outgoing/main/a.pdf v2', 'outgoing/main/a.pdf v1'],
  ],
  [
    'those of one object until a time',
    { key: 'outgoing/main/a.pdf', until: new Date('2026-11-24T09:00:00.000Z') },
    ['outgoing/main/a.pdf v2', 'outgoing/main/a.pdf v1'],
  ],
  [
    'those of all objects whose keys begin so',
    { prefix: 'outgoing/main/a.pdf' },
    [
      'outgoing/main/a.pdf v3',
      'outgoing/main/a.pdf v2',
      'outgoing/main/a.pdf v1',
      'outgoing/main/a.pdf.bak v4',
    ],
  ],
  ['none', { prefix: 'incoming/' }, []],
])('removes %s', async (_, what, expected) => {
  const { endpoint, deleted } = await startBucket()
  const settings = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'x' } }
  const s3 = new S3Client({ ...settings, endpoint, forcePathStyle: true })
  const dynamoDb = new DynamoDBClient(settings)
  const { removeVersions } = makeForgetting({ s3, dynamoDb, bucket: 'faxes', table: 'ledger' })
  expect(await removeVersions(what)).toBe(expected.length)
  expect(deleted.sort()).toEqual(expected.toSorted())
  for (const client of [s3, dynamoDb]) client.destroy()
})
