import { type GreyPage, WHITE } from './grey-page.ts'

/** Of a page that is no scan, so much at least is pure white. */
const WHITE_SHARE = 0.03
/** So much of a scan is paper, within so many levels of its commonest one. */
const PAPER_SHARE = 0.25
const PAPER_SPREAD = 8
const DARKEST_PAPER = 144
/** Nothing is lighter than paper: white writing on a coloured sheet would be, and must not be lost. */
const LIGHTER_BY = 24
const LIGHTER_SHARE = 0.0002
const ROW_STEP = 16
const COLUMN_STEP = 7

/**
 * The level that is to be white: 255, or what the paper of a scan came out as. Without it a yellowed letter would be taken for one
 * grey picture.
 */
export function paperLevel(
  page: GreyPage,
  area: { left: number; top: number; width: number; rows: number },
): number {
  const counts = countLevels(page, area)
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0 || sumAround(counts, WHITE, 4) > total * WHITE_SHARE) return WHITE
  let paper = WHITE
  for (let level = WHITE; level >= DARKEST_PAPER; level--)
    if (sumAround(counts, level, PAPER_SPREAD) > sumAround(counts, paper, PAPER_SPREAD)) paper = level
  const lighter = counts
    .subarray(Math.min(paper + LIGHTER_BY, WHITE + 1))
    .reduce((sum, count) => sum + count, 0)
  const isPaper = sumAround(counts, paper, PAPER_SPREAD) >= total * PAPER_SHARE
  return isPaper && lighter <= total * LIGHTER_SHARE ? paper : WHITE
}

function countLevels(
  { pixels, widthPixels, heightRows }: GreyPage,
  { left, top, width, rows }: { left: number; top: number; width: number; rows: number },
): Uint32Array {
  const counts = new Uint32Array(WHITE + 1)
  const bottom = Math.min(top + rows, heightRows)
  for (let row = top; row < bottom; row += ROW_STEP) {
    const end = row * widthPixels + left + width
    for (let at = row * widthPixels + left; at < end; at += COLUMN_STEP) {
      const level = pixels[at] as number
      counts[level] = (counts[level] as number) + 1
    }
  }
  return counts
}

function sumAround(counts: Uint32Array, level: number, spread: number): number {
  let sum = 0
  for (let at = Math.max(0, level - spread); at <= Math.min(WHITE, level + spread); at++)
    sum += counts[at] as number
  return sum
}
