import { copyPadded } from './fax-coding/bit-order.ts'
import { RowDecoder } from './fax-coding/row-decoder.ts'
import { END, FaxRowReader, LOST } from './fax-coding/row-reader.ts'
import { paintTransitions } from './fax-coding/transitions.ts'
import { statedCoding } from './interpretation.ts'
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

/** The page's samples, a band at a time, so that no more of the page is in memory than one. */
export function* readBands(page: TiffPage, heightPixels: number): Generator<Band> {
  const bitsPerPixel = page.samplesPerPixel * (page.bitsPerSample[0] ?? 1)
  const rowBytes = Math.ceil((page.widthPixels * bitsPerPixel) / 8)
  const tileWidth = page.tileWidthPixels
  if (tileWidth !== undefined && (tileWidth === 0 || (tileWidth * bitsPerPixel) % 8 !== 0)) {
    throw new ConversionRefused(`tiles ${tileWidth} pixels wide`, page.directory.at)
  }
  const across = tileWidth === undefined ? 1 : Math.ceil(page.widthPixels / tileWidth)
  const unitBytes = tileWidth === undefined ? rowBytes : (tileWidth * bitsPerPixel) / 8
  const bandRows = Math.min(page.rowsPerSegment, heightPixels)
  for (let top = 0, index = 0; top < heightPixels; top += bandRows, index += across) {
    const rows = Math.min(bandRows, heightPixels - top)
    const units = Array.from({ length: across }, (_, column) => {
      return readSegment(page, page.segments[index + column], unitBytes, rows)
    })
    const missingBytes = Math.max(...units.map((unit) => unit.missingBytes))
    const [only] = units
    const bytes =
      across === 1 && unitBytes === rowBytes && only !== undefined
        ? only.bytes
        : abreast(units, unitBytes, rowBytes, rows)
    yield { bytes, rows, lostRows: Math.ceil(missingBytes / unitBytes) }
  }
}

function abreast(units: readonly Unpacked[], unitBytes: number, rowBytes: number, rows: number): Uint8Array {
  const bytes = new Uint8Array(rowBytes * rows)
  for (const [column, unit] of units.entries()) {
    const left = column * unitBytes
    const used = Math.min(unitBytes, rowBytes - left)
    for (let row = 0; row < rows; row++) {
      bytes.set(unit.bytes.subarray(row * unitBytes, row * unitBytes + used), row * rowBytes + left)
    }
  }
  return bytes
}

function readSegment(
  page: TiffPage,
  segment: Segment | undefined,
  unitBytes: number,
  rows: number,
): Unpacked {
  const filler = page.photometric === PHOTOMETRIC.minIsWhite ? 0 : 0xff
  const wantedBytes = unitBytes * rows
  if (segment === undefined)
    return { bytes: new Uint8Array(wantedBytes).fill(filler), missingBytes: wantedBytes }
  if (statedCoding(page) !== undefined) return unpackFax(page, segment, unitBytes, rows)
  const unpacked = unpackSegment(page, segment, wantedBytes, filler)
  straightenSamples(page, unpacked.bytes, unitBytes)
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
