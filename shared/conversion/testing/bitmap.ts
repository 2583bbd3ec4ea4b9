import type { Picture } from './pixels.ts'

/** Rows of pixels, true for black. */
export type Bitmap = boolean[][]

/** Writing-like strokes, a frame, single pixels, a halftone and white rows, the same for the same seed. */
export function drawTestPage(width: number, height: number, seed = 1): Bitmap {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state / 0x7fffffff
  }
  const rows: Bitmap = Array.from({ length: height }, () => new Array<boolean>(width).fill(false))
  const paint = (x: number, y: number): void => {
    const row = rows[Math.floor(y)]
    if (row !== undefined && x >= 0 && x < width) row[Math.floor(x)] = true
  }
  for (let stroke = 0; stroke < (width * height) / 900; stroke++) {
    const [x, y, dx, dy] = [random() * width, random() * height, random() * 4 - 2, random() * 3]
    for (let step = 0; step < 12; step++)
      for (const side of [0, 1, 2]) paint(x + dx * step + side, y + dy * step)
  }
  for (let y = height >> 1; y < (height >> 1) + 6; y++)
    for (let x = 0; x < width; x++) if (random() < 0.5) paint(x, y)
  for (let x = 0; x < width; x++) paint(x, 0)
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) if (y % 7 < 4) paint(x, y)
  return rows
}

export function bitmapToPicture(bitmap: Bitmap): Picture {
  const pixels = Uint8Array.from(bitmap.flat(), (black) => (black ? 0 : 255))
  return { width: bitmap[0]?.length ?? 0, height: bitmap.length, pixels }
}

/** One bit a pixel, rows from a byte's start, 1 for black. */
export function packBits(bitmap: Bitmap): Uint8Array {
  const rows = bitmap.map((row) => {
    const bytes = new Uint8Array(Math.ceil(row.length / 8))
    row.forEach((black, x) => {
      if (black) bytes[x >> 3] = (bytes[x >> 3] ?? 0) | (0x80 >> (x & 7))
    })
    return bytes
  })
  return Uint8Array.from(rows.flatMap((row) => [...row]))
}

/** The columns where the colour changes, with the width behind them as the decoder leaves it. */
export function transitionsOf(row: readonly boolean[]): { transitions: Int32Array; count: number } {
  const columns = row.flatMap((black, x) => (black === (row[x - 1] ?? false) ? [] : [x]))
  return {
    transitions: Int32Array.from([...columns, ...new Array<number>(4).fill(row.length)]),
    count: columns.length,
  }
}
