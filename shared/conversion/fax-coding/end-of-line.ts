/** 11 zeros, with fill bits more, and a 1. */
const END_OF_LINE_ZEROS = 11

/** The next bit that is 1, at or behind `position`; at or behind the end if there is none. All positions are in bits. */
export function findOne(bytes: Uint8Array, position: number, endPosition: number): number {
  const lastIndex = endPosition >> 3
  let index = position >> 3
  let byte = (bytes[index] as number) & (0xff >> (position & 7))
  while (byte === 0 && index < lastIndex) {
    index++
    byte = bytes[index] as number
  }
  return index * 8 + Math.clz32(byte) - 24
}

/** Behind the end-of-line code that starts here; undefined if none does. */
export function endOfLineAt(bytes: Uint8Array, position: number, endPosition: number): number | undefined {
  const one = findOne(bytes, position, endPosition)
  return one - position < END_OF_LINE_ZEROS || one >= endPosition ? undefined : one + 1
}

/** Where the zeros of the next end-of-line code begin. */
export function findEndOfLine(bytes: Uint8Array, from: number, endPosition: number): number | undefined {
  let position = from
  while (position < endPosition) {
    const one = findOne(bytes, position, endPosition)
    if (one >= endPosition) return undefined
    if (one - position >= END_OF_LINE_ZEROS) return position
    position = one + 1
  }
  return undefined
}
