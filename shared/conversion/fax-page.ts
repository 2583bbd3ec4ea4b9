import type { Budget } from './budget.ts'
import { type ConvertedPage, faxImage } from './converted-page.ts'
import { copyPadded } from './fax-coding/bit-order.ts'
import { RowDecoder } from './fax-coding/row-decoder.ts'
import { END, type FaxCoding, FaxRowReader, LOST } from './fax-coding/row-reader.ts'
import type { Survey } from './fax-coding/survey.ts'
import { T6Encoder } from './fax-coding/t6-encoder.ts'
import { departuresOf, type Interpretation, interpretStrip, isWhole } from './interpretation.ts'
import { ConversionRefused } from './refusal.ts'
import { PHOTOMETRIC, type Segment, segmentBytes, type TiffPage } from './tiff/page.ts'
import { readResolution } from './tiff/resolution.ts'

/** A page in one of the fax codings: copied if every row of it is right, else decoded and coded anew. */
export function convertFaxPage(page: TiffPage, coding: FaxCoding, budget: Budget): ConvertedPage {
  const [segment] = page.segments
  if (segment === undefined) throw new ConversionRefused('a page without strips', page.directory.at)
  return page.segments.length === 1
    ? convertStrip(page, segment, coding, budget)
    : joinStrips(page, segment, coding, budget)
}

function convertStrip(page: TiffPage, segment: Segment, coding: FaxCoding, budget: Budget): ConvertedPage {
  const found = interpretStrip(page, segment, coding, page.heightPixels, budget)
  const { survey } = found
  if (survey.rows === survey.lostRows) throw noRow(page, segment, coding)
  const warnings = [...found.departures]
  if (isWhole(survey, page.heightPixels)) {
    if (survey.rows !== page.heightPixels) {
      warnings.push(`ImageLength is ${page.heightPixels ?? 'missing'}, the page has ${survey.rows} rows`)
    }
    if (!survey.irregular) return copyStrip(page, found, warnings)
  }
  return recode(page, found, warnings)
}

function noRow(page: TiffPage, segment: Segment, coding: FaxCoding): ConversionRefused {
  const what = `no row of a page ${page.widthPixels} pixels wide could be read from its ${segment.length} bytes`
  return new ConversionRefused(`${what}, as ${coding} or otherwise`, segment.at)
}

function copyStrip(page: TiffPage, { strip, survey }: Interpretation, warnings: string[]): ConvertedPage {
  // Behind the last row an end-of-block code and zeros may stand, nothing else.
  const end = survey.ending === 'broken' ? survey.endByte : strip.length
  const bytes = strip.bytes.subarray(0, end)
  return {
    image: faxImage(survey.coding, page.widthPixels, survey.rows, isMinIsBlack(page), bytes),
    coding: survey.coding,
    treatment: 'copied',
    damagedRows: 0,
    warnings,
  }
}

function recode(page: TiffPage, { strip, survey }: Interpretation, warnings: string[]): ConvertedPage {
  const { heightPixels } = page
  const whole = isWhole(survey, heightPixels)
  const encoder = new T6Encoder(page.widthPixels, strip.length)
  const correction = correctCount(survey, heightPixels)
  const decoder = new RowDecoder(strip.bytes, page.widthPixels)
  const { rows, lostRows } = encodeStrip(
    encoder,
    decoder,
    strip.length,
    survey.coding,
    survey.rows,
    correction,
  )
  const missingRows = whole ? 0 : missingAtTheEnd(page, rows)
  for (let row = 0; row < missingRows; row++) encoder.addUniformRow(whiteBit(page))
  if (lostRows > 0) warnings.push(`${lostRows} of ${rows} rows could not be read and repeat the row above`)
  const brokenOff = !whole && rows !== heightPixels
  if (brokenOff)
    warnings.push(`the page breaks off after ${rows} of ${heightPixels ?? 'an unknown number of'} rows`)
  return {
    image: faxImage('T.6', page.widthPixels, rows + missingRows, isMinIsBlack(page), encoder.finish()),
    coding: survey.coding,
    treatment: lostRows > 0 || brokenOff ? 'repaired' : 'reencoded',
    damagedRows: lostRows + missingRows,
    warnings,
  }
}

/** What makes a damaged page as long as its tags say, so that the rows behind the damage stand where they belong. */
interface CountCorrection {
  /** Lost rows to leave out: damage that looked like an end-of-line code made two rows of one. */
  surplusRows: number
  /** Rows to add behind the one at `gapRow`: with the code between them lost, several rows became one. */
  gapRows: number
  gapRow: number
}

