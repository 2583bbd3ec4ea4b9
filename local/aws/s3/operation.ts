import { AwsError, UnknownRequest } from '../aws-error.ts'
import type { Call } from '../http.ts'

/** What tells one operation from another. */
type RestCall = Pick<Call, 'method' | 'path' | 'query' | 'headers'>

export interface Operation {
  name:
    | 'PutObject'
    | 'CopyObject'
    | 'GetObject'
    | 'HeadObject'
    | 'DeleteObject'
    | 'ListObjectsV2'
    | 'ListObjectVersions'
  bucketName: string
  /** Empty for an operation on the bucket. */
  key: string
}

/** Which operation a REST request is. What would change its meaning and is not known here is refused, not passed over. */
export function resolveOperation(call: RestCall): Operation {
  const { bucketName, key } = splitPath(call.path)
  const name = nameOf(call, key)
  const parameters = call.query
    .map(([parameter]) => parameter)
    .filter((parameter) => !isKnownParameter(parameter, name))
  const headers = Object.keys(call.headers).filter((header) => !isKnownHeader(header, name))
  if (name !== undefined && parameters.length === 0 && headers.length === 0) return { name, bucketName, key }
  const request = [
    `${call.method} of ${key === '' ? 'a bucket' : 'an object'}`,
    ...parameters.map((parameter) => `query ${parameter}`),
    ...headers.map((header) => `header ${header}`),
  ].join(', ')
  throw new UnknownRequest(
    501,
    'NotImplemented',
    `S3 ${name === undefined ? request : `${name} (${request})`}`,
  )
}

function splitPath(path: string): { bucketName: string; key: string } {
  const slash = path.indexOf('/', 1)
  try {
    if (slash < 0) return { bucketName: decodeURIComponent(path.slice(1)), key: '' }
    return {
      bucketName: decodeURIComponent(path.slice(1, slash)),
      key: decodeURIComponent(path.slice(slash + 1)),
    }
  } catch {
    throw new AwsError(400, 'InvalidURI', "Couldn't parse the specified URI.", { URI: path })
  }
}

function nameOf({ method, headers, query }: RestCall, key: string): Operation['name'] | undefined {
  if (key === '') {
    if (method !== 'GET') return undefined
    if (query.some(([name]) => name === 'versions')) return 'ListObjectVersions'
    return query.some(([name, value]) => name === 'list-type' && value === '2') ? 'ListObjectsV2' : undefined
  }
  if (method === 'PUT') return headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject'
  if (method === 'GET') return 'GetObject'
  if (method === 'HEAD') return 'HeadObject'
  return method === 'DELETE' ? 'DeleteObject' : undefined
}

const VERSION_PARAMETERS = [
  'versions',
  'prefix',
  'max-keys',
  'encoding-type',
  'key-marker',
  'version-id-marker',
]
const LIST_PARAMETERS = [
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
]

function isKnownParameter(parameter: string, name: Operation['name'] | undefined): boolean {
  // x-id names the operation, for logs; X-Amz-* is the signature of a link.
  if (parameter === 'x-id' || parameter.startsWith('X-Amz-')) return true
  if (name === 'ListObjectsV2') return LIST_PARAMETERS.includes(parameter)
  if (name === 'ListObjectVersions') return VERSION_PARAMETERS.includes(parameter)
  if (name === 'DeleteObject') return parameter === 'versionId'
  if (name === 'GetObject' || name === 'HeadObject')
    return (
      parameter === 'x-amz-checksum-mode' ||
      /^response-(content-(type|disposition|encoding|language)|cache-control|expires)$/.test(parameter)
    )
  return false
}

const ALWAYS = ['x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token', 'x-amz-user-agent']
const OF_PUT =
  /^x-amz-(meta-.+|checksum-(crc32c?|crc64nvme|sha1|sha256)|sdk-checksum-algorithm|checksum-algorithm|trailer|decoded-content-length)$/

function isKnownHeader(header: string, name: Operation['name'] | undefined): boolean {
  if (name === 'DeleteObject' && header === 'if-match') return false
  if (!header.startsWith('x-amz-') || ALWAYS.includes(header)) return true
  if (name === 'PutObject') return OF_PUT.test(header)
  if (name === 'CopyObject') return /^x-amz-(meta-.+|copy-source|metadata-directive)$/.test(header)
  return (name === 'GetObject' || name === 'HeadObject') && header === 'x-amz-checksum-mode'
}
