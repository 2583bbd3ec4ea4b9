import { RowDecoder } from './row-decoder.ts'
import { END, type Ending, type FaxCoding, FaxRowReader, IRREGULAR, LOST } from './row-reader.ts'

/** Coded rows: bytes MSB first, followed by padding. */
export interface Strip {
  bytes: Uint8Array
  /** Coded bytes, without the padding. */
  length: number
}

/** What a coded strip holds, found by decoding every row of it. */
export interface Survey {
  coding: FaxCoding
  rows: number
  lostRows: number
  /** Rows up to the end of the strip, those behind the stated ones included. */
  rowsRead: number
  /** The row, of the lost ones, that takes up most bits; -1 if none is lost. */
  widestLostRow: number
  /** Every row was read, but viewers may disagree on what it shows. */
  irregular: boolean
  /** What follows these rows: broken, if it is neither an end-of-block code nor nothing. */
  ending: Ending
  /** How the strip ends behind all rows that were read. */
  stripEnding: Ending
  /** Behind the last byte that the rows need. */
  endByte: number
}

/**
 * Reads `statedRows` rows. If whole rows follow, up to a proper end, then they belong to the page as well and the
 * statement was wrong; `rowLimit` holds for them all.
 */
export function surveyStrip(
  strip: Strip,
  coding: FaxCoding,
  width: number,
  statedRows: number | undefined,
  rowLimit: number,
): Survey {
  const reader = new FaxRowReader(new RowDecoder(strip.bytes, width), coding, strip.length, statedRows)
  const stated = readRows(reader, Math.min(statedRows ?? rowLimit, rowLimit))
  const endByte = Math.min((reader.rowEnd + 7) >> 3, strip.length)
  const further = readRows(reader, rowLimit + 1 - stated.rows)
  const unevenlyFramed = reader.framedRows > 0 && reader.unframedRows > 0
  const ending = reader.ending ?? 'broken'
  const belongs =
    further.rows > 0 &&
    stated.lostRows + further.lostRows === 0 &&
    stated.rows + further.rows <= rowLimit &&
    (ending === 'terminated' || (ending === 'exhausted' && reader.framedRows > 0))
  const rows = belongs ? stated.rows + further.rows : stated.rows
  return {
    coding,
    rows,
    lostRows: stated.lostRows,
    rowsRead: stated.rows + further.rows,
    widestLostRow: stated.widestLostRow,
    irregular: stated.irregular || (belongs && further.irregular) || unevenlyFramed,
    ending: further.rows > 0 && !belongs ? 'broken' : ending,
    stripEnding: ending,
    endByte: belongs ? Math.min((reader.rowEnd + 7) >> 3, strip.length) : endByte,
  }
}

type RowCount = Pick<Survey, 'rows' | 'lostRows' | 'widestLostRow' | 'irregular'>

function readRows(reader: FaxRowReader, limit: number): RowCount {
  let rows = 0
  let lostRows = 0
  let widestLostRow = -1
  let widestBits = -1
  let irregular = false
  while (rows < limit) {
    const state = reader.next()
    if (state === END) break
    if (state === LOST) {
      lostRows++
      if (reader.lostBits > widestBits) {
        widestBits = reader.lostBits
        widestLostRow = rows
      }
    } else if (state === IRREGULAR) {
      irregular = true
    }
    rows++
  }
  return { rows, lostRows, widestLostRow, irregular }
}