const NO_CORRECTION: CountCorrection = { surplusRows: 0, gapRows: 0, gapRow: -1 }

/** A burst of noise takes a few rows; where more are missing, the page has broken off. */
const MOST_ROWS_IN_A_GAP = 16

function correctCount(survey: Survey, statedRows: number | undefined): CountCorrection {
  if (statedRows === undefined || survey.lostRows === 0 || survey.stripEnding === 'broken')
    return NO_CORRECTION
  const surplus = survey.rowsRead - statedRows
  if (surplus > 0 && surplus <= survey.lostRows) return { ...NO_CORRECTION, surplusRows: surplus }
  if (surplus >= 0 || -surplus > MOST_ROWS_IN_A_GAP) return NO_CORRECTION
  return { surplusRows: 0, gapRows: -surplus, gapRow: survey.widestLostRow }
}

/** A page that broke off keeps its length, white at the end, unless that is longer than paper is. */
function missingAtTheEnd(page: TiffPage, rows: number): number {
  const longestPaperInches = 17
  const { heightPixels } = page
  if (heightPixels === undefined || heightPixels <= rows) return 0
  const paperRows = longestPaperInches * readResolution(page, heightPixels).yDpi
  return heightPixels <= paperRows ? heightPixels - rows : 0
}

/** Codes a strip's rows anew; a row that can't be read repeats the one above. */
function encodeStrip(
  encoder: T6Encoder,
  decoder: RowDecoder,
  codedBytes: number,
  coding: FaxCoding,
  rowLimit: number,
  { surplusRows, gapRows, gapRow }: CountCorrection,
): { rows: number; lostRows: number } {
  const reader = new FaxRowReader(decoder, coding, codedBytes, rowLimit + surplusRows)
  let rows = 0
  let lostRows = 0
  let leftOut = 0
  for (let read = 0; read < rowLimit + surplusRows; read++) {
    const state = reader.next()
    if (state === END) break
    if (state === LOST && leftOut < surplusRows) {
      leftOut++
      continue
    }
    const copies = read === gapRow ? 1 + gapRows : 1
    for (let copy = 0; copy < copies; copy++) encoder.addRow(decoder.transitions, decoder.count)
    rows += copies
    if (state === LOST) lostRows += copies
  }
  return { rows, lostRows }
}

/** Several strips become one: stacked as images of their own they would come apart in viewers that scale. */
function joinStrips(page: TiffPage, firstSegment: Segment, coding: FaxCoding, budget: Budget): ConvertedPage {
  const rowLimit = budget.rowLimit(page.widthPixels)
  const rowsPerStrip = Math.min(page.rowsPerSegment, page.heightPixels ?? rowLimit)
  const first = interpretStrip(page, firstSegment, coding, rowsPerStrip, budget)
  const codedBytes = page.segments.reduce((sum, segment) => sum + segment.length, 0)
  const encoder = new T6Encoder(page.widthPixels, codedBytes)
  const decoder = new RowDecoder(first.strip.bytes, page.widthPixels)
  const height = page.heightPixels ?? rowLimit
  let rows = 0
  let lostRows = 0
  for (const segment of page.segments) {
    const stripRows = Math.min(rowsPerStrip, height - rows)
    if (stripRows === 0) break
    const bytes = segmentBytes(page, segment)
    decoder.restart(copyPadded(bytes, first.leastSignificantFirst))
    const coded = encodeStrip(encoder, decoder, bytes.length, first.survey.coding, stripRows, NO_CORRECTION)
    rows += coded.rows
    lostRows += coded.lostRows
    // Rows that a strip lacks would move all strips below it.
    const isLast = segment === page.segments.at(-1)
    for (; coded.rows < stripRows && !(isLast && page.heightPixels === undefined); coded.rows++) {
      encoder.addUniformRow(whiteBit(page))
      rows++
      lostRows++
    }
  }
  if (rows === lostRows) throw noRow(page, firstSegment, coding)
  const warnings = departuresOf(page, coding, first.survey.coding, first.leastSignificantFirst)
  if (lostRows > 0) warnings.push(`${lostRows} of ${rows} rows could not be read`)
  return {
    image: faxImage('T.6', page.widthPixels, rows, isMinIsBlack(page), encoder.finish()),
    coding: first.survey.coding,
    treatment: lostRows > 0 ? 'repaired' : 'reencoded',
    damagedRows: lostRows,
    warnings,
  }
}

function whiteBit(page: TiffPage): 0 | 1 {
  return isMinIsBlack(page) ? 1 : 0
}

function isMinIsBlack(page: TiffPage): boolean {
  return page.photometric === PHOTOMETRIC.minIsBlack
}
