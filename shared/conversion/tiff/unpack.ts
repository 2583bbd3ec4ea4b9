import { inflateSync, constants as zlib } from 'node:zlib'
import { copyPadded } from '../fax-coding/bit-order.ts'
import { ConversionRefused } from '../refusal.ts'
import { unpackLzw } from './lzw.ts'
import { unpackPackBits } from './pack-bits.ts'
import { COMPRESSION, type Segment, segmentBytes, type TiffPage } from './page.ts'

export interface Unpacked {
  /** As many bytes as asked for; those that could not be had are `filler`. */
  bytes: Uint8Array
  missingBytes: number
}

/**
 * The samples of one strip or tile: never more than `wantedBytes`, however much the coded bytes would give. The last
 * ones of a page may hold rows that it has no use for, up to `wholeBytes` in all.
 */
export function unpackSegment(
  page: TiffPage,
  segment: Segment,
  wantedBytes: number,
  wholeBytes: number,
  filler: number,
): Unpacked {
  const stored = segmentBytes(page, segment)
  const coded = page.leastSignificantFirst ? copyPadded(stored, true).subarray(0, stored.length) : stored
  const bytes = new Uint8Array(wantedBytes)
  const written = unpackInto(page, coded, bytes, wholeBytes)
  bytes.fill(filler, written)
  return { bytes, missingBytes: wantedBytes - written }
}

function unpackInto(page: TiffPage, coded: Uint8Array, output: Uint8Array, wholeBytes: number): number {
  switch (page.compression) {
    case COMPRESSION.none: {
      const usable = coded.subarray(0, output.length)
      output.set(usable)
      return usable.length
    }
    case COMPRESSION.packBits:
      return unpackPackBits(coded, output)
    case COMPRESSION.lzw:
      return unpackLzw(coded, output)
    case COMPRESSION.deflate:
    case COMPRESSION.oldDeflate:
      return inflateInto(coded, output, wholeBytes)
    default:
      throw new ConversionRefused(
        `Compression ${page.compression}; supported are none, RLE, T.4, T.6, PackBits, LZW, Deflate and JPEG`,
        page.directory.at,
      )
  }
}

function inflateInto(coded: Uint8Array, output: Uint8Array, wholeBytes: number): number {
  try {
    // With a sync flush, a stream that is cut off gives what it holds instead of an error.
    // One chunk for all spares joining thousands; the least that zlib takes is 64.
    const chunkSize = Math.max(Math.min(wholeBytes, 1032 * coded.length) + 1, 64)
    const options = { maxOutputLength: wholeBytes, finishFlush: zlib.Z_SYNC_FLUSH, chunkSize }
    const inflated = inflateSync(coded, options).subarray(0, output.length)
    output.set(inflated)
    return inflated.length
  } catch {
    // Damaged, or a bomb: either way none of it can be trusted.
    return 0
  }
}
