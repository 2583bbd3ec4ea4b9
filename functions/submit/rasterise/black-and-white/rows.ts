import { type GreyPage, WHITE, WHITE_WORD } from './grey-page.ts'
import { BLOCK_PIXELS, LIGHTEST_INK, type Regions } from './regions.ts'
import { type Screen, screenFor } from './screen.ts'

/**
 * Below this level writing is ink. Lighter than the middle, so that a hairline which falls between two rows is drawn in both and not in
 * none.
 */
const INK = 152
/** A block without anything darker holds pale writing, which is ink from halfway to the paper. */
const PALE = 112

/** Takes the columns where a row changes its colour, from white; behind `count` stands the width. */
export type TakeRow = (transitions: Int32Array, count: number) => void

/** The page in black and white, row by row: writing by a threshold, pictures by dots. */
export function toBlackAndWhite(page: GreyPage, paper: number, regions: Regions, take: TakeRow): void {
  const { widthPixels, heightRows } = page
  const transitions = new Int32Array(widthPixels + 4)
  const screen = scaled(screenFor(page.verticalDpi), paper)
  const levels = new Uint8Array(widthPixels)
  const ink = toPaper(INK, paper)
  for (let first = 0; first < heightRows; first += regions.blockRows) {
    const blocks = (first / regions.blockRows) * regions.columns
    const isPlain = isPlainRow(regions, blocks)
    for (let row = first; row < Math.min(first + regions.blockRows, heightRows); row++) {
      if (!isPlain) fillLevels(levels, regions, blocks, screen, row, paper)
      const count = isPlain
        ? scanPlain(page, row, ink, transitions)
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
function isPlainRow({ columns, isPicture, darkest }: Regions, first: number): boolean {
  for (let block = first; block < first + columns; block++) {
    if (isPicture[block] === 1) return false
    const level = darkest[block] as number
    if (level >= PALE && level < WHITE) return false
  }
  return true
}

/** The level below which each pixel of the row is black. */
function fillLevels(
  levels: Uint8Array,
  { columns, isPicture, darkest }: Regions,
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
      levels.fill(toPaper(inkLevel(darkest[first + column] as number), paper), start, end)
    }
  }
}

function inkLevel(darkest: number): number {
  return darkest < PALE ? INK : Math.min(LIGHTEST_INK, Math.max(INK, (darkest + WHITE) >> 1))
}

function scanPlain(
  { words, widthPixels }: GreyPage,
  row: number,
  ink: number,
  transitions: Int32Array,
): number {
  const start = (row * widthPixels) >> 2
  const rowWords = widthPixels >> 2
  let count = 0
  let black = 0
  for (let index = 0; index < rowWords; index++) {
    const word = words[start + index] as number
    if (word === WHITE_WORD) {
      if (black !== 0) {
        transitions[count++] = index << 2
        black = 0
      }
      continue
    }
    // The sign of the difference: 1 for black.
    const bits =
      (((word & 255) - ink) >>> 31) |
      (((((word >> 8) & 255) - ink) >>> 31) << 1) |
      (((((word >> 16) & 255) - ink) >>> 31) << 2) |
      ((((word >>> 24) - ink) >>> 31) << 3)
    let changes = bits ^ (((bits << 1) | black) & 15)
    while (changes !== 0) {
      const bit = 31 - Math.clz32(changes & -changes)
      transitions[count++] = (index << 2) + bit
      changes &= changes - 1
    }
    black = bits >> 3
  }
  return count
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
