import { HORIZONTAL_DPI } from '../page-layout.ts'
import { type BlockGrid, growAlong, isMarkedAround, isMarkedNear, patchesOf, widen } from './block-grid.ts'
import { BLOCK_PIXELS, type GreyPage, WHITE_WORD, WORDS_PER_BLOCK, wordsTogether } from './grey-page.ts'

/** What is lighter is paper. Greys of a picture are from here down to 64; what is darker is writing, whatever lies behind it. */
const LIGHTEST_GREY = 223
/** The level below which even the palest writing is ink. */
export const LIGHTEST_INK = 216
/** Four neighbours in a picture differ by less, across a letter's edge by more. */
const LARGEST_STEP = 40
/** Of one level throughout, and light: a bar of a chart, or the shading behind a line of a table. Darker ones are called solid. */
const DARKEST_TINT = 160

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
  return { columns, rows, blockRows, isPicture, pale: findPale(page, counts), ...findInk(counts) }
}

/** What is in each block; words are of four pixels. */
interface BlockCounts extends BlockGrid {
  blockRows: number
  blockWords: number
  /** Words that are grey, all of one light level, all of one darker level. */
  greys: Uint16Array
  tints: Uint16Array
  solids: Uint16Array
  /** The most that a block has of one of these. */
  most: number
  /** Rows of the block that are not all white. */
  inkedRows: Uint8Array
  /** Not 0: in one of those rows is something as light as paper. */
  hasPaper: Uint8Array
  /** Not 0: something in it is dark. */
  isDark: Uint8Array
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
    inkedRows: new Uint8Array(columns * rows),
    hasPaper: new Uint8Array(columns * rows),
    isDark: new Uint8Array(columns * rows),
    most: 0,
  }
  for (let row = 0; row < page.heightRows; row++)
    countRow(page, row, Math.floor(row / blockRows) * columns, paper / 255, counts)
  return counts
}

/** The highest bit of each byte. */
const HIGH_BITS = 0x80808080 | 0

/**
 * The inner loop sees some hundred thousand words a page, of which no two are alike to the processor's guesses: so it asks of all four
 * bytes at once, and nearly always the same.
 */
function countRow(page: GreyPage, row: number, firstBlock: number, paper: number, counts: BlockCounts): void {
  const { words, widthPixels } = page
  const { inkedRows, hasPaper, isDark } = counts
  const start = (row * widthPixels) >> 2
  const end = start + (widthPixels >> 2)
  let block = firstBlock - 1
  for (let first = start; first < end; first += WORDS_PER_BLOCK) {
    block++
    if (wordsTogether(words, first) === WHITE_WORD) continue
    let [dark, light] = [0, 0]
    for (let index = first; index < first + WORDS_PER_BLOCK; index++) {
      const word = words[index] as number
      // Below 64 both high bits are clear, from 224 three are set.
      const darkBytes = ~word & ~(word << 1) & HIGH_BITS
      const lightBytes = word & (word << 1) & (word << 2) & HIGH_BITS
      dark |= darkBytes
      light |= lightBytes
      if ((darkBytes | lightBytes) === 0) countGrey(word, block, paper, counts)
    }
    inkedRows[block] = (inkedRows[block] as number) + 1
    if (dark !== 0) isDark[block] = 1
    if (light !== 0) hasPaper[block] = 1
  }
}

function countGrey(word: number, block: number, paper: number, counts: BlockCounts): void {
  const [low, high] = [lowestOf(word), highestOf(word)]
  if (high - low >= LARGEST_STEP || high > LIGHTEST_GREY * paper) return
  const kind = low < high ? counts.greys : low >= DARKEST_TINT ? counts.tints : counts.solids
  const count = (kind[block] as number) + 1
  kind[block] = count
  if (count > counts.most) counts.most = count
}

function lowestOf(word: number): number {
  return Math.min(word & 255, (word >> 8) & 255, (word >> 16) & 255, word >>> 24)
}

function highestOf(word: number): number {
  return Math.max(word & 255, (word >> 8) & 255, (word >> 16) & 255, word >>> 24)
}

/** Writing with nothing dark in its block or beside it: a block with no more than the tip of a dark letter is not pale. */
function findPale(page: GreyPage, counts: BlockCounts): Uint8Array {
  const { inkedRows, isDark } = counts
  const pale = new Uint8Array(inkedRows.length)
  for (let block = 0; block < inkedRows.length; block++)
    if (inkedRows[block] !== 0 && !isMarkedNear(counts, isDark, block))
      pale[block] = darkestWriting(page, counts, block)
  return pale
}

/** 0 where the greys of a block are without an edge. */
function darkestWriting(
  { words, widthPixels, heightRows }: GreyPage,
  grid: BlockCounts,
  block: number,
): number {
  const column = block % grid.columns
  const firstRow = ((block - column) / grid.columns) * grid.blockRows
  let [hasEdge, darkest] = [false, 255]
  for (let row = firstRow; row < Math.min(firstRow + grid.blockRows, heightRows); row++) {
    const start = (row * widthPixels + column * BLOCK_PIXELS) >> 2
    for (let index = start; index < start + WORDS_PER_BLOCK; index++) {
      const low = lowestOf(words[index] as number)
      if (highestOf(words[index] as number) - low >= LARGEST_STEP) hasEdge = true
      darkest = Math.min(darkest, low)
    }
  }
  return hasEdge ? darkest : 0
}

function findInk({ columns, rows, inkedRows }: BlockCounts): Pick<Regions, 'inkFrom' | 'inkTo'> {
  const inkFrom = new Uint16Array(rows)
  const inkTo = new Uint16Array(rows)
  for (let row = 0; row < rows; row++) {
    let [from, to] = [0, columns]
    while (from < columns && inkedRows[row * columns + from] === 0) from++
    while (to > from && inkedRows[row * columns + to - 1] === 0) to--
    inkFrom[row] = from
    inkTo[row] = to
  }
  return { inkFrom, inkTo }
}

function growPictures(counts: BlockCounts): Uint8Array {
  const { greys, blockWords } = counts
  if (counts.most < blockWords * SEED_SHARE) return new Uint8Array(greys.length)
  const isPicture = blocksFrom(greys, blockWords * SEED_SHARE)
  if (isPicture.includes(1)) growAlong(counts, isPicture, openToPictures(counts))
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

/** Some grey is enough beside a picture; and in its dark parts there is nothing else, and no paper either. */
function openToPictures({ greys, blockWords, blockRows, inkedRows, hasPaper }: BlockCounts): Uint8Array {
  const isOpen = blocksFrom(greys, blockWords * GROWTH_SHARE)
  for (let block = 0; block < isOpen.length; block++)
    if (inkedRows[block] === blockRows && hasPaper[block] === 0) isOpen[block] = 1
  return isOpen
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

function isWritten({ isDark }: BlockCounts, blocks: readonly number[]): boolean {
  return blocks.filter((block) => isDark[block] === 1).length >= blocks.length * WRITTEN_SHARE
}

function mark(marked: Uint8Array, blocks: readonly number[]): void {
  for (const block of blocks) marked[block] = 1
}
