import type { Readable } from 'node:stream'

/** The call did not get through, and the same call may later. */
export interface Unavailable {
  answer: 'unavailable'
  reason: string
}

export type PutAnswer = { answer: 'stored'; sha256: string | undefined } | { answer: 'exists' } | Unavailable

export type HeadAnswer =
  | { answer: 'found'; sizeBytes: number; sha256: string | undefined }
  | { answer: 'missing' }
  | Unavailable

export interface TiffToPut {
  key: string
  sizeBytes: number
  /** In hexadecimal, of what `open` will give. */
  sha256: string
  metadata: Record<string, string>
  /** The bytes, to be read once and destroyed by whoever opened them; `onBytes` is told after each piece how many were read. */
  open: (onBytes: (readBytes: number) => void) => Readable
}

/**
 * Where received TIFFs go. A put never replaces an object, and stores nothing when the bytes do not have the announced
 * checksum. What no waiting mends (no permission, no bucket) is thrown, and so is what the bytes' own stream throws.
 */
export interface IncomingBucket {
  putTiff: (tiff: TiffToPut, signal?: AbortSignal) => Promise<PutAnswer>
  headTiff: (key: string, signal?: AbortSignal) => Promise<HeadAnswer>
}
