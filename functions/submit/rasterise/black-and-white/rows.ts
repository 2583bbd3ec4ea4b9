import { BLOCK_PIXELS, type GreyPage, WHITE, WHITE_WORD, wordsTogether } from './grey-page.ts'
import { LIGHTEST_INK, type Regions } from './regions.ts'
import { type Screen, screenFor } from './screen.ts'

/**
 * Below this level writing is ink. Lighter than the middle, so that a hairline which falls between two rows is drawn in both and not in
 * none.
 */
const INK = 152

/** Takes the columns where a row changes its colour, from white; behind `count` stands the width. */
export type TakeRow = (transitions: Int32Array, count: number) => void

/** The page in black and white, row by row: writing by a threshold, pictures by dots. */
export function toBlackAndWhite(page: GreyPage, paper: number, regions: Regions, take: TakeRow): void {
  const { widthPixels, heightRows } = page
  const transitions = new Int32Array(widthPixels + 4)
  const screen = scaled(screenFor(page.verticalDpi), paper)
  const levels = new Uint8Array(widthPixels)
  const ink = toPaper(INK, paper)
  for (let blockRow = 0; blockRow < regions.rows; blockRow++) {
    const first = blockRow * regions.blockRows
    const blocks = blockRow * regions.columns
    const from = (regions.inkFrom[blockRow] as number) * BLOCK_PIXELS
    const to = (regions.inkTo[blockRow] as number) * BLOCK_PIXELS
    const isPlain = isPlainRow(regions, blocks)
    for (let row = first; row < Math.min(first + regions.blockRows, heightRows); row++) {
      if (!isPlain) fillLevels(levels, regions, blocks, screen, row, paper)
      const count = isPlain
        ? scanPlain(page, row, from, to, ink, transitions)
        : scanLevels(page, row, levels, transitions)
      transitions.fill(widthPixels, count, count + 4)
      take(transitions, count)
    }
  }
}

function toPaper(level: number, paper: number): number {
  return Math.round((level * paper) / WHITE)
}

function scaled({ columns, rows, levels }: Screen, paper: number): Screen {
  return { columns, rows, levels: levels.map((level) => toPaper(level, paper)) }
}

/** Nothing in it but dark writing and paper: one threshold does. */
function isPlainRow({ columns, isPicture, pale }: Regions, first: number): boolean {
  for (let block = first; block < first + columns; block++)
    if (isPicture[block] !== 0 || pale[block] !== 0) return false
  return true
}

/** The level below which each pixel of the row is black. */
function fillLevels(
  levels: Uint8Array,
  { columns, isPicture, pale }: Regions,
  first: number,
  screen: Screen,
  row: number,
  paper: number,
): void {
  const tileRow = (row % screen.rows) * screen.columns
  for (let column = 0; column < columns; column++) {
    const start = column * BLOCK_PIXELS
    const end = Math.min(start + BLOCK_PIXELS, levels.length)
    if (isPicture[first + column] === 1) {
      for (let x = start; x < end; x++) levels[x] = screen.levels[tileRow + (x % screen.columns)] as number
    } else {
      levels.fill(inkLevel(pale[first + column] as number, paper), start, end)
    }
  }
}

/** Pale writing is ink from halfway to the paper. */
function inkLevel(pale: number, paper: number): number {
  const ink = toPaper(INK, paper)
  return pale === 0 ? ink : Math.min(toPaper(LIGHTEST_INK, paper), Math.max(ink, (pale + paper) >> 1))
}

/** From the column `from` to the column `to`, both at the edge of a block; outside is nothing. */
function scanPlain(
  { words, widthPixels }: GreyPage,
  row: number,
  from: number,
  to: number,
  ink: number,
  transitions: Int32Array,
): number {
  const start = (row * widthPixels) >> 2
  let count = 0
  let black = 0
  for (let column = from; column < to; column += BLOCK_PIXELS) {
    const first = start + (column >> 2)
    if (black === 0 && wordsTogether(words, first) === WHITE_WORD) continue
    // The leftmost pixel in the lowest bit, 1 for black.
    const pixels =
      blackBits(words[first] as number, ink) |
      (blackBits(words[first + 1] as number, ink) << 4) |
      (blackBits(words[first + 2] as number, ink) << 8) |
      (blackBits(words[first + 3] as number, ink) << 12)
    let changes = pixels ^ (((pixels << 1) | black) & 0xffff)
    black = pixels >> 15
    while (changes !== 0) {
      transitions[count++] = column + 31 - Math.clz32(changes & -changes)
      changes &= changes - 1
    }
  }
  if (black !== 0 && to < widthPixels) transitions[count++] = to
  return count
}

/** By the sign of the difference. */
function blackBits(word: number, ink: number): number {
  return (
    (((word & 255) - ink) >>> 31) |
    (((((word >> 8) & 255) - ink) >>> 31) << 1) |
    (((((word >> 16) & 255) - ink) >>> 31) << 2) |
    ((((word >>> 24) - ink) >>> 31) << 3)
  )
}

function scanLevels(
  { pixels, words, widthPixels }: GreyPage,
  row: number,
  levels: Uint8Array,
  transitions: Int32Array,
): number {
  const start = row * widthPixels
  let count = 0
  let black = false
  for (let x = 0; x < widthPixels; x++) {
    if (!black && (x & 3) === 0 && words[(start + x) >> 2] === WHITE_WORD) {
      x += 3
      continue
    }
    if ((pixels[start + x] as number) < (levels[x] as number) === black) continue
    black = !black
    transitions[count++] = x
  }
  return count
}
