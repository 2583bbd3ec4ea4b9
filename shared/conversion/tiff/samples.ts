import { ConversionRefused } from '../refusal.ts'
import type { TiffPage } from './page.ts'

/** TIFF 6.0, section 14: every sample is the difference to the one on its left. */
const HORIZONTAL_DIFFERENCES = 2

/** In place: samples of 16 bits to big-endian, as PDF has them, and differences to values. */
export function straightenSamples(page: TiffPage, bytes: Uint8Array, rowBytes: number): void {
  const bits = page.bitsPerSample[0] ?? 1
  if (bits === 16 && page.directory.source.littleEndian)
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length & ~1).swap16()
  // A bit has no differences: libtiff takes the tag as not there.
  if (page.predictor === 1 || bits === 1) return
  if (page.predictor !== HORIZONTAL_DIFFERENCES || (bits !== 8 && bits !== 16)) {
    throw new ConversionRefused(`Predictor ${page.predictor} on samples of ${bits} bits`, page.directory.at)
  }
  const distance = page.samplesPerPixel * (bits / 8)
  for (let start = 0; start < bytes.length; start += rowBytes) {
    const end = Math.min(start + rowBytes, bytes.length)
    if (bits === 8) addBytes(bytes, start + distance, end, distance)
    else addPairs(bytes, start + distance, end, distance)
  }
}

function addBytes(bytes: Uint8Array, start: number, end: number, distance: number): void {
  for (let index = start; index < end; index++) {
    bytes[index] = (bytes[index] as number) + (bytes[index - distance] as number)
  }
}

function addPairs(bytes: Uint8Array, start: number, end: number, distance: number): void {
  for (let index = start; index + 1 < end; index += 2) {
    const left = index - distance
    const low = (bytes[index + 1] as number) + (bytes[left + 1] as number)
    bytes[index] = (bytes[index] as number) + (bytes[left] as number) + (low >> 8)
    bytes[index + 1] = low
  }
}
