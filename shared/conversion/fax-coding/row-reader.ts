import { endOfLineAt, findEndOfLine, findOne } from './end-of-line.ts'
import { BAD, GOOD, IRREGULAR, type RowDecoder } from './row-decoder.ts'

export type FaxCoding = 'T.4 1-D' | 'T.4 2-D' | 'T.6' | 'RLE'

export { GOOD, IRREGULAR }
/** The row could not be read; reading goes on behind the next end-of-line code. */
export const LOST = 2
/** No further row; `ending` tells why. */
export const END = 3

export type RowState = typeof GOOD | typeof IRREGULAR | typeof LOST | typeof END

/**
 * terminated: an end-of-block code. exhausted: the coded bytes are used up. broken: a bad code, and nothing behind it
 * to find the way by.
 */
export type Ending = 'terminated' | 'exhausted' | 'broken'

/** T.4's end of page (RTC) is six end-of-line codes. */
const RETURN_TO_CONTROL = 6
const LONGEST_CODE_BITS = 13

/** The rows of one coded strip, each framed as its coding demands, with what can be read of a damaged one. */
export class FaxRowReader {
  readonly decoder: RowDecoder
  readonly coding: FaxCoding
  ending: Ending | undefined
  /** Rows with and without an end-of-line code in front. */
  framedRows = 0
  unframedRows = 0
  /** Coded bits that the last lost row takes up: many, if it is more than one row. */
  lostBits = 0
  /** Behind the last row that was read, in bits. */
  rowEnd = 0
  readonly #endPosition: number
  readonly #statedRows: number | undefined
  #lostRows = 0
  #endOfLines = 0
  #oneDimensional = true
  #synchronised = true

  /** Reads the first `length` bytes; padding must follow them. Behind `statedRows` rows, anything may follow. */
  constructor(decoder: RowDecoder, coding: FaxCoding, length: number, statedRows?: number) {
    this.decoder = decoder
    this.coding = coding
    this.#endPosition = length * 8
    this.#statedRows = statedRows
    if (coding === 'T.4 1-D' || coding === 'T.4 2-D') this.#readEndOfLines()
  }

  /** The row read is in the decoder; after LOST, the row above it is. */
  next(): RowState {
    if (this.ending !== undefined) return END
    if (this.decoder.position >= this.#endPosition) return this.#end('exhausted')
    if (this.coding === 'T.6') return this.#nextT6()
    return this.coding === 'RLE' ? this.#nextRunLength() : this.#nextT4()
  }

  #nextT6(): RowState {
    const { decoder } = this
    const start = decoder.position
    const quality = decoder.readTwoDimensional()
    if (quality !== BAD && decoder.position <= this.#endPosition) {
      this.rowEnd = decoder.position
      return quality
    }
    const failure = decoder.position
    decoder.position = start
    if (this.#skipEndOfBlock()) return this.#end('terminated')
    return this.#end(this.#endingAt(start, failure))
  }

  #nextRunLength(): RowState {
    const { decoder } = this
    const start = decoder.position
    const quality = decoder.readOneDimensional()
    if (quality !== BAD && decoder.position <= this.#endPosition) {
      this.rowEnd = decoder.position
      decoder.position = (decoder.position + 7) & ~7
      return quality
    }
    return this.#end(this.#endingAt(start, decoder.position))
  }

  #nextT4(): RowState {
    const { decoder } = this
    const framed = this.#endOfLines > 0
    if (this.#endOfLines > 1 && this.#atEndOfPage()) return this.#end('terminated')
    const doubled = this.#endOfLines > 1
    const start = decoder.position
    if (!framed && this.#onlyZerosFrom(start)) return this.#end('exhausted')
    const quality = this.#readT4Row(framed)
    const rowEnd = decoder.position
    if (quality === BAD || rowEnd > this.#endPosition) return this.#resynchronise(start)
    this.#readEndOfLines()
    const isLast = this.framedRows + this.#lostRows + 1 === this.#statedRows
    const endsRight = this.#endOfLines > 0 || !framed || this.framedRows === 0 || isLast
    if (!endsRight && !this.#onlyZerosFrom(rowEnd)) {
      // A row that ends on the width and not on an end-of-line code is damaged all the same.
      decoder.discardRow()
      return this.#resynchronise(start)
    }
    this.rowEnd = rowEnd
    if (framed) this.framedRows++
    else this.unframedRows++
    return doubled ? IRREGULAR : quality
  }

  #readT4Row(framed: boolean): typeof GOOD | typeof IRREGULAR | typeof BAD {
    if (this.coding === 'T.4 1-D') return this.decoder.readOneDimensional()
    // The bit behind the end-of-line code says how the row is coded, so a row without that code can't be read.
    if (!framed) return BAD
    if (this.#oneDimensional) {
      const quality = this.decoder.readOneDimensional()
      this.#synchronised ||= quality !== BAD
      return quality
    }
    return this.#synchronised ? this.decoder.readTwoDimensional() : BAD
  }

  /** After a lost row, rows that refer to the one above are lost too, up to the next one that does not. */
  #resynchronise(rowStart: number): RowState {
    this.#synchronised = false
    const found = findEndOfLine(this.decoder.bytes, rowStart, this.#endPosition)
    if (found === undefined) return this.#end(this.#endingAt(rowStart, this.decoder.position))
    this.decoder.position = found
    this.lostBits = found - rowStart
    this.#readEndOfLines()
    this.#lostRows++
    return LOST
  }

  #end(ending: Ending): RowState {
    this.ending = ending
    return END
  }

  /** A code that the end cuts in two is no bad code; there may be more behind a wrong StripByteCounts. */
  #endingAt(rowStart: number, failure: number): Ending {
    const nearEnd = failure + LONGEST_CODE_BITS > this.#endPosition
    return nearEnd || this.#onlyZerosFrom(rowStart) ? 'exhausted' : 'broken'
  }

  #readEndOfLines(): void {
    this.#endOfLines = 0
    while (this.#endOfLines < RETURN_TO_CONTROL && this.#skipEndOfLine()) {
      this.#endOfLines++
      if (this.coding === 'T.4 2-D') this.#oneDimensional = this.#readBit() === 1
    }
  }

  #atEndOfPage(): boolean {
    return this.#endOfLines >= RETURN_TO_CONTROL || this.#onlyZerosFrom(this.decoder.position)
  }

  /** EOFB is two end-of-line codes; some writers stop behind the first. */
  #skipEndOfBlock(): boolean {
    return this.#skipEndOfLine() && (this.#skipEndOfLine() || this.#onlyZerosFrom(this.decoder.position))
  }

  /** True, and behind it, if an end-of-line code comes next, with fill bits or without. */
  #skipEndOfLine(): boolean {
    const { decoder } = this
    const behind = endOfLineAt(decoder.bytes, decoder.position, this.#endPosition)
    if (behind !== undefined) decoder.position = behind
    return behind !== undefined
  }

  #onlyZerosFrom(position: number): boolean {
    return findOne(this.decoder.bytes, position, this.#endPosition) >= this.#endPosition
  }

  #readBit(): number {
    const { decoder } = this
    const bit = ((decoder.bytes[decoder.position >> 3] as number) >> (7 - (decoder.position & 7))) & 1
    decoder.position++
    return bit
  }
}
