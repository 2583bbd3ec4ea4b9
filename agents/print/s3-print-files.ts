import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { awsFault } from '../aws-fault.ts'
import { type Line, withStallLimit } from '../stall-limit.ts'
import type { PrintFiles } from './print-files.ts'

export interface S3PrintFilesOptions {
  bucket: string
  /** How long nothing may move on the line. */
  stallMilliseconds?: number
}

const STALL_MILLISECONDS = 60_000

/**
 * S3 answers 403 in place of 404 to a role without s3:ListBucket on the prefix; such a job is not failed, and ends among the dead
 * letters.
 */
export function s3PrintFiles(client: S3Client, options: S3PrintFilesOptions): PrintFiles {
  const { bucket, stallMilliseconds: milliseconds = STALL_MILLISECONDS } = options
  return {
    fetch: (key, path) =>
      withStallLimit({ what: `fetching ${key}`, milliseconds }, (line) =>
        fetchTo(client, { bucket, key, path }, line),
      ),
  }
}

async function fetchTo(
  client: S3Client,
  { bucket, key, path }: { bucket: string; key: string; path: string },
  { signal, alive }: Line,
): Promise<'fetched' | 'missing'> {
  const request = new GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
  try {
    const { Body: body } = await client.send(request, { abortSignal: signal })
    if (!(body instanceof Readable)) throw new TypeError(`S3 gave no stream for ${key}`)
    const watched = async function* (source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        alive()
        yield chunk
      }
    }
    // A stream that breaks off or whose checksum is wrong rejects here, so half a file is never printed.
    await pipeline(body, watched, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal })
    return 'fetched'
  } catch (error) {
    if (awsFault(error).code === 'NoSuchKey') return 'missing'
    throw error
  }
}
