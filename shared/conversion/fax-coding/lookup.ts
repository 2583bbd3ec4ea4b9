import { BLACK_CODES, type Code, HORIZONTAL_CODE, PASS_CODE, VERTICAL_CODES, WHITE_CODES } from './codes.ts'

/** The longest run code has 13 bits; both colours are looked up by as many, so that one shift serves both. */
const RUN_BITS = 13
export const MODE_BITS = 7

/** What to shift 32 bits by to look them up. */
export const RUN_SHIFT = 32 - RUN_BITS
export const MODE_SHIFT = 32 - MODE_BITS

/** Entries from here on are make-up codes: a run of 64 or more. */
export const FIRST_MAKE_UP = 64 << 4

/** By the next 13 bits: run length << 4 | bits of the code; 0 where no code starts so. */
export const WHITE_RUNS = runTable(WHITE_CODES)
export const BLACK_RUNS = runTable(BLACK_CODES)

/** A vertical mode is its offset and this. */
export const VERTICAL_ZERO = 3
export const PASS = 7
export const HORIZONTAL = 8
/** By the next 7 bits: mode << 4 | bits of the code; 0 for no code. */
export const MODES = modeTable()

function runTable(codes: readonly Code[]): Uint16Array {
  const table = new Uint16Array(1 << RUN_BITS)
  for (const code of codes) enter(table, RUN_BITS, code, (code.run << 4) | code.length)
  return table
}

function modeTable(): Uint16Array {
  const table = new Uint16Array(1 << MODE_BITS)
  for (const code of VERTICAL_CODES)
    enter(table, MODE_BITS, code, ((code.run + VERTICAL_ZERO) << 4) | code.length)
  enter(table, MODE_BITS, PASS_CODE, (PASS << 4) | PASS_CODE.length)
  enter(table, MODE_BITS, HORIZONTAL_CODE, (HORIZONTAL << 4) | HORIZONTAL_CODE.length)
  return table
}

function enter(table: Uint16Array, tableBits: number, code: Code, entry: number): void {
  const spare = tableBits - code.length
  table.fill(entry, code.bits << spare, (code.bits + 1) << spare)
}
