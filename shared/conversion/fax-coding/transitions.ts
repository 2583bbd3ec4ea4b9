/**
 * The columns where a packed row changes its colour, starting from 0 bits, into `transitions`, which needs room for the
 * width and four more; gives their number. Behind them stands the width, as the encoder wants it.
 */
export function findTransitions(
  bitmap: Uint8Array,
  rowStart: number,
  widthPixels: number,
  transitions: Int32Array,
): number {
  let count = 0
  let colour = 0
  const rowBytes = (widthPixels + 7) >> 3
  for (let index = 0; index < rowBytes; index++) {
    const byte = bitmap[rowStart + index] as number
    if (byte === colour) continue
    let changes = (byte ^ (byte >> 1) ^ (colour & 0x80)) & 0xff
    while (changes !== 0) {
      const bit = Math.clz32(changes) - 24
      transitions[count++] = index * 8 + bit
      changes &= 0x7f >> bit
    }
    colour = byte & 1 ? 0xff : 0
  }
  // Bits that fill up the last byte are no pixels.
  while (count > 0 && (transitions[count - 1] as number) >= widthPixels) count--
  transitions.fill(widthPixels, count, count + 4)
  return count
}

/** The inverse, onto zeros. */
export function paintTransitions(
  transitions: Int32Array,
  count: number,
  widthPixels: number,
  bitmap: Uint8Array,
  rowStart: number,
): void {
  for (let index = 0; index < count; index += 2) {
    const end = index + 1 < count ? (transitions[index + 1] as number) : widthPixels
    paintRun(bitmap, rowStart, transitions[index] as number, end)
  }
}

function paintRun(bitmap: Uint8Array, rowStart: number, start: number, end: number): void {
  const first = rowStart + (start >> 3)
  const last = rowStart + ((end - 1) >> 3)
  const head = 0xff >> (start & 7)
  const tail = (0xff << (7 - ((end - 1) & 7))) & 0xff
  if (first === last) {
    bitmap[first] = (bitmap[first] as number) | (head & tail)
    return
  }
  bitmap[first] = (bitmap[first] as number) | head
  bitmap.fill(0xff, first + 1, last)
  bitmap[last] = (bitmap[last] as number) | tail
}
