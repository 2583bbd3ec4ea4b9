import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { AwsError } from '../aws-error.ts'
import { type Answer, type Call, queryValue } from '../http.ts'
import type { Bucket } from './bucket.ts'
import { checksumHeader } from './checksums.ts'
import { isNotModified } from './conditions.ts'
import type { ObjectRecord } from './object-record.ts'

/** GetObject and HeadObject: the same answer, with and without the bytes. */
export function getObject(bucket: Bucket, key: string, call: Call): Answer {
  const record = bucket.find(key)
  if (record === undefined)
    throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key })
  if (isNotModified(call.headers, record))
    return { status: 304, headers: { etag: `"${record.eTag}"`, 'last-modified': httpDate(record) } }
  const range = readRange(call.headers.range, record.sizeBytes)
  const [first, last] = range ?? [0, record.sizeBytes - 1]
  const headers: Record<string, string> = {
    ...describedHeaders(record, call),
    'content-length': String(last - first + 1),
    ...(range && { 'content-range': `bytes ${first}-${last}/${record.sizeBytes}` }),
    // A checksum is of the whole object: with a part of it, it would read as the part's.
    ...(wantsChecksum(call) && !range && checksumHeaders(record)),
  }
  const status = range ? 206 : 200
  if (call.method === 'HEAD') return { status, headers }
  return { status, headers, body: readBytes(bucket, key, first, last) }
}

function readBytes(bucket: Bucket, key: string, first: number, last: number): Readable {
  if (last < first) return Readable.from([])
  const opened = bucket.open(key)
  if (opened === undefined)
    throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key })
  return createReadStream('', { fd: opened.fileDescriptor, start: first, end: last })
}

function describedHeaders(record: ObjectRecord, call: Call): Record<string, string> {
  const headers: Record<string, string> = {
    ...record.headers,
    'accept-ranges': 'bytes',
    etag: `"${record.eTag}"`,
    'last-modified': httpDate(record),
    'x-amz-server-side-encryption': 'AES256',
  }
  for (const [name, value] of Object.entries(record.userMetadata)) headers[`x-amz-meta-${name}`] = value
  for (const name of [
    'content-type',
    'content-disposition',
    'content-encoding',
    'content-language',
    'cache-control',
    'expires',
  ]) {
    const override = queryValue(call.query, `response-${name}`)
    if (override !== undefined) headers[name] = override
  }
  return headers
}

/** In the query of a link: the presigner moves the header there. */
function wantsChecksum({ headers, query }: Call): boolean {
  const mode = headers['x-amz-checksum-mode'] ?? queryValue(query, 'x-amz-checksum-mode')
  return mode?.toUpperCase() === 'ENABLED'
}

function checksumHeaders({ checksum }: ObjectRecord): Record<string, string> {
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' }
}

function httpDate({ lastModified }: ObjectRecord): string {
  return new Date(lastModified).toUTCString()
}

/** Inclusive. Undefined: the whole, also for what is no range that S3 knows (several ranges, say). */
function readRange(header: string | undefined, sizeBytes: number): [first: number, last: number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const [, from = '', to = ''] = match
  const first = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from)
  const last = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (from !== '' && to !== '' && Number(from) > Number(to)) return undefined
  if (first < sizeBytes && !(from === '' && Number(to) === 0)) return [first, last]
  throw new AwsError(416, 'InvalidRange', 'The requested range is not satisfiable', {
    RangeRequested: header ?? '',
    ActualObjectSize: String(sizeBytes),
  })
}
