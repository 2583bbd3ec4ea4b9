import { AwsError } from '../aws-error.ts'
import { type Answer, type Call, queryValue } from '../http.ts'
import { elements, XML_DECLARATION } from '../xml.ts'
import type { Bucket } from './bucket.ts'
import type { ObjectRecord } from './object-record.ts'

const LARGEST_PAGE = 1000

export interface ListRequest {
  prefix: string
  delimiter: string
  /** Only what comes after this key, or after all keys of this common prefix. */
  after: string
  maxKeys: number
}

export interface Page {
  keys: string[]
  commonPrefixes: string[]
  /** Where the next page goes on; undefined on the last. */
  next?: string
}

/** One page of `sortedKeys`. A common prefix counts as one towards `maxKeys`, however many keys share it. */
export function pageOf(sortedKeys: string[], { prefix, delimiter, after, maxKeys }: ListRequest): Page {
  const page: Page = { keys: [], commonPrefixes: [] }
  if (maxKeys === 0) return page
  // Only a common prefix is longer than `prefix` and ends so: a key that does is inside one.
  const wholePrefixPassed =
    delimiter !== '' && after.endsWith(delimiter) && after.startsWith(prefix) && after.length > prefix.length
  let last = ''
  for (const key of sortedKeys) {
    if (!key.startsWith(prefix) || !isAfter(key, after) || (wholePrefixPassed && key.startsWith(after)))
      continue
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const commonPrefix = end < 0 ? undefined : key.slice(0, end + delimiter.length)
    if (commonPrefix !== undefined && commonPrefix === page.commonPrefixes.at(-1)) continue
    if (page.keys.length + page.commonPrefixes.length === maxKeys) return { ...page, next: last }
    last = commonPrefix ?? key
    if (commonPrefix === undefined) page.keys.push(key)
    else page.commonPrefixes.push(commonPrefix)
  }
  return page
}

function isAfter(key: string, after: string): boolean {
  return after === '' || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0
}

export async function listObjects(bucket: Bucket, call: Call): Promise<Answer> {
  const parameter = (name: string) => queryValue(call.query, name)
  const request = readRequest(parameter)
  const page = pageOf(await bucket.keys(), request)
  const encode = parameter('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text
  const records = page.keys.map((key) => bucket.find(key)).filter((record) => record !== undefined)
  const head = elements([
    ['Name', bucket.name],
    ['Prefix', encode(request.prefix)],
    ['Delimiter', request.delimiter === '' ? undefined : encode(request.delimiter)],
    ['MaxKeys', request.maxKeys],
    ['EncodingType', parameter('encoding-type')],
    ['KeyCount', records.length + page.commonPrefixes.length],
    ['StartAfter', parameter('start-after')],
    ['ContinuationToken', parameter('continuation-token')],
    ['NextContinuationToken', page.next === undefined ? undefined : tokenOf(page.next)],
    ['IsTruncated', page.next !== undefined],
  ])
  const contents = records.map((record) => `<Contents>${describe(record, encode)}</Contents>`)
  const folders = page.commonPrefixes.map(
    (prefix) => `<CommonPrefixes>${elements([['Prefix', encode(prefix)]])}</CommonPrefixes>`,
  )
  const body = [head, ...contents, ...folders].join('')
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `${XML_DECLARATION}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</ListBucketResult>`,
  }
}

function describe(
  { key, lastModified, eTag, sizeBytes, checksum }: ObjectRecord,
  encode: (text: string) => string,
): string {
  return elements([
    ['Key', encode(key)],
    ['LastModified', lastModified],
    ['ETag', `"${eTag}"`],
    ['ChecksumAlgorithm', checksum.algorithm.toUpperCase()],
    ['ChecksumType', 'FULL_OBJECT'],
    ['Size', sizeBytes],
    ['StorageClass', 'STANDARD'],
  ])
}

/** Opaque to the caller, as AWS's is. */
function tokenOf(lastKey: string): string {
  return Buffer.from(lastKey).toString('base64url')
}

function readRequest(parameter: (name: string) => string | undefined): ListRequest {
  const maxKeys = parameter('max-keys') ?? String(LARGEST_PAGE)
  if (!/^\d{1,9}$/.test(maxKeys))
    throw new AwsError(400, 'InvalidArgument', 'Provided max-keys not an integer or within integer range', {
      ArgumentName: 'max-keys',
      ArgumentValue: maxKeys,
    })
  const token = parameter('continuation-token')
  if (token === '')
    throw new AwsError(400, 'InvalidArgument', 'The continuation token provided is incorrect', {
      ArgumentName: 'continuation-token',
    })
  return {
    prefix: parameter('prefix') ?? '',
    delimiter: parameter('delimiter') ?? '',
    after:
      token === undefined ? (parameter('start-after') ?? '') : Buffer.from(token, 'base64url').toString(),
    maxKeys: Math.min(Number(maxKeys), LARGEST_PAGE),
  }
}
