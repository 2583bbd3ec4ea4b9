import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { awsFault } from '../aws-fault.ts'
import { type Line, withStallLimit } from '../stall-limit.ts'
import type { JobFiles } from './job-files.ts'

export interface S3JobFilesOptions {
  bucket: string
  /** How long nothing may move on the line. */
  stallMilliseconds?: number
}

const STALL_MILLISECONDS = 60_000

/** Needs s3:GetObject and s3:ListBucket on the site's prefix. */
export function s3JobFiles(client: S3Client, options: S3JobFilesOptions): JobFiles {
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
    // A stream that breaks off or whose checksum is wrong rejects here, so half a file is never used.
    await pipeline(body, watched, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal })
    return 'fetched'
  } catch (error) {
    const fault = awsFault(error)
    if (fault.code === 'NoSuchKey') return 'missing'
    // S3 says so of what is not there as well, unless the caller may list the bucket; a right to list one prefix does not count.
    if (fault.httpStatus === 403 && !(await isListed(client, { bucket, key }, signal))) return 'missing'
    throw error
  }
}

/** Throws where listing is forbidden too: then nobody can tell. */
async function isListed(
  client: S3Client,
  { bucket, key }: { bucket: string; key: string },
  signal: AbortSignal,
): Promise<boolean> {
  const request = new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 })
  const { Contents: found = [] } = await client.send(request, { abortSignal: signal })
  return found.some((object) => object.Key === key)
}
