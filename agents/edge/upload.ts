import { type Facts, factsToMetadata } from '../../shared/facts.ts'
import { LARGEST_TIFF_BYTES } from '../../shared/largest-tiff.ts'
import { maskNumber } from '../../shared/mask.ts'
import { incomingKey } from '../../shared/object-keys.ts'
import { type Backoff, backoffMilliseconds } from '../backoff.ts'
import type { Log } from '../log.ts'
import type { Waiting } from '../waiting.ts'
import { type FaxOfFile, faxOfFile } from './fax-of-file.ts'
import type { IncomingBucket, PutAnswer } from './incoming-bucket.ts'
import type { Sequence } from './sequence-journal.ts'
import {
  FileChangedError,
  type FileIdentity,
  type StableFile,
  withNoFile,
  withStableFile,
} from './stable-file.ts'

export interface UploadDependencies {
  incoming: IncomingBucket
  waiting: Waiting
  log: Log
}

export interface UploadLimits extends Backoff {
  /** Infinity for a caller that has nothing better to do than to try again. */
  attempts: number
  largestBytes: number
}

export const UPLOAD_LIMITS: UploadLimits = {
  attempts: 6,
  firstMilliseconds: 500,
  longestMilliseconds: 300_000,
  largestBytes: LARGEST_TIFF_BYTES,
}

export interface UploadRequest {
  site: string
  /** Path of a TIFF that nobody writes any more. */
  file: string
  facts: Facts
  /**
   * The record of a call goes up also without a page: `empty` where the file may have no bytes, `none` where there is no file.
   * Left out: a fax has pages.
   */
  withoutPages?: 'empty' | 'none'
  /** The count of the site, in which this fax gets a number. */
  sequence?: Pick<Sequence, 'of' | 'giveBack'>
  limits?: Partial<UploadLimits>
  signal?: AbortSignal
}

export interface UploadedFax extends FaxOfFile {
  key: string
  /** The bucket had it from an earlier attempt, of this process or of one before it. */
  alreadyThere: boolean
  /** The file that went up; undefined where there was none. */
  identity: FileIdentity | undefined
}

export interface UploadProgress {
  sentBytes: number
  sizeBytes: number
}

/** Under the fax's own name lie other bytes: somebody else wrote there, or the object was damaged. */
export class OtherBytesError extends Error {
  override readonly name = 'OtherBytesError'
}

/** The last attempt failed too. The file is as it was, and another call goes on where this one stopped. */
export class UploadUnavailableError extends Error {
  override readonly name = 'UploadUnavailableError'
}

/**
 * Puts a received TIFF and its facts into the bucket, once. When it returns, the bucket has confirmed these very bytes, and
 * the file may go.
 * @throws UnfitFileError, FileChangedError, OtherBytesError, UploadUnavailableError, and what the bucket refuses for good
 */
export async function uploadFax(
  dependencies: UploadDependencies,
  request: UploadRequest,
  onProgress: (progress: UploadProgress) => void = () => {},
): Promise<UploadedFax> {
  const limits = { ...UPLOAD_LIMITS, ...request.limits }
  const withFile = request.withoutPages === 'none' ? withNoFile : withStableFile
  return await withFile(request.file, async (file) => {
    const mayBeEmpty = request.withoutPages !== undefined
    const fax = await faxOfFile(file, request.facts, { largestBytes: limits.largestBytes, mayBeEmpty })
    const key = incomingKey({ site: request.site, faxId: fax.faxId })
    const upload: Upload = {
      key,
      fax,
      file,
      metadata: factsToMetadata(await numbered(request, fax)),
      signal: request.signal,
      onProgress,
      isBegun: false,
    }
    const ending = await tryUntilSafe(dependencies, upload, limits).catch((error: unknown) => {
      // With other bytes it is another fax, and would leave a gap behind.
      if (error instanceof FileChangedError && !upload.isBegun) request.sequence?.giveBack(fax.faxId)
      throw error
    })
    // The bytes that were announced are safe; but if the file has others by now, it must not be deleted for them.
    await file.assertUnchanged()
    const alreadyThere = ending === 'already there'
    dependencies.log('fax-uploaded', { ...logFields(fax, request.facts), alreadyThere })
    return { ...fax, key, alreadyThere, identity: file.identity }
  })
}

async function numbered({ facts, sequence }: UploadRequest, { faxId }: FaxOfFile): Promise<Facts> {
  const number = await sequence?.of(faxId)
  return number === undefined ? facts : { ...facts, sequence: String(number) }
}

interface Upload {
  key: string
  fax: FaxOfFile
  file: StableFile
  metadata: Record<string, string>
  signal: AbortSignal | undefined
  onProgress: (progress: UploadProgress) => void
  /** S3 may have it, whatever it answered. */
  isBegun: boolean
}

type Ending = 'stored' | 'already there'

async function tryUntilSafe(
  { incoming, waiting, log }: UploadDependencies,
  upload: Upload,
  limits: UploadLimits,
): Promise<Ending> {
  const { key, fax, signal } = upload
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted()
    const result = await tryOnce(incoming, upload)
    if (typeof result === 'string') return result
    log('upload-attempt-failed', { faxId: fax.faxId, attempt, reason: result.reason })
    if (attempt >= limits.attempts) {
      throw new UploadUnavailableError(
        `${key} did not go up in ${attempt} attempts; the last one: ${result.reason}`,
      )
    }
    await waiting.pause(backoffMilliseconds(attempt, limits, waiting.random()), signal)
  }
}

async function tryOnce(incoming: IncomingBucket, upload: Upload): Promise<Ending | { reason: string }> {
  const { key, fax } = upload
  const put = await putOnce(incoming, upload)
  if (put.answer === 'unavailable') return put
  if (put.answer === 'stored' && put.sha256 === fax.sha256) return 'stored'
  // Either an earlier put went through (its answer may have been lost), or this answer confirms nothing: look.
  const head = await incoming.headTiff(key, upload.signal)
  if (head.answer === 'unavailable') return head
  if (head.answer === 'missing') return { reason: 'the bucket took it, and then did not have it' }
  if (head.sizeBytes === fax.sizeBytes && head.sha256 === fax.sha256) {
    return put.answer === 'stored' ? 'stored' : 'already there'
  }
  throw new OtherBytesError(
    `${key} holds ${head.sizeBytes} bytes with SHA-256 ${head.sha256 ?? 'unknown'}, and ${upload.file.path} has ` +
      `${fax.sizeBytes} bytes with ${fax.sha256}; the file stays, look at who else writes to this prefix`,
  )
}

async function putOnce(incoming: IncomingBucket, upload: Upload): Promise<PutAnswer> {
  const { key, fax, file, metadata, signal, onProgress } = upload
  await file.assertUnchanged()
  upload.isBegun = true
  const open = (onBytes: (readBytes: number) => void) =>
    file.read((sentBytes) => {
      onBytes(sentBytes)
      onProgress({ sentBytes, sizeBytes: fax.sizeBytes })
    })
  return await incoming.putTiff({ key, sizeBytes: fax.sizeBytes, sha256: fax.sha256, metadata, open }, signal)
}

function logFields(fax: FaxOfFile, facts: Facts): Record<string, string | number> {
  return {
    faxId: fax.faxId,
    sizeBytes: fax.sizeBytes,
    from: facts.source === undefined ? 'withheld' : maskNumber(facts.source),
    to: facts.destination === undefined ? 'unknown' : maskNumber(facts.destination),
  }
}
