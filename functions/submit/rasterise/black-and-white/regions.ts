import { HORIZONTAL_DPI } from '../page-layout.ts'
import { type BlockGrid, growAlong, isMarkedAround, patchesOf, widen } from './block-grid.ts'
import { BLOCK_PIXELS, type GreyPage, WHITE_WORD, WORDS_PER_BLOCK, wordsTogether } from './grey-page.ts'

/** Greys that only a picture has over some breadth: darker is ink, lighter is paper. */
const DARKEST_GREY = 48
/** Also the level below which even the palest writing is ink. */
export const LIGHTEST_INK = 216
/** Four neighbours in a picture differ by less, across a letter's edge by more. */
const LARGEST_STEP = 40
/** Of one level throughout, and light: a bar of a chart, or the shading behind a line of a table. Darker ones are called solid. */
const DARKEST_TINT = 160
const LIGHTEST_TINT = 244
/** So dark is writing, whatever lies behind it. */
const INK = 96

/** Of a block, what makes it the heart of a picture, and what makes it belong to one beside it. */
const SEED_SHARE = 0.5
const GROWTH_SHARE = 0.12
/** Bright or dark spots in the middle of a picture are of it, up to 4 cm square. */
const LARGEST_HOLE_BLOCKS = 400
/** Of a block that is tinted through and through. */
const FULL_SHARE = 0.9
/** A tint with writing in so many of its blocks is there for the writing's sake; dots would eat it. */
const WRITTEN_SHARE = 0.1

/** What each block of the page is, in rows of blocks. */
export interface Regions extends BlockGrid {
  blockRows: number
  /** 1: of a picture, which wants dots. */
  isPicture: Uint8Array
  /** The darkest level in a block with writing of which none is dark; 0: no such block. */
  pale: Uint8Array
  /** Of each row of blocks, the first that is not all white, and the one behind the last; the same: none. */
  inkFrom: Uint16Array
  inkTo: Uint16Array
}

/** Tells pictures from writing by the greys alone: a scan is one image, whatever is on it. */
export function findRegions(page: GreyPage, paper: number): Regions {
  const counts = countBlocks(page, paper)
  const isPicture = growPictures(counts)
  const { columns, rows, blockRows } = counts
  return { columns, rows, blockRows, isPicture, pale: findPale(counts), ...findInk(counts) }
}

/** A block with no more than the tip of a dark letter in it has the rest of the letter beside it. */
function findPale(counts: BlockCounts): Uint8Array {
  const { edges, darkest } = counts
  const pale = new Uint8Array(edges.length)
  for (let block = 0; block < edges.length; block++)
    if (edges[block] === 1 && darkestAround(counts, block) >= INK) pale[block] = darkest[block] as number
  return pale
}

function darkestAround({ columns, rows, darkest }: BlockCounts, block: number): number {
  const column = block % columns
  const row = (block - column) / columns
  let level = 255
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++)
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++)
      level = Math.min(level, darkest[y * columns + x] as number)
  return level
}

/** Words of four pixels in each block, by what they are. */
interface BlockCounts extends BlockGrid {
  blockRows: number
  blockWords: number
  greys: Uint16Array
  tints: Uint16Array
  solids: Uint16Array
  /** 1: somewhere two neighbours differ as writing and paper do. */
  edges: Uint8Array
  darkest: Uint8Array
}

function countBlocks(page: GreyPage, paper: number): BlockCounts {
  const blockRows = Math.round((BLOCK_PIXELS * page.verticalDpi) / HORIZONTAL_DPI)
  const columns = Math.ceil(page.widthPixels / BLOCK_PIXELS)
  const rows = Math.ceil(page.heightRows / blockRows)
  const counts: BlockCounts = {
    columns,
    rows,
    blockRows,
    blockWords: WORDS_PER_BLOCK * blockRows,
    greys: new Uint16Array(columns * rows),
    tints: new Uint16Array(columns * rows),
    solids: new Uint16Array(columns * rows),
    edges: new Uint8Array(columns * rows),
    darkest: new Uint8Array(columns * rows).fill(255),
  }
  for (let row = 0; row < page.heightRows; row++)
    countRow(page, row, Math.floor(row / blockRows) * columns, paper / 255, counts)
  return counts
}

