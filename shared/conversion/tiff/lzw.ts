const CLEAR = 256
const END_OF_INFORMATION = 257
const FIRST_FREE = 258
const MOST_CODES = 4096

/** TIFF 6.0, section 13: codes of 9 to 12 bits, MSB first. Fills `output` as far as the codes go; gives the bytes written. */
export function unpackLzw(coded: Uint8Array, output: Uint8Array): number {
  // Each string of the table was written out before, so where it stands in the output is all that must be kept.
  const startOf = new Int32Array(MOST_CODES)
  const lengthOf = new Uint32Array(MOST_CODES)
  let written = 0
  let free = FIRST_FREE
  let codeBits = 9
  let previous = -1
  let previousStart = 0
  let previousLength = 0
  let window = 0
  let held = 0
  let next = 0
  for (;;) {
    while (held < codeBits) {
      if (next >= coded.length) return written
      window = ((window << 8) | (coded[next++] as number)) & 0xfffff
      held += 8
    }
    const code = (window >> (held - codeBits)) & ((1 << codeBits) - 1)
    held -= codeBits
    if (code === END_OF_INFORMATION || written === output.length) return written
    if (code === CLEAR) {
      free = FIRST_FREE
      codeBits = 9
      previous = -1
      continue
    }
    const start = written
    if (code < CLEAR) {
      output[written++] = code
    } else {
      // The code that is just being made stands for the string before and its own first byte.
      if (previous < 0 || code > free || code >= MOST_CODES) return written
      const from = code === free ? previousStart : (startOf[code] as number)
      const length = code === free ? previousLength + 1 : (lengthOf[code] as number)
      const end = Math.min(written + length, output.length)
      for (let index = from; written < end; index++) output[written++] = output[index] as number
    }
    if (previous >= 0 && free < MOST_CODES) {
      startOf[free] = previousStart
      lengthOf[free] = previousLength + 1
      free++
    }
    // One code early, as TIFF has it.
    if (free + 1 >= 1 << codeBits && codeBits < 12) codeBits++
    previous = code
    previousStart = start
    previousLength = written - start
  }
}
