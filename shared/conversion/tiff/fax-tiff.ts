import { COMPRESSION } from './page.ts'
import { TAG } from './tags.ts'

/** A page coded by T.6, black on white. */
export interface FaxPageToWrite {
  widthPixels: number
  heightPixels: number
  xDpi: number
  yDpi: number
  /** One strip, most significant bit first. */
  coded: Uint8Array
}

const SHORT = 3
const LONG = 4
const RATIONAL = 5
const HEADER_BYTES = 8
const ENTRY_BYTES = 12
const INCHES = 2
/** NewSubfileType: one page of several. */
const ONE_OF_SEVERAL = 2

type Field = readonly [tag: number, type: number, value: number]

/** A TIFF of RFC 2301's profile F as fax programs read it (spandsp, libtiff): little-endian, a strip a page. */
export function writeFaxTiff(pages: readonly FaxPageToWrite[]): Uint8Array {
  const layouts = layOut(pages)
  const sizeBytes = layouts.at(-1)?.end ?? HEADER_BYTES
  const tiff = new Uint8Array(sizeBytes)
  const view = new DataView(tiff.buffer)
  tiff.set([0x49, 0x49, 42, 0])
  view.setUint32(4, layouts[0]?.directoryAt ?? 0, true)
  for (const [index, page] of pages.entries()) {
    const { stripAt, rationalsAt, directoryAt } = layouts[index] as Layout
    tiff.set(page.coded, stripAt)
    for (const [at, dpi] of [page.xDpi, page.yDpi].entries()) {
      view.setUint32(rationalsAt + at * 8, dpi, true)
      view.setUint32(rationalsAt + at * 8 + 4, 1, true)
    }
    const fields = fieldsOf(page, index, pages.length, stripAt, rationalsAt)
    writeDirectory(view, directoryAt, fields, layouts[index + 1]?.directoryAt ?? 0)
  }
  return tiff
}

interface Layout {
  stripAt: number
  rationalsAt: number
  directoryAt: number
  end: number
}

function layOut(pages: readonly FaxPageToWrite[]): Layout[] {
  const directoryBytes = 2 + FIELD_COUNT * ENTRY_BYTES + 4
  let at = HEADER_BYTES
  return pages.map(({ coded }) => {
    const stripAt = at
    // Directories and what they point to begin at even offsets.
    const rationalsAt = (stripAt + coded.length + 1) & ~1
    const directoryAt = rationalsAt + 16
    at = directoryAt + directoryBytes
    return { stripAt, rationalsAt, directoryAt, end: at }
  })
}

const FIELD_COUNT = 16

/** Ascending, as TIFF wants them. */
function fieldsOf(
  page: FaxPageToWrite,
  index: number,
  count: number,
  stripAt: number,
  rationalsAt: number,
): Field[] {
  return [
    [TAG.newSubfileType, LONG, ONE_OF_SEVERAL],
    [TAG.imageWidth, LONG, page.widthPixels],
    [TAG.imageLength, LONG, page.heightPixels],
    [TAG.bitsPerSample, SHORT, 1],
    [TAG.compression, SHORT, COMPRESSION.t6],
    [TAG.photometricInterpretation, SHORT, 0],
    [TAG.fillOrder, SHORT, 1],
    [TAG.stripOffsets, LONG, stripAt],
    [TAG.samplesPerPixel, SHORT, 1],
    [TAG.rowsPerStrip, LONG, page.heightPixels],
    [TAG.stripByteCounts, LONG, page.coded.length],
    [TAG.xResolution, RATIONAL, rationalsAt],
    [TAG.yResolution, RATIONAL, rationalsAt + 8],
    [TAG.t6Options, LONG, 0],
    [TAG.resolutionUnit, SHORT, INCHES],
    [TAG.pageNumber, SHORT, index | (count << 16)],
  ]
}

function writeDirectory(view: DataView, at: number, fields: readonly Field[], next: number): void {
  view.setUint16(at, fields.length, true)
  for (const [index, [tag, type, value]] of fields.entries()) {
    const entry = at + 2 + index * ENTRY_BYTES
    view.setUint16(entry, tag, true)
    view.setUint16(entry + 2, type, true)
    view.setUint32(entry + 4, tag === TAG.pageNumber ? 2 : 1, true)
    view.setUint32(entry + 8, value, true)
  }
  view.setUint32(at + 2 + fields.length * ENTRY_BYTES, next, true)
}
