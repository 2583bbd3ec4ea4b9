import {
  BLACK_RUNS,
  FIRST_MAKE_UP,
  HORIZONTAL,
  MODE_BITS,
  MODE_SHIFT,
  MODES,
  PASS,
  RUN_SHIFT,
  VERTICAL_ZERO,
  WHITE_RUNS,
} from './lookup.ts'

/** What one row turned out to be. */
export const GOOD = 0
/** Decodes, but codes a run of no pixels inside the row or passes over its end: viewers disagree on such rows. */
export const IRREGULAR = 1
export const BAD = 2

export type RowQuality = typeof GOOD | typeof IRREGULAR | typeof BAD

/** Zero bytes that must follow the coded ones: no code starts with so many zeros, so reading ends there by itself. */
export const PADDING_BYTES = 16

/** Of the 25 bits that a window has at least, these many leave enough for a code of the longest mode. */
const MOST_ONES = 25 - MODE_BITS

/** A reference row ends in the width, repeated: a pass mode looks two transitions ahead. */
const SENTINELS = 4

/**
 * Decodes rows to the columns where their colour changes, starting from white, strictly ascending and below the width.
 * After a bad row, `transitions` still holds the row above it: repeating it is what fax machines do.
 *
 * The hot loops peek 32 bits at the position anew for every code. That costs one load and no branch, where keeping a
 * window filled costs a branch that nothing can predict.
 */
export class RowDecoder {
  bytes: Uint8Array
  readonly width: number
  /** In bits. */
  position = 0
  transitions: Int32Array
  count = 0
  #view: DataView
  #scratch: Int32Array
  #countAbove = 0

  /** `bytes` are coded MSB first and end in {@link PADDING_BYTES} zeros. */
  constructor(bytes: Uint8Array, width: number) {
    this.bytes = bytes
    this.width = width
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // No change but the sentinels: a white row. More need not be filled, which tells on strips of one wide row.
    this.transitions = new Int32Array(width + SENTINELS).fill(width, 0, SENTINELS)
    this.#scratch = new Int32Array(width + SENTINELS)
  }

  /** Goes on with another strip, below a white row again: a page can have thousands, and room for a row is large. */
  restart(bytes: Uint8Array): void {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.position = 0
    this.count = 0
    this.transitions.fill(this.width, 0, SENTINELS)
  }

  /** Takes the last row back: the row above it is the last one again. */
  discardRow(): void {
    const row = this.transitions
    this.transitions = this.#scratch
    this.#scratch = row
    this.count = this.#countAbove
  }

  readOneDimensional(): RowQuality {
    const { width } = this
    const view = this.#view
    const row = this.#scratch
    let position = this.position
    let count = 0
    let column = 0
    let irregular = false
    let table = WHITE_RUNS
    for (;;) {
      const start = column
      let entry: number
      do {
        entry = table[(view.getInt32(position >>> 3) << (position & 7)) >>> RUN_SHIFT] as number
        if (entry === 0) return this.#fail(position)
        position += entry & 15
        column += entry >> 4
      } while (entry >= FIRST_MAKE_UP)
      if (column >= width) break
      table = table === WHITE_RUNS ? BLACK_RUNS : WHITE_RUNS
      if (column > start || count === 0) {
        row[count++] = column
      } else {
        // Two changes in one place are none.
        count--
        irregular = true
      }
    }
    return column === width ? this.#finish(position, count, irregular) : this.#fail(position)
  }

  readTwoDimensional(): RowQuality {
    const { width, transitions: reference } = this
    const view = this.#view
    const row = this.#scratch
    let position = this.position
    let count = 0
    // T.4's a0, and the place of b1 in the reference row: the first change beyond a0 to the colour opposite to ours.
    let column = 0
    let b1 = 0
    let irregular = false
    while (column < width) {
      let window = view.getInt32(position >>> 3) << (position & 7)
      if (window < 0) {
        // Each 1 says that the colour changes where it does above, by far the most frequent code: all that come in a row
        // cost one look, and what follows is read from the same window.
        const first = b1
        const behind = b1 + Math.clz32(~window)
        do {
          column = reference[b1++] as number
          row[count++] = column
        } while (b1 < behind && column < width)
        const ones = b1 - first
        position += ones
        if (column === width) break
        if (ones > MOST_ONES) continue
        window <<= ones
      }
      const entry = MODES[window >>> MODE_SHIFT] as number
      position += entry & 15
      const mode = entry >> 4
      if (mode === HORIZONTAL) {
        let table = count & 1 ? BLACK_RUNS : WHITE_RUNS
        for (let half = 0; half < 2; half++) {
          const start = column
          let run: number
          do {
            run = table[(view.getInt32(position >>> 3) << (position & 7)) >>> RUN_SHIFT] as number
            if (run === 0) return this.#fail(position)
            position += run & 15
            column += run >> 4
          } while (run >= FIRST_MAKE_UP)
          table = table === WHITE_RUNS ? BLACK_RUNS : WHITE_RUNS
          if (column > start) {
            row[count++] = column
          } else if (column < width) {
            irregular ||= column > 0 || count > 0
            count = addAgain(row, count, column)
          }
        }
        while ((reference[b1] as number) <= column && column < width) b1 += 2
      } else if (mode === PASS) {
        column = reference[b1 + 1] as number
        b1 += 2
        irregular ||= column === width
      } else {
        const change = (reference[b1] as number) + mode - VERTICAL_ZERO
        if (entry === 0 || change < column || change > width) return this.#fail(position)
        if (change > column) {
          row[count++] = change
        } else {
          irregular ||= column > 0 || count > 0
          count = addAgain(row, count, change)
        }
        column = change
        // Moving left of b1 can bring the change before it back into play.
        b1 = mode < VERTICAL_ZERO && b1 > 0 ? b1 - 1 : b1 + 1
        while ((reference[b1] as number) <= column && column < width) b1 += 2
      }
    }
    if (column > width) return this.#fail(position)
    // The end of the row is no change of colour.
    while (count > 0 && row[count - 1] === width) count--
    return this.#finish(position, count, irregular)
  }

  #fail(position: number): typeof BAD {
    this.position = position
    return BAD
  }

  #finish(position: number, count: number, irregular: boolean): RowQuality {
    const row = this.#scratch
    const { width } = this
    for (let index = count; index < count + SENTINELS; index++) row[index] = width
    this.#scratch = this.transitions
    this.transitions = row
    this.#countAbove = this.count
    this.position = position
    this.count = count
    return irregular ? IRREGULAR : GOOD
  }
}

/** A change where the last one was takes that back; elsewhere, as at the start of a row or behind a pass, it stands. */
function addAgain(row: Int32Array, count: number, column: number): number {
  if (count > 0 && row[count - 1] === column) return count - 1
  row[count] = column
  return count + 1
}
