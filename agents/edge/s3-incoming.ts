import type { Readable } from 'node:stream'
import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { awsFault } from '../aws-fault.ts'
import { type Line, StalledError, withStallLimit } from '../stall-limit.ts'
import type { HeadAnswer, IncomingBucket, PutAnswer, TiffToPut, Unavailable } from './incoming-bucket.ts'

export interface S3IncomingOptions {
  bucket: string
  /** How long nothing may move on the line. */
  stallMilliseconds?: number
  /** Of a line that is to be waited for. */
  slowestBytesPerMillisecond?: number
}

const STALL_MILLISECONDS = 60_000

/**
 * HeadObject asks for s3:GetObject on the site's prefix; without it the comparison after a lost answer is refused.
 */
export function s3Incoming(client: S3Client, options: S3IncomingOptions): IncomingBucket {
  const { bucket, stallMilliseconds: milliseconds = STALL_MILLISECONDS } = options
  return {
    putTiff: (tiff, outer) =>
      withStallLimit({ what: `putting ${tiff.key}`, milliseconds, outer }, (line) =>
        put(client, { tiff, options }, line),
      ).catch(unavailableIfStalled),
    headTiff: (key, outer) =>
      withStallLimit({ what: `looking at ${key}`, milliseconds, outer }, (line) =>
        head(client, { bucket, key }, line),
      ).catch(unavailableIfStalled),
  }
}

/** What a Linux socket buffers at most by default (net.ipv4.tcp_wmem). */
const LONGEST_BUFFER_BYTES = 4_194_304
/** A quarter of what 128 kbit/s carry. */
const SLOWEST_BYTES_PER_MILLISECOND = 4

/** What is read is not yet sent: a fax that fits into the socket's buffer is read at once, and on a slow line is on its way for minutes. */
function drainMilliseconds(
  { sizeBytes }: Pick<TiffToPut, 'sizeBytes'>,
  { slowestBytesPerMillisecond = SLOWEST_BYTES_PER_MILLISECOND }: S3IncomingOptions,
): number {
  return Math.min(sizeBytes, LONGEST_BUFFER_BYTES) / slowestBytesPerMillisecond
}

async function put(
  client: S3Client,
  { tiff, options }: { tiff: TiffToPut; options: S3IncomingOptions },
  { signal, alive, cut }: Line,
): Promise<PutAnswer> {
  const drain = drainMilliseconds(tiff, options)
  const body = tiff.open((readBytes) => alive(readBytes < tiff.sizeBytes ? 0 : drain))
  // The SDK pipes the body and does not listen for its errors: an unreadable disk would end the process, and the request
  // would wait for the rest.
  body.on('error', cut)
  try {
    const answer = await client.send(putCommand(options.bucket, tiff, body), { abortSignal: signal })
    return { answer: 'stored', sha256: fromBase64(answer.ChecksumSHA256) }
  } catch (error) {
    signal.throwIfAborted()
    return awsFault(error).httpStatus === 412 ? { answer: 'exists' } : unavailableOrThrow(error)
  } finally {
    // A put that was refused early has left it half read.
    body.destroy()
  }
}

function putCommand(bucket: string, tiff: TiffToPut, body: Readable): PutObjectCommand {
  return new PutObjectCommand({
    Bucket: bucket,
    Key: tiff.key,
    Body: body,
    ContentLength: tiff.sizeBytes,
    ContentType: 'image/tiff',
    ChecksumSHA256: Buffer.from(tiff.sha256, 'hex').toString('base64'),
    IfNoneMatch: '*',
    Metadata: tiff.metadata,
  })
}

async function head(
  client: S3Client,
  { bucket, key }: { bucket: string; key: string },
  { signal }: Line,
): Promise<HeadAnswer> {
  try {
    const request = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
    const answer = await client.send(request, { abortSignal: signal })
    return {
      answer: 'found',
      sizeBytes: answer.ContentLength ?? 0,
      sha256: fromBase64(answer.ChecksumSHA256),
    }
  } catch (error) {
    signal.throwIfAborted()
    return awsFault(error).httpStatus === 404 ? { answer: 'missing' } : unavailableOrThrow(error)
  }
}

function unavailableOrThrow(error: unknown): Unavailable {
  const fault = awsFault(error)
  if (!fault.passing) throw error
  return { answer: 'unavailable', reason: fault.text }
}

function unavailableIfStalled(error: unknown): Unavailable {
  if (!(error instanceof StalledError)) throw error
  return { answer: 'unavailable', reason: error.message }
}

function fromBase64(checksum: string | undefined): string | undefined {
  return checksum === undefined ? undefined : Buffer.from(checksum, 'base64').toString('hex')
}
