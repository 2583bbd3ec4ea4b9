import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AwsError } from '../aws-error.ts'
import type { Call } from '../http.ts'
import type { Bucket } from './bucket.ts'
import type { Creation } from './buckets.ts'
import { checkWriteConditions } from './conditions.ts'
import { KEPT_HEADERS, LARGEST_USER_METADATA_BYTES, type ObjectRecord } from './object-record.ts'

export interface WriteDependencies {
  unfinishedFolder: string
  secretAccessKey: string
  nowMilliseconds: () => number
  /** Told when the object is there. */
  created: (creation: Creation) => void
}

export interface Target {
  bucket: Bucket
  key: string
  call: Call
}

/** Writes by `fill` to a temporary file, which becomes the object's if the conditions hold before and after. */
export async function writeObject(
  { unfinishedFolder }: WriteDependencies,
  { bucket, key, call: { headers } }: Target,
  fill: (temporaryPath: string) => Promise<ObjectRecord>,
): Promise<ObjectRecord> {
  const upload = bucket.beginUpload(key)
  const temporaryPath = join(unfinishedFolder, randomUUID())
  try {
    checkWriteConditions(headers, bucket.find(key), upload)
    await mkdir(unfinishedFolder, { recursive: true, mode: 0o700 })
    const record = await fill(temporaryPath)
    checkWriteConditions(headers, bucket.find(key), upload)
    bucket.replace(record, temporaryPath)
    return record
  } finally {
    upload.end()
    await rm(temporaryPath, { force: true })
  }
}

export type Described = Pick<ObjectRecord, 'headers' | 'userMetadata'>

/** What the headers of a write say of the object. */
export function readDescription(headers: Record<string, string>): Described {
  const kept: ObjectRecord['headers'] = { 'content-type': 'application/octet-stream' }
  for (const name of KEPT_HEADERS) {
    const value = name === 'content-encoding' ? encodingBesidesChunks(headers[name]) : headers[name]
    if (value !== undefined) kept[name] = value
  }
  return { headers: kept, userMetadata: readUserMetadata(headers) }
}

function readUserMetadata(headers: Record<string, string>): Record<string, string> {
  const prefix = 'x-amz-meta-'
  const entries = Object.entries(headers)
    .filter(([header]) => header.startsWith(prefix))
    .map(([header, value]) => [header.slice(prefix.length), value] as const)
  // Node reads headers as Latin-1: a character is a byte.
  const sizeBytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (sizeBytes > LARGEST_USER_METADATA_BYTES)
    throw new AwsError(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      { Size: String(sizeBytes), MaxSizeAllowed: String(LARGEST_USER_METADATA_BYTES) },
    )
  return Object.fromEntries(entries)
}

/** aws-chunked is how the body travelled, and no property of the object. */
function encodingBesidesChunks(encoding: string | undefined): string | undefined {
  const rest = encoding
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== 'aws-chunked' && each !== '')
  return rest && rest.length > 0 ? rest.join(',') : undefined
}
