import type { ConvertedPage } from './converted-page.ts'
import { faxColor } from './fax-color.ts'
import { ConversionRefused } from './refusal.ts'
import { fieldBytes } from './tiff/directory.ts'
import { type JpegFrame, type JpegParts, readJpeg } from './tiff/jpeg.ts'
import { PHOTOMETRIC, segmentBytes, type TiffPage } from './tiff/page.ts'
import { TAG } from './tiff/tags.ts'

const START = Uint8Array.of(0xff, 0xd8)
const END = Uint8Array.of(0xff, 0xd9)
/**
 * Adobe's marker, saying that the components are stored as they are. ColorTransform in the PDF says the same, but
 * Ghostscript heeds the marker alone.
 */
const NOT_TRANSFORMED = Buffer.from('\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0', 'latin1')

/** A page in JPEG keeps its coded bits: its strips are joined to one stream, with restart markers between them. */
export function convertJpegPage(page: TiffPage): ConvertedPage {
  const { heightPixels } = page
  const sharedTables = fieldBytes(page.directory, TAG.jpegTables)
  const shared =
    sharedTables === undefined ? new Uint8Array(0) : readJpeg(sharedTables, page.directory.at).tables
  const strips = page.segments.map((segment) => readJpeg(segmentBytes(page, segment), segment.at))
  const [first] = strips
  const frame = first?.frame
  if (
    first === undefined ||
    frame === undefined ||
    heightPixels === undefined ||
    page.tileWidthPixels !== undefined
  ) {
    throw new ConversionRefused('JPEG in tiles, or without a frame or a height', page.directory.at)
  }
  if (
    frame.widthPixels !== page.widthPixels ||
    (strips.length === 1 && frame.heightPixels !== heightPixels)
  ) {
    const stated = `${page.widthPixels}x${heightPixels}`
    throw new ConversionRefused(
      `a JPEG of ${frame.widthPixels}x${frame.heightPixels} in a page of ${stated}`,
      page.directory.at,
    )
  }
  return {
    image: {
      widthPixels: page.widthPixels,
      heightPixels,
      bitsPerComponent: 8,
      ...colorOf(page, frame),
      data: joinStrips(page, shared, strips, first, frame, heightPixels),
    },
    coding: 'other',
    treatment: 'copied',
    damagedRows: 0,
    warnings: [],
  }
}

function colorOf(page: TiffPage, { components }: JpegFrame): { colorSpace: string; filter: string } {
  // Lightness alone is no other than sRGB's grey by more than 9 of 255, and needs no colour in the PDF.
  const isGrey = page.photometric === PHOTOMETRIC.minIsBlack || page.photometric === PHOTOMETRIC.faxLab
  if (components === 1 && isGrey) {
    return { colorSpace: '/DeviceGray', filter: '/Filter/DCTDecode' }
  }
  if (components === 3 && (page.photometric === PHOTOMETRIC.ycbcr || page.photometric === PHOTOMETRIC.rgb)) {
    const transform = page.photometric === PHOTOMETRIC.ycbcr ? 1 : 0
    return {
      colorSpace: '/DeviceRGB',
      filter: `/Filter/DCTDecode/DecodeParms<</ColorTransform ${transform}>>`,
    }
  }
  if (components === 3 && page.photometric === PHOTOMETRIC.faxLab) {
    const { colorSpace, decode } = faxColor(page)
    return { colorSpace, filter: `/Filter/DCTDecode/DecodeParms<</ColorTransform 0>>${decode}` }
  }
  throw new ConversionRefused(
    `JPEG of ${components} components with PhotometricInterpretation ${page.photometric}`,
    page.directory.at,
  )
}

function joinStrips(
  page: TiffPage,
  shared: Uint8Array,
  strips: readonly JpegParts[],
  first: JpegParts,
  frame: JpegFrame,
  heightPixels: number,
): Uint8Array {
  const whole = Buffer.from(frame.segment)
  whole.writeUInt16BE(heightPixels, 5)
  const interval = strips.length === 1 ? first.restartInterval : unitsPerStrip(page, frame)
  const scans = strips.flatMap((strip, index) => {
    if (strip.scan === undefined || (index > 0 && !fits(strip, first, frame))) {
      throw new ConversionRefused(
        'JPEG strips that can not be joined: they differ in their tables',
        page.directory.at,
      )
    }
    if (index === 0) return [strip.scan]
    return [Uint8Array.of(0xff, 0xd0 + ((index - 1) & 7)), strip.scan.subarray(strip.scanHeaderBytes)]
  })
  const restart = interval === 0 ? [] : [Uint8Array.of(0xff, 0xdd, 0, 4, interval >> 8, interval & 255)]
  const asStored = page.photometric === PHOTOMETRIC.faxLab || page.photometric === PHOTOMETRIC.rgb
  const marker = asStored ? [NOT_TRANSFORMED] : []
  return Buffer.concat([START, ...marker, shared, first.tables, whole, ...restart, ...scans, END])
}

/** A restart marker stands after so many units; it can only stand between strips if they end on whole ones. */
function unitsPerStrip(page: TiffPage, frame: JpegFrame): number {
  const units = Math.ceil(page.widthPixels / frame.unitWidth) * (page.rowsPerSegment / frame.unitHeight)
  if (!Number.isInteger(units) || units > 0xffff || !frame.sequential) {
    throw new ConversionRefused(
      `JPEG strips of ${page.rowsPerSegment} rows, which can not be joined`,
      page.directory.at,
    )
  }
  return units
}

function fits(strip: JpegParts, first: JpegParts, frame: JpegFrame): boolean {
  const sameTables = strip.tables.length === 0 || Buffer.compare(strip.tables, first.tables) === 0
  const components = (segment: Uint8Array | undefined) => Buffer.from(segment?.subarray(7) ?? [])
  return (
    sameTables &&
    first.restartInterval === 0 &&
    components(strip.frame?.segment).equals(components(frame.segment))
  )
}
