import { HORIZONTAL_DPI } from '../page-layout.ts'
import { type GreyPage, WHITE, WHITE_WORD } from './grey-page.ts'

/** Two millimetres: less than a letter of a heading, more than the stroke of one. */
export const BLOCK_PIXELS = 16
const BLOCK_WORDS_SHIFT = 2

/** Greys that only a picture has over some breadth: darker is ink, lighter is paper. */
const DARKEST_GREY = 48
/** Also the level below which even the palest writing is ink. */
export const LIGHTEST_INK = 216
/** Neighbours of a picture differ by less, a letter's edge by more. */
const LARGEST_STEP = 40
/** A flat tint so light is a form's shading; on a fax it would be dust around the writing. */
const LIGHTEST_SHADING = 200

/** Of a block, what makes it the heart of a picture, and what makes it belong to one beside it. */
const SEED_SHARE = 0.5
const GROWTH_SHARE = 0.12
/** Bright or dark spots in the middle of a picture are of it, up to 4 cm square. */
const LARGEST_HOLE_BLOCKS = 400

/** What each block of the page is, in rows of blocks. */
export interface Regions {
  columns: number
  rows: number
  blockRows: number
  /** 1: a picture. */
  isPicture: Uint8Array
  /** The darkest level in the block. */
  darkest: Uint8Array
  pictureBlocks: number
}

/** Tells pictures from writing by the greys alone: a scan is one image, whatever is on it. */
export function findRegions(page: GreyPage, paper: number): Regions {
  const blockRows = Math.round((BLOCK_PIXELS * page.verticalDpi) / HORIZONTAL_DPI)
  const columns = Math.ceil(page.widthPixels / BLOCK_PIXELS)
  const rows = Math.ceil(page.heightRows / blockRows)
  const greys = new Uint16Array(columns * rows)
  const darkest = new Uint8Array(columns * rows).fill(WHITE)
  for (let row = 0; row < page.heightRows; row++)
    countRow(page, row, Math.floor(row / blockRows) * columns, paper, greys, darkest)
  const blockWords = (BLOCK_PIXELS >> 2) * blockRows
  const isPicture = growPictures(greys, columns, rows, blockWords)
  const pictureBlocks = isPicture.reduce((sum, each) => sum + each, 0)
  return { columns, rows, blockRows, isPicture, darkest, pictureBlocks }
}

function countRow(
  { words, widthPixels }: GreyPage,
  row: number,
  firstBlock: number,
  paper: number,
  greys: Uint16Array,
  darkest: Uint8Array,
): void {
  const rowWords = widthPixels >> 2
  const start = row * rowWords
  const lightestGrey = (LIGHTEST_INK * paper) >> 8
  for (let index = 0; index < rowWords; index++) {
    const word = words[start + index] as number
    if (word === WHITE_WORD) continue
    const block = firstBlock + (index >> BLOCK_WORDS_SHIFT)
    const [a, b, c, d] = [word & 255, (word >> 8) & 255, (word >> 16) & 255, word >>> 24]
    const low = Math.min(a, b, c, d)
    if (low < (darkest[block] as number)) darkest[block] = low
    const high = Math.max(a, b, c, d)
    const isShading = low === high && low >= LIGHTEST_SHADING
    if (low >= DARKEST_GREY && high < lightestGrey && high - low < LARGEST_STEP && !isShading)
      greys[block] = (greys[block] as number) + 1
  }
}

function growPictures(greys: Uint16Array, columns: number, rows: number, blockWords: number): Uint8Array {
  const isPicture = new Uint8Array(greys.length)
  const reached: number[] = []
  for (const [block, count] of greys.entries()) {
    if (count < blockWords * SEED_SHARE) continue
    isPicture[block] = 1
    reached.push(block)
  }
  if (reached.length === 0) return isPicture
  const least = blockWords * GROWTH_SHARE
  for (let block = reached.pop(); block !== undefined; block = reached.pop()) {
    for (const next of neighboursOf(block, columns, rows)) {
      if (isPicture[next] === 1 || (greys[next] as number) < least) continue
      isPicture[next] = 1
      reached.push(next)
    }
  }
  return fillHoles(widen(isPicture, columns, rows), columns, rows)
}

/** By a block on each side: the rim of a picture is half of one, and dots in a letter's edge do no harm. */
function widen(isPicture: Uint8Array, columns: number, rows: number): Uint8Array {
  const wider = Uint8Array.from(isPicture)
  for (const [block, is] of isPicture.entries())
    if (is === 1) for (const next of neighboursOf(block, columns, rows)) wider[next] = 1
  return wider
}

function fillHoles(isPicture: Uint8Array, columns: number, rows: number): Uint8Array {
  const seen = Uint8Array.from(isPicture)
  for (let first = 0; first < seen.length; first++) {
    if (seen[first] === 1) continue
    const hole = [first]
    let touchesEdge = false
    seen[first] = 1
    for (const block of hole) {
      const [x, y] = [block % columns, Math.floor(block / columns)]
      if (x === 0 || y === 0 || x === columns - 1 || y === rows - 1) touchesEdge = true
      for (const next of neighboursOf(block, columns, rows)) {
        if (seen[next] === 1) continue
        seen[next] = 1
        hole.push(next)
      }
    }
    if (!touchesEdge && hole.length <= LARGEST_HOLE_BLOCKS) for (const block of hole) isPicture[block] = 1
  }
  return isPicture
}

function* neighboursOf(block: number, columns: number, rows: number): Generator<number> {
  const [x, y] = [block % columns, Math.floor(block / columns)]
  for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++)
    for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++)
      if (row !== y || column !== x) yield row * columns + column
}
