import { deflateRawSync, constants as zlib } from 'node:zlib'

const ADLER_MODULUS = 65_521
/** RFC 1950: so many bytes can be summed up before the sums outgrow 32 bits. */
const ADLER_BLOCK_BYTES = 5552

/** What is beyond, in colour at more than 300 dpi, is deflated in a third of the time, to a few hundredths more. */
const LARGE_BYTES = 32 * 1024 * 1024

/** Deflates what comes piece by piece to one stream for FlateDecode, so that a page need not be in memory as a whole. */
export class Deflater {
  readonly #parts: Uint8Array[] = [Uint8Array.of(0x78, 0x9c)]
  #low = 1
  #high = 0

  #added = 0

  add(bytes: Uint8Array): void {
    // A sync flush ends on a byte with no final block, so that the next piece can follow.
    const level = this.#added < LARGE_BYTES ? zlib.Z_DEFAULT_COMPRESSION : zlib.Z_BEST_SPEED
    this.#parts.push(deflateRawSync(bytes, { level, finishFlush: zlib.Z_SYNC_FLUSH }))
    this.#added += bytes.length
    this.#sum(bytes)
  }

  finish(): Uint8Array {
    const emptyFinalBlock = [3, 0]
    const sum = [this.#high >> 8, this.#high, this.#low >> 8, this.#low]
    return Buffer.concat([...this.#parts, Uint8Array.of(...emptyFinalBlock, ...sum)])
  }

  /** RFC 1950's Adler-32. */
  #sum(bytes: Uint8Array): void {
    let low = this.#low
    let high = this.#high
    for (let start = 0; start < bytes.length; start += ADLER_BLOCK_BYTES) {
      const end = Math.min(start + ADLER_BLOCK_BYTES, bytes.length)
      for (let index = start; index < end; index++) {
        low += bytes[index] as number
        high += low
      }
      low %= ADLER_MODULUS
      high %= ADLER_MODULUS
    }
    this.#low = low
    this.#high = high
  }
}
