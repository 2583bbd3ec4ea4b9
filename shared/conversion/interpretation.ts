import { copyPadded } from './fax-coding/bit-order.ts'
import type { FaxCoding } from './fax-coding/row-reader.ts'
import { type Strip, type Survey, surveyStrip } from './fax-coding/survey.ts'
import { COMPRESSION, type Segment, type TiffPage } from './tiff/page.ts'

/** One way to read a coded strip, and what it gives. */
export interface Interpretation {
  strip: Strip
  leastSignificantFirst: boolean
  survey: Survey
  /** Where it departs from what the tags say. */
  departures: string[]
}

export function statedCoding(page: TiffPage): FaxCoding | undefined {
  switch (page.compression) {
    case COMPRESSION.runLength:
      return 'RLE'
    case COMPRESSION.t4:
      return page.t4TwoDimensional ? 'T.4 2-D' : 'T.4 1-D'
    case COMPRESSION.t6:
      return 'T.6'
    default:
      return undefined
  }
}

const CODINGS: readonly FaxCoding[] = ['T.4 2-D', 'T.4 1-D', 'T.6', 'RLE']

/**
 * Reads a strip as the tags say; if that goes badly, with the bytes behind the stated end, and in the other codings and
 * bit orders: many programs write wrong T4Options, FillOrder, Compression or StripByteCounts.
 */
export function interpretStrip(
  page: TiffPage,
  segment: Segment,
  coding: FaxCoding,
  statedRows: number | undefined,
  rowLimit: number,
): Interpretation {
  const fileBytes = page.directory.source.bytes
  const stated = fileBytes.subarray(segment.at, segment.at + segment.length)
  const read = (
    bytes: Uint8Array,
    leastSignificantFirst: boolean,
    tried: FaxCoding,
    departures: string[],
  ) => {
    const strip = { bytes: copyPadded(bytes, leastSignificantFirst), length: bytes.length }
    const survey = surveyStrip(strip, tried, page.widthPixels, statedRows, rowLimit)
    return { strip, leastSignificantFirst, survey, departures }
  }
  const first = read(stated, page.leastSignificantFirst, coding, [])
  if (isWhole(first.survey, statedRows)) return first
  let best = first
  if (first.survey.ending === 'exhausted' && first.survey.lostRows === 0) {
    const further = fileBytes.subarray(segment.at, endOfSpace(page, segment))
    if (further.length > stated.length) {
      const longer = read(further, page.leastSignificantFirst, coding, ['StripByteCounts is too small'])
      if (isWhole(longer.survey, statedRows)) return longer
      if (goodRows(longer.survey) > goodRows(first.survey)) best = longer
    }
  }
  if (goodRows(best.survey) * 2 > (statedRows ?? best.survey.rows)) return best
  for (const leastSignificantFirst of [page.leastSignificantFirst, !page.leastSignificantFirst]) {
    for (const tried of CODINGS) {
      if (tried === coding && leastSignificantFirst === page.leastSignificantFirst) continue
      const departures = departuresOf(page, coding, tried, leastSignificantFirst)
      const other = read(stated, leastSignificantFirst, tried, departures)
      if (isWhole(other.survey, statedRows)) return other
      if (goodRows(other.survey) > goodRows(best.survey)) best = other
    }
  }
  return best
}

/** Every row is there, as many as stated or up to a proper end. */
export function isWhole(survey: Survey, statedRows: number | undefined): boolean {
  if (survey.rows === 0 || survey.lostRows > 0) return false
  if (survey.ending === 'terminated' || survey.rows === statedRows) return true
  return statedRows === undefined && survey.ending === 'exhausted'
}

function goodRows(survey: Survey): number {
  return survey.rows - survey.lostRows
}

/** A strip can't reach into the next one, nor into its own page's directory. */
function endOfSpace(page: TiffPage, segment: Segment): number {
  const { at, source } = page.directory
  const boundaries = [at, ...page.segments.map((other) => other.at), source.bytes.length]
  return Math.min(...boundaries.filter((boundary) => boundary > segment.at))
}

function departuresOf(
  page: TiffPage,
  stated: FaxCoding,
  found: FaxCoding,
  leastSignificantFirst: boolean,
): string[] {
  const departures: string[] = []
  if (found !== stated) departures.push(`the tags say ${stated}, the rows are ${found}`)
  if (leastSignificantFirst !== page.leastSignificantFirst) {
    departures.push(
      `the tags say FillOrder ${leastSignificantFirst ? 1 : 2}, the bytes are in the other order`,
    )
  }
  return departures
}
