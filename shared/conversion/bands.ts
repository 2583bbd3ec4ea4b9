import { copyPadded } from './fax-coding/bit-order.ts'
import { RowDecoder } from './fax-coding/row-decoder.ts'
import { END, FaxRowReader, LOST } from './fax-coding/row-reader.ts'
import { paintTransitions } from './fax-coding/transitions.ts'
import { statedCoding } from './interpretation.ts'
import { LIMITS } from './limits.ts'
import { ConversionRefused } from './refusal.ts'
import { PHOTOMETRIC, type Segment, segmentBytes, type TiffPage } from './tiff/page.ts'
import { straightenSamples } from './tiff/samples.ts'
import { type Unpacked, unpackSegment } from './tiff/unpack.ts'

/** Whole rows of a page, top to bottom: a strip, or a row of tiles. */
export interface Band {
  bytes: Uint8Array
  rows: number
  /** Of them, rows that could not be read in full. */
  lostRows: number
}

/** How a page is cut into strips or tiles. */
export interface BandPlan {
  /** Of the whole page. */
  rowBytes: number
  /** Strips or tiles beside each other, and the bytes of a row of one. */
  across: number
  unitRowBytes: number
  bandRows: number
  /** Bytes that the page can unpack to, the unused edges of tiles included. */
  unpackedBytes: number
}

export function planBands(page: TiffPage, heightPixels: number): BandPlan {
  const plan = measureBands(page, heightPixels)
  const segments = plan.across * Math.ceil(heightPixels / plan.bandRows)
  if (segments > LIMITS.segmentsPerPage) {
    throw new ConversionRefused(
      `a page of ${segments} strips or tiles; the limit is ${LIMITS.segmentsPerPage}`,
      page.directory.at,
    )
  }
  return plan
}

function measureBands(page: TiffPage, heightPixels: number): BandPlan {
  const bitsPerPixel = page.samplesPerPixel * (page.bitsPerSample[0] ?? 1)
  const rowBytes = Math.ceil((page.widthPixels * bitsPerPixel) / 8)
  const { tileWidthPixels } = page
  if (tileWidthPixels === undefined) {
    const bandRows = Math.min(page.rowsPerSegment, heightPixels)
    return { rowBytes, across: 1, unitRowBytes: rowBytes, bandRows, unpackedBytes: rowBytes * heightPixels }
  }
  if (
    tileWidthPixels < 1 ||
    tileWidthPixels > LIMITS.widthPixels ||
    (tileWidthPixels * bitsPerPixel) % 8 !== 0
  ) {
    throw new ConversionRefused(`tiles ${tileWidthPixels} pixels wide`, page.directory.at)
  }
  const across = Math.ceil(page.widthPixels / tileWidthPixels)
  const unitRowBytes = (tileWidthPixels * bitsPerPixel) / 8
  const bandRows = page.rowsPerSegment
  const unpackedBytes = across * unitRowBytes * bandRows * Math.ceil(heightPixels / bandRows)
  return { rowBytes, across, unitRowBytes, bandRows, unpackedBytes }
}

/** The page's samples, a band at a time, so that no more of the page is in memory than one. */
export function* readBands(page: TiffPage, heightPixels: number, plan: BandPlan): Generator<Band> {
  const { rowBytes, across, unitRowBytes, bandRows } = plan
  for (let top = 0, index = 0; top < heightPixels; top += bandRows, index += across) {
    const rows = Math.min(bandRows, heightPixels - top)
    const units = Array.from({ length: across }, (_, column) =>
      readSegment(page, page.segments[index + column], plan, rows),
    )
    const missingBytes = units.reduce((most, unit) => Math.max(most, unit.missingBytes), 0)
    const bytes =
      page.tileWidthPixels === undefined ? units[0]?.bytes : abreast(units, unitRowBytes, rowBytes, rows)
    yield { bytes: bytes ?? new Uint8Array(0), rows, lostRows: Math.ceil(missingBytes / unitRowBytes) }
  }
}

const NARROW_BYTES = 32

function abreast(units: readonly Unpacked[], unitBytes: number, rowBytes: number, rows: number): Uint8Array {
  const bytes = new Uint8Array(rowBytes * rows)
  for (const [column, unit] of units.entries()) {
    const left = column * unitBytes
    const used = Math.min(unitBytes, rowBytes - left)
    for (let row = 0; row < rows; row++) {
      const [from, to] = [row * unitBytes, row * rowBytes + left]
      // A view costs more than copying the few bytes of a narrow tile.
      if (used > NARROW_BYTES) bytes.set(unit.bytes.subarray(from, from + used), to)
      else for (let index = 0; index < used; index++) bytes[to + index] = unit.bytes[from + index] as number
    }
  }
  return bytes
}

function readSegment(page: TiffPage, segment: Segment | undefined, plan: BandPlan, rows: number): Unpacked {
  const filler = page.photometric === PHOTOMETRIC.minIsWhite ? 0 : 0xff
  const wantedBytes = plan.unitRowBytes * rows
  if (segment === undefined)
    return { bytes: new Uint8Array(wantedBytes).fill(filler), missingBytes: wantedBytes }
  if (statedCoding(page) !== undefined) return unpackFax(page, segment, plan.unitRowBytes, rows)
  const unpacked = unpackSegment(page, segment, wantedBytes, plan.unitRowBytes * plan.bandRows, filler)
  straightenSamples(page, unpacked.bytes, plan.unitRowBytes)
  return unpacked
}

function unpackFax(page: TiffPage, segment: Segment, unitBytes: number, rows: number): Unpacked {
  const stored = segmentBytes(page, segment)
  const width = page.tileWidthPixels ?? page.widthPixels
  const decoder = new RowDecoder(copyPadded(stored, page.leastSignificantFirst), width)
  const reader = new FaxRowReader(decoder, statedCoding(page) ?? 'T.6', stored.length, rows)
  const bytes = new Uint8Array(unitBytes * rows)
  let lostRows = 0
  for (let row = 0; row < rows; row++) {
    const state = reader.next()
    if (state === END) return { bytes, missingBytes: unitBytes * (lostRows + rows - row) }
    if (state === LOST) lostRows++
    paintTransitions(decoder.transitions, decoder.count, width, bytes, row * unitBytes)
  }
  return { bytes, missingBytes: unitBytes * lostRows }
}
