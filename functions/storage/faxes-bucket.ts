import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { FORMATS, type Format } from '../../shared/file-name.ts'
import { FileGone } from './file-gone.ts'

export interface StoredObject {
  sizeBytes: number
  /** Absent when there are more than the caller would take. */
  bytes?: Uint8Array
  /** User metadata, in which the facts of a reception and the wishes of a sender travel. */
  metadata: Record<string, string>
  storedAt: Date
}

/** The bytes of an object. Throws FileGone when it is not there: whoever names a key was told that it exists. */
export async function readObject(client: S3Client, bucket: string, key: string): Promise<Uint8Array> {
  const answer = await getUnlessGone(client, bucket, key)
  if (answer === undefined) throw new FileGone(key)
  const { Body } = answer
  if (Body === undefined) throw new Error(`S3 answered without a body for ${key}.`)
  return Body.transformToByteArray()
}

/** When the bucket's rules delete the object, as S3 says it of an object that one applies to. */
export async function endOfObject(client: S3Client, bucket: string, key: string): Promise<Date | undefined> {
  const { Expiration } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
  return expiryDate(Expiration)
}

/** Of a key that the caller may read. Whoever may not list the bucket hears 403 of what is not there. */
export async function isThere(client: S3Client, bucket: string, key: string): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return true
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
    if (status === 404 || status === 403) return false
    throw error
  }
}

/** Of the header x-amz-expiration: expiry-date="Fri, 21 Dec 2012 00:00:00 GMT", rule-id="…". */
export function expiryDate(expiration: string | undefined): Date | undefined {
  const [, date] = /expiry-date="([^"]+)"/.exec(expiration ?? '') ?? []
  const instant = Date.parse(date ?? '')
  return Number.isNaN(instant) ? undefined : new Date(instant)
}

interface Wanted {
  key: string
  /** A larger object is not read, only described. */
  largestBytes: number
}

/** What lies under a key, or undefined when nothing does. */
export async function readStored(
  client: S3Client,
  bucket: string,
  wanted: Wanted,
): Promise<StoredObject | undefined> {
  const answer = await getUnlessGone(client, bucket, wanted.key)
  if (answer === undefined) return undefined
  const { Body, Metadata = {}, LastModified = new Date(), ContentLength: sizeBytes } = answer
  if (Body === undefined || sizeBytes === undefined)
    throw new Error(`S3 answered without a body for ${wanted.key}.`)
  const stored = { sizeBytes, metadata: Metadata, storedAt: LastModified }
  if (sizeBytes <= wanted.largestBytes) return { ...stored, bytes: await Body.transformToByteArray() }
  await Body.transformToWebStream().cancel()
  return stored
}

async function getUnlessGone(
  client: S3Client,
  bucket: string,
  key: string,
): Promise<GetObjectCommandOutput | undefined> {
  try {
    return await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined
    throw error
  }
}

/** Writes a file that we made. The same fax always gives the same bytes, so a second write changes nothing. */
export async function putFile(
  client: S3Client,
  bucket: string,
  file: { key: string; bytes: Uint8Array; format: Format },
): Promise<void> {
  const { key, bytes, format } = file
  await putObject(client, bucket, { key, bytes, contentType: FORMATS[format].contentType })
}

interface ObjectToPut {
  key: string
  bytes: Uint8Array
  contentType: string
  metadata?: Record<string, string>
}

/** False when something lies under the key already, which stays; so whoever puts first has it. */
export async function putNewObject(client: S3Client, bucket: string, object: ObjectToPut): Promise<boolean> {
  try {
    await putObject(client, bucket, object, { IfNoneMatch: '*' })
    return true
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'PreconditionFailed') return false
    throw error
  }
}

export async function putObject(
  client: S3Client,
  bucket: string,
  object: ObjectToPut,
  condition: { IfNoneMatch?: '*' } = {},
): Promise<void> {
  const { key, bytes, contentType, metadata } = object
  await client.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: bytes,
      ContentLength: bytes.length,
      ContentType: contentType,
      ...(metadata === undefined ? {} : { Metadata: metadata }),
      ...condition,
    }),
  )
}
