/** TIFF 6.0, section 9. Fills `output` as far as the coded bytes go; gives the bytes written. */
export function unpackPackBits(coded: Uint8Array, output: Uint8Array): number {
  let written = 0
  for (let next = 0; next < coded.length && written < output.length; ) {
    const control = coded[next++] as number
    if (control < 128) {
      const literal = coded.subarray(next, next + Math.min(control + 1, output.length - written))
      output.set(literal, written)
      written += literal.length
      next += control + 1
    } else if (control > 128) {
      const end = Math.min(written + 257 - control, output.length)
      if (next >= coded.length) break
      output.fill(coded[next++] as number, written, end)
      written = end
    }
  }
  return written
}
