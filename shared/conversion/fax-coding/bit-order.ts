import { PADDING_BYTES } from './row-decoder.ts'

/** A copy with every byte's bits turned round if asked, and the zeros behind it that the row decoder needs. */
export function copyPadded(source: Uint8Array, reverseBits: boolean): Uint8Array {
  const padded = new Uint8Array((source.length + PADDING_BYTES + 3) & ~3)
  padded.set(source)
  if (reverseBits) reverseBitsOfBytes(padded)
  return padded
}

/** In place; `bytes` must start at a multiple of four in its buffer and have a multiple of four bytes. */
function reverseBitsOfBytes(bytes: Uint8Array): void {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
  for (let index = 0; index < words.length; index++) {
    let word = words[index] as number
    word = ((word >>> 1) & 0x55555555) | ((word & 0x55555555) << 1)
    word = ((word >>> 2) & 0x33333333) | ((word & 0x33333333) << 2)
    words[index] = ((word >>> 4) & 0x0f0f0f0f) | ((word & 0x0f0f0f0f) << 4)
  }
}
