import { BLACK_RUNS, HORIZONTAL, MODES, PASS, WHITE_RUNS } from './lookup.ts'

/** What one row turned out to be. */
export const GOOD = 0
/** Decodes, but codes a run of no pixels inside the row or passes over its end: viewers disagree on such rows. */
export const IRREGULAR = 1
export const BAD = 2

export type RowQuality = typeof GOOD | typeof IRREGULAR | typeof BAD

/** Zero bytes that must follow the coded ones: no code starts with so many zeros, so reading ends there by itself. */
export const PADDING_BYTES = 16

/** A reference row ends in the width, repeated: a pass mode looks two transitions ahead. */
const SENTINELS = 4

/**
 * Decodes rows to the columns where their colour changes, starting from white, strictly ascending and below the width.
 * After a bad row, `transitions` still holds the row above it: repeating it is what fax machines do.
 */
export class RowDecoder {
  readonly bytes: Uint8Array
  readonly width: number
  /** In bits. */
  position = 0
  transitions: Int32Array
  count = 0
  #scratch: Int32Array
  #countAbove = 0

  /** `bytes` are coded MSB first and end in {@link PADDING_BYTES} zeros. */
  constructor(bytes: Uint8Array, width: number) {
    this.bytes = bytes
    this.width = width
    this.transitions = new Int32Array(width + SENTINELS).fill(width)
    this.#scratch = new Int32Array(width + SENTINELS)
  }

  /** As before the first row: white. */
  reset(): void {
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

  #finish(count: number, irregular: boolean): RowQuality {
    const row = this.#scratch
    row.fill(this.width, count, count + SENTINELS)
    this.#scratch = this.transitions
    this.transitions = row
    this.#countAbove = this.count
    this.count = count
    return irregular ? IRREGULAR : GOOD
  }

  readOneDimensional(): RowQuality {
    const { bytes, width } = this
    const row = this.#scratch
    let next = this.position >> 3
    // The window holds the coming bits from its top, `held` of them; at least 16 before each look-up.
    let window =
      (((bytes[next] as number) << 24) |
        ((bytes[next + 1] as number) << 16) |
        ((bytes[next + 2] as number) << 8)) <<
      (this.position & 7)
    let held = 24 - (this.position & 7)
    next += 3
    let count = 0
    let column = 0
    let irregular = false
    let table = WHITE_RUNS
    while (column < width) {
      const start = column
      let entry: number
      do {
        if (held < 16) {
          window |= (((bytes[next] as number) << 8) | (bytes[next + 1] as number)) << (16 - held)
          next += 2
          held += 16
        }
        entry = table[window >>> 19] as number
        window <<= entry & 15
        held -= entry & 15
        column += entry >> 4
        if (entry === 0 || column > width) {
          this.position = next * 8 - held
          return BAD
        }
      } while (entry >= 1024) // 64 << 4: a make-up code
      table = table === WHITE_RUNS ? BLACK_RUNS : WHITE_RUNS
      if (column === width) break
      if (column > start || count === 0) {
        row[count++] = column
      } else {
        // Two changes in one place are none.
        count--
        irregular = true
      }
    }
    this.position = next * 8 - held
    return this.#finish(count, irregular)
  }

  readTwoDimensional(): RowQuality {
    const { bytes, width, transitions: reference } = this
    const row = this.#scratch
    let next = this.position >> 3
    let window =
      (((bytes[next] as number) << 24) |
        ((bytes[next + 1] as number) << 16) |
        ((bytes[next + 2] as number) << 8)) <<
      (this.position & 7)
    let held = 24 - (this.position & 7)
    next += 3
    let count = 0
    /** T.4's a0, and the place of b1 in the reference row: the first change beyond a0 to the colour opposite to ours. */
    let column = 0
    let b1 = 0
    let irregular = false
    let bad = false
    for (;;) {
      if (held < 16) {
        window |= (((bytes[next] as number) << 8) | (bytes[next + 1] as number)) << (16 - held)
        next += 2
        held += 16
      }
      if (window < 0) {
        // A single 1: the colour changes where it does above, by far the most frequent code.
        window <<= 1
        held--
        column = reference[b1++] as number
        if (column === width) break
        row[count++] = column
        continue
      }
      const modeEntry = MODES[window >>> 25] as number
      window <<= modeEntry & 15
      held -= modeEntry & 15
      const mode = modeEntry >> 4
      if (mode === HORIZONTAL) {
        let table = count & 1 ? BLACK_RUNS : WHITE_RUNS
        for (let half = 0; half < 2; half++) {
          const start = column
          let entry: number
          do {
            if (held < 16) {
              window |= (((bytes[next] as number) << 8) | (bytes[next + 1] as number)) << (16 - held)
              next += 2
              held += 16
            }
            entry = table[window >>> 19] as number
            window <<= entry & 15
            held -= entry & 15
            column += entry >> 4
            if (entry === 0 || column > width) {
              this.position = next * 8 - held
              return BAD
            }
          } while (entry >= 1024)
          table = table === WHITE_RUNS ? BLACK_RUNS : WHITE_RUNS
          if (column === width) continue
          if (column > start || (column === 0 && count === 0)) {
            row[count++] = column
          } else if (row[count - 1] === column) {
            count--
            irregular = true
          } else {
            row[count++] = column
            irregular = true
          }
        }
        if (column === width) break
        while ((reference[b1] as number) <= column) b1 += 2
        continue
      }
      if (modeEntry === 0) {
        bad = true
        break
      }
      if (mode === PASS) {
        column = reference[b1 + 1] as number
        b1 += 2
        if (column === width) {
          irregular = true
          break
        }
        continue
      }
      const change = (reference[b1] as number) + mode - 3
      if (change < column || change > width) {
        bad = true
        break
      }
      if (change === width) break
      if (change > column || (change === 0 && count === 0)) {
        row[count++] = change
      } else if (row[count - 1] === change) {
        count--
        irregular = true
      } else {
        row[count++] = change
        irregular = true
      }
      column = change
      // Moving left of b1 can bring the change before it back into play.
      b1 = mode < 3 && b1 > 0 ? b1 - 1 : b1 + 1
      while ((reference[b1] as number) <= column) b1 += 2
    }
    this.position = next * 8 - held
    return bad ? BAD : this.#finish(count, irregular)
  }
}
