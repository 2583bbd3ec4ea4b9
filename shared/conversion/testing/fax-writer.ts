import {
  BLACK_CODES,
  type Code,
  HORIZONTAL_CODE,
  PASS_CODE,
  VERTICAL_CODES,
  WHITE_CODES,
} from '../fax-coding/codes.ts'
import type { FaxCoding } from '../fax-coding/row-reader.ts'
import type { Bitmap } from './bitmap.ts'

export interface FaxWriting {
  coding: FaxCoding
  /** In front of every row, and six behind the last. */
  endOfLines?: boolean
  /** Zeros that make every end-of-line code end on a byte. */
  fillBits?: boolean
  endOfBlock?: boolean
  /** T.4 2-D: every so many rows, one stands for itself. */
  parameterK?: number
  leastSignificantFirst?: boolean
}

const END_OF_LINE = '000000000001'

/** Codes a bitmap the slow way, word for word as T.4 and T.6 describe it. Gives the byte where each row starts, too. */
export function writeFax(bitmap: Bitmap, how: FaxWriting): Uint8Array {
  let bits = ''
  const isT4 = how.coding === 'T.4 1-D' || how.coding === 'T.4 2-D'
  const addEndOfLine = (tag: string): void => {
    if (how.fillBits) while ((bits.length + END_OF_LINE.length) % 8 !== 0) bits += '0'
    bits += END_OF_LINE + tag
  }
  let above: readonly boolean[] = (bitmap[0] ?? []).map(() => false)
  for (const [index, row] of bitmap.entries()) {
    const alone = how.coding !== 'T.6' && (how.coding !== 'T.4 2-D' || index % (how.parameterK ?? 4) === 0)
    if (isT4 && how.endOfLines !== false) addEndOfLine(how.coding === 'T.4 2-D' ? (alone ? '1' : '0') : '')
    bits += alone ? oneDimensional(row) : twoDimensional(row, above)
    if (how.coding === 'RLE') while (bits.length % 8 !== 0) bits += '0'
    above = row
  }
  if (how.endOfBlock && how.coding === 'T.6') bits += END_OF_LINE.repeat(2)
  if (how.endOfBlock && isT4) bits += (END_OF_LINE + (how.coding === 'T.4 2-D' ? '1' : '')).repeat(6)
  return toBytes(bits, how.leastSignificantFirst === true)
}

export function toBytes(bits: string, leastSignificantFirst: boolean): Uint8Array {
  return Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) => {
    const padded = byte.padEnd(8, '0')
    return Number.parseInt(leastSignificantFirst ? [...padded].reverse().join('') : padded, 2)
  })
}

export function oneDimensional(row: readonly boolean[]): string {
  let bits = ''
  let black = false
  for (let x = 0; x < row.length; ) {
    const end = endOfRun(row, x, black)
    bits += run(end - x, black)
    black = !black
    x = end
  }
  return bits
}

function twoDimensional(row: readonly boolean[], above: readonly boolean[]): string {
  const width = row.length
  let bits = ''
  let a0 = -1
  let black = false
  while (a0 < width) {
    const a1 = endOfRun(row, Math.max(a0, 0), black)
    const b1 = nextChange(above, a0, black)
    const b2 = endOfRun(above, b1, !black)
    const vertical = VERTICAL_CODES[a1 - b1 + 3]
    if (b2 < a1) {
      bits += word(PASS_CODE)
      a0 = b2
    } else if (vertical !== undefined) {
      bits += word(vertical)
      a0 = a1
      black = !black
    } else {
      const a2 = endOfRun(row, a1, !black)
      bits += word(HORIZONTAL_CODE) + run(a1 - Math.max(a0, 0), black) + run(a2 - a1, !black)
      a0 = a2
    }
  }
  return bits
}

/** The first change in the row above, right of a0, to the colour that is not `black`. */
function nextChange(above: readonly boolean[], a0: number, black: boolean): number {
  let x = a0 + 1
  while (x < above.length && !(above[x] !== black && (above[x - 1] ?? false) === black)) x++
  return x
}

function endOfRun(row: readonly boolean[], from: number, black: boolean): number {
  let x = from
  while (x < row.length && row[x] === black) x++
  return x
}

function run(length: number, black: boolean): string {
  const codes = black ? BLACK_CODES : WHITE_CODES
  let bits = ''
  let rest = length
  while (rest >= 64) {
    const makeUp = Math.min(Math.floor(rest / 64) * 64, 2560)
    bits += word(codes.find((code) => code.run === makeUp))
    rest -= makeUp
  }
  return bits + word(codes[rest])
}

function word(code: Code | undefined): string {
  return code === undefined ? '' : code.bits.toString(2).padStart(code.length, '0')
}
