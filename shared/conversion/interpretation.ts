import type { Budget } from './budget.ts'
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

/**
 * Reads a strip as the tags say; if that goes badly, with the bytes behind the stated end, and in the other codings and
 * bit orders: many programs write wrong T4Options, FillOrder, Compression or StripByteCounts.
 */
export function interpretStrip(
  page: TiffPage,
  segment: Segment,
  coding: FaxCoding,
  statedRows: number | undefined,
  budget: Budget,
): Interpretation {
  const { bytes: file } = page.directory.source
  const read: ReadAs = (end, leastSignificantFirst, tried, departures) => {
    const bytes = file.subarray(segment.at, end)
    const strip = { bytes: copyPadded(bytes, leastSignificantFirst), length: bytes.length }
    const survey = surveyStrip(strip, tried, page.widthPixels, statedRows, budget.rowLimit(page.widthPixels))
    budget.noteTrial(page.widthPixels, survey.rowsRead)
    return { strip, leastSignificantFirst, survey, departures }
  }
  const end = segment.at + segment.length
  const first = read(end, page.leastSignificantFirst, coding, [])
  if (isWhole(first.survey, statedRows)) return first
  const { survey } = first
  const furthest = endOfSpace(page, segment)
  let best = first
  if (survey.ending === 'exhausted' && survey.lostRows === 0 && furthest > end) {
    const departures = ['StripByteCounts is too small']
    best = better(first, read(furthest, page.leastSignificantFirst, coding, departures))
  }
  // Of a page that is damaged and no more, most rows are good.
  if (goodRows(best) * 2 > (statedRows ?? best.survey.rows)) return best
  for (const [tried, leastSignificantFirst] of otherCodings(page, coding)) {
    if (!budget.allowsTrials()) return best
    best = better(
      best,
      read(end, leastSignificantFirst, tried, departuresOf(page, coding, tried, leastSignificantFirst)),
    )
    if (isWhole(best.survey, statedRows)) return best
  }
  return best
}

type ReadAs = (
  end: number,
  leastSignificantFirst: boolean,
  coding: FaxCoding,
  departures: string[],
) => Interpretation

const CODINGS: readonly FaxCoding[] = ['T.4 2-D', 'T.4 1-D', 'T.6', 'RLE']

/** The other codings first: a wrong FillOrder is rarer than a wrong coding. */
function otherCodings(page: TiffPage, stated: FaxCoding): [FaxCoding, boolean][] {
  const order = page.leastSignificantFirst
  const others = CODINGS.filter((coding) => coding !== stated)
  return [
    ...others.map((coding): [FaxCoding, boolean] => [coding, order]),
    ...CODINGS.map((coding): [FaxCoding, boolean] => [coding, !order]),
  ]
}

function better(one: Interpretation, other: Interpretation): Interpretation {
  return goodRows(other) > goodRows(one) ? other : one
}

function goodRows({ survey }: Interpretation): number {
  return survey.rows - survey.lostRows
}

/** Every row is there, as many as stated or up to a proper end. */
export function isWhole(survey: Survey, statedRows: number | undefined): boolean {
  if (survey.rows === 0 || survey.lostRows > 0) return false
  if (survey.ending === 'terminated' || survey.rows === statedRows) return true
  return statedRows === undefined && survey.ending === 'exhausted'
}

/** A strip can't reach into the next one, nor into its own page's directory. */
function endOfSpace(page: TiffPage, segment: Segment): number {
  const { at, source } = page.directory
  let end = at > segment.at ? at : source.bytes.length
  for (const other of page.segments) if (other.at > segment.at && other.at < end) end = other.at
  return end
}

/** What the tags say wrongly. */
export function departuresOf(
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
