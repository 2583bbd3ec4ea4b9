import { createHash } from 'node:crypto'
import type { Facts } from '../../shared/facts.ts'
import { makeFaxId } from '../../shared/fax-id.ts'
import { LARGEST_TIFF_BYTES } from '../../shared/largest-tiff.ts'
import type { StableFile } from './stable-file.ts'

/** The file is no fax that can go up, now or later. */
export class UnfitFileError extends Error {
  override readonly name = 'UnfitFileError'
}

export interface FaxOfFile {
  faxId: string
  sizeBytes: number
  /** In hexadecimal. */
  sha256: string
}

/**
 * What a received TIFF is called. Only what is on disk goes in, so an agent that was killed after its first upload finds the
 * same name again; and all that tells two calls apart goes in, so the same page received twice makes two faxes.
 * @throws UnfitFileError, FileChangedError
 */
export async function faxOfFile(
  file: StableFile,
  facts: Facts,
  { largestBytes = LARGEST_TIFF_BYTES, mayBeEmpty = false } = {},
): Promise<FaxOfFile> {
  if (file.sizeBytes === 0 && !mayBeEmpty)
    throw new UnfitFileError(`${file.path} is empty: no page was received into it`)
  if (file.sizeBytes > largestBytes) {
    throw new UnfitFileError(
      `${file.path} has ${file.sizeBytes} bytes; a fax may have ${largestBytes} at most`,
    )
  }
  const hash = createHash('sha256')
  for await (const chunk of file.read()) hash.update(chunk)
  await file.assertUnchanged()
  const sha256 = hash.digest('hex')
  return { faxId: faxIdOf(facts, sha256), sizeBytes: file.sizeBytes, sha256 }
}

function faxIdOf(facts: Facts, sha256: string): string {
  const { source, destination, stationId, callId } = facts
  // An absent fact and an empty one are the same: a sidecar may write either.
  return makeFaxId(
    new Date(facts.receivedAt),
    facts.receivedAt,
    sha256,
    ...[source, destination, stationId, callId].map((fact) => fact ?? ''),
  )
}