function countRow(page: GreyPage, row: number, firstBlock: number, paper: number, counts: BlockCounts): void {
  const { words, widthPixels } = page
  const start = (row * widthPixels) >> 2
  const end = start + (widthPixels >> 2)
  const lightestInk = LIGHTEST_INK * paper
  const lightestTint = LIGHTEST_TINT * paper
  let block = firstBlock
  for (let first = start; first < end; first += WORDS_PER_BLOCK, block++) {
    if (wordsTogether(words, first) === WHITE_WORD) continue
    for (let index = first; index < first + WORDS_PER_BLOCK; index++) {
      const word = words[index] as number
      if (word !== WHITE_WORD) countWord(word, block, lightestInk, lightestTint, counts)
    }
  }
}

function countWord(
  word: number,
  block: number,
  lightestInk: number,
  lightestTint: number,
  { greys, tints, solids, edges, darkest }: BlockCounts,
): void {
  const a = word & 255
  const b = (word >> 8) & 255
  const c = (word >> 16) & 255
  const d = word >>> 24
  const low = Math.min(a, b, c, d)
  if (low < (darkest[block] as number)) darkest[block] = low
  // Most of what is not white is of dark letters: no grey, no tint, and an edge that is known.
  if (low < DARKEST_GREY && edges[block] === 1) return
  const high = Math.max(a, b, c, d)
  if (high - low >= LARGEST_STEP) {
    edges[block] = 1
  } else if (low === high && low >= DARKEST_GREY && low <= lightestTint) {
    const flat = low >= DARKEST_TINT ? tints : solids
    flat[block] = (flat[block] as number) + 1
  } else if (low >= DARKEST_GREY && high < lightestInk) {
    greys[block] = (greys[block] as number) + 1
  }
}

function findInk({ columns, rows, darkest }: BlockCounts): Pick<Regions, 'inkFrom' | 'inkTo'> {
  const inkFrom = new Uint16Array(rows)
  const inkTo = new Uint16Array(rows)
  for (let row = 0; row < rows; row++) {
    let [from, to] = [0, columns]
    while (from < columns && darkest[row * columns + from] === 255) from++
    while (to > from && darkest[row * columns + to - 1] === 255) to--
    inkFrom[row] = from
    inkTo[row] = to
  }
  return { inkFrom, inkTo }
}

function growPictures(counts: BlockCounts): Uint8Array {
  const { greys, blockWords } = counts
  const isPicture = blocksFrom(greys, blockWords * SEED_SHARE)
  if (isPicture.includes(1)) growAlong(counts, isPicture, blocksFrom(greys, blockWords * GROWTH_SHARE))
  for (const blocks of broadPatches(counts, counts.solids)) mark(isPicture, blocks)
  for (const blocks of broadPatches(counts, counts.tints))
    if (!isWritten(counts, blocks)) mark(isPicture, blocks)
  if (!isPicture.includes(1)) return isPicture
  // The rim of a picture is half a block, and dots in a letter's edge do no harm.
  const wide = widen(counts, isPicture)
  const around = wide.map((is) => 1 - is)
  for (const { blocks, touchesEdge } of patchesOf(counts, around))
    if (!touchesEdge && blocks.length <= LARGEST_HOLE_BLOCKS) mark(wide, blocks)
  return wide
}

function blocksFrom(counts: Uint16Array, least: number): Uint8Array {
  const blocks = new Uint8Array(counts.length)
  for (let block = 0; block < counts.length; block++)
    if ((counts[block] as number) >= least) blocks[block] = 1
  return blocks
}

/** What is flat, and somewhere three blocks broad and high; what is narrower is a letter of a heading, or a rule. */
function broadPatches(counts: BlockCounts, flat: Uint16Array): number[][] {
  const full = blocksFrom(flat, counts.blockWords * FULL_SHARE)
  if (!full.includes(1)) return []
  return patchesOf(counts, blocksFrom(flat, counts.blockWords * GROWTH_SHARE))
    .map(({ blocks }) => blocks)
    .filter((blocks) => blocks.some((block) => isMarkedAround(counts, full, block)))
}

function isWritten({ darkest }: BlockCounts, blocks: readonly number[]): boolean {
  const written = blocks.filter((block) => (darkest[block] as number) < INK)
  return written.length >= blocks.length * WRITTEN_SHARE
}

function mark(marked: Uint8Array, blocks: readonly number[]): void {
  for (const block of blocks) marked[block] = 1
}
