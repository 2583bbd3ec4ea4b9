import { type BandPlan, planBands, readBands } from './bands.ts'
import type { Budget } from './budget.ts'
import { type ConvertedPage, faxImage } from './converted-page.ts'
import { T6Encoder } from './fax-coding/t6-encoder.ts'
import { findTransitions } from './fax-coding/transitions.ts'
import { faxColor } from './fax-color.ts'
import { LIMITS } from './limits.ts'
import { Deflater } from './pdf/deflate.ts'
import type { PdfImage } from './pdf/document.ts'
import { ConversionRefused } from './refusal.ts'
import { numbers } from './tiff/directory.ts'
import { COMPRESSION, PHOTOMETRIC, type TiffPage } from './tiff/page.ts'
import { TAG } from './tiff/tags.ts'

/** A page in no fax coding, or in tiles: black and white becomes T.6, grey and colour becomes Flate. */
export function convertRasterPage(page: TiffPage, budget: Budget): ConvertedPage {
  const statedRows = page.heightPixels
  if (statedRows === undefined)
    throw new ConversionRefused('a page without a usable ImageLength', page.directory.at)
  const bits = page.bitsPerSample[0] ?? 1
  if (page.bitsPerSample.some((other) => other !== bits) || ![1, 2, 4, 8, 16].includes(bits)) {
    throw new ConversionRefused(`BitsPerSample ${page.bitsPerSample.join(', ')}`, page.directory.at)
  }
  if (page.samplesPerPixel < 1 || page.samplesPerPixel > LIMITS.samplesPerPixel) {
    throw new ConversionRefused(
      `${page.samplesPerPixel} samples a pixel; 1 to ${LIMITS.samplesPerPixel} are allowed`,
      page.directory.at,
    )
  }
  if (page.planar)
    throw new ConversionRefused('colours in planes of their own (PlanarConfiguration 2)', page.directory.at)
  const bilevel = bits === 1 && page.samplesPerPixel === 1 && page.photometric <= PHOTOMETRIC.minIsBlack
  // White rows cost nothing in T.6; in grey or colour, a height without bytes behind it would fill the memory.
  const heightPixels = bilevel ? statedRows : Math.min(statedRows, mostRows(page, bits))
  const plan = planBands(page, heightPixels)
  budget.takeRasterBytes(plan.unpackedBytes, page.segments.length, page.directory.at)
  const { image, lostRows } = bilevel
    ? encodeBilevel(page, heightPixels, plan, budget)
    : deflateSamples(page, heightPixels, plan)
  if (lostRows === heightPixels)
    throw new ConversionRefused('no row of the page could be read', page.directory.at)
  const damagedRows = lostRows + statedRows - heightPixels
  return {
    image,
    coding: 'other',
    treatment: damagedRows > 0 ? 'repaired' : 'reencoded',
    damagedRows,
    warnings: damagedRows > 0 ? [`${damagedRows} of ${statedRows} rows could not be read`] : [],
  }
}

/** Bytes that a coded byte can stand for at most: Deflate's longest match, LZW's longest string, PackBits' longest run. */
const MOST_UNPACKED_PER_BYTE: Record<number, number> = {
  [COMPRESSION.none]: 1,
  [COMPRESSION.packBits]: 64,
  [COMPRESSION.lzw]: 1366,
}
const MOST_UNPACKED_OTHERWISE = 1032

/** Rows that the page's coded bytes can stand for, a started one counted. */
function mostRows(page: TiffPage, bits: number): number {
  const codedBytes = page.segments.reduce((sum, segment) => sum + segment.length, 0)
  const unpacked = codedBytes * (MOST_UNPACKED_PER_BYTE[page.compression] ?? MOST_UNPACKED_OTHERWISE)
  return Math.max(1, Math.ceil(unpacked / ((page.widthPixels * page.samplesPerPixel * bits) / 8)))
}

interface Encoded {
  image: PdfImage
  lostRows: number
}

function encodeBilevel(page: TiffPage, heightPixels: number, plan: BandPlan, budget: Budget): Encoded {
  const width = page.widthPixels
  const { rowBytes } = plan
  const encoder = new T6Encoder(width, (rowBytes * heightPixels) >> 4)
  const transitions = new Int32Array(width + 12)
  let lostRows = 0
  for (const band of readBands(page, heightPixels, plan)) {
    lostRows += band.lostRows
    for (let row = 0; row < band.rows; row++) {
      const count = findTransitions(band.bytes, row * rowBytes, width, transitions)
      budget.takeTransitions(count, page.directory.at)
      encoder.addRow(transitions, count)
    }
  }
  const minIsBlack = page.photometric === PHOTOMETRIC.minIsBlack
  return { image: faxImage('T.6', width, heightPixels, minIsBlack, encoder.finish()), lostRows }
}

const SLICE_BYTES = 4 * 1024 * 1024

function deflateSamples(page: TiffPage, heightPixels: number, plan: BandPlan): Encoded {
  const bits = page.bitsPerSample[0] ?? 1
  const { colorSpace, samples, decode } = colorOf(page, bits)
  const deflater = new Deflater()
  let lostRows = 0
  for (const band of readBands(page, heightPixels, plan)) {
    lostRows += band.lostRows
    // In slices: a strip can be the whole page, and its copies would add up.
    const sliceBytes = Math.ceil(SLICE_BYTES / plan.rowBytes) * plan.rowBytes
    for (let start = 0; start < band.bytes.length; start += sliceBytes) {
      const slice = band.bytes.subarray(start, start + sliceBytes)
      deflater.add(page.samplesPerPixel > samples ? dropExtraSamples(page, slice, samples, bits) : slice)
    }
  }
  const image: PdfImage = {
    widthPixels: page.widthPixels,
    heightPixels,
    bitsPerComponent: bits,
    colorSpace,
    filter: `/Filter/FlateDecode${decode}`,
    data: deflater.finish(),
  }
  return { image, lostRows }
}

interface Color {
  colorSpace: string
  samples: number
  decode: string
}

function colorOf(page: TiffPage, bits: number): Color {
  const color = knownColor(page, bits)
  if (color === undefined || page.samplesPerPixel < color.samples) {
    throw new ConversionRefused(
      `PhotometricInterpretation ${page.photometric} of ${page.samplesPerPixel} samples of ${bits} bits`,
      page.directory.at,
    )
  }
  return color
}

function knownColor(page: TiffPage, bits: number): Color | undefined {
  switch (page.photometric) {
    case PHOTOMETRIC.minIsWhite:
      return { colorSpace: '/DeviceGray', samples: 1, decode: '/Decode[1 0]' }
    case PHOTOMETRIC.minIsBlack:
      return { colorSpace: '/DeviceGray', samples: 1, decode: '' }
    case PHOTOMETRIC.rgb:
      return { colorSpace: '/DeviceRGB', samples: 3, decode: '' }
    case PHOTOMETRIC.cmyk:
      return { colorSpace: '/DeviceCMYK', samples: 4, decode: '' }
    case PHOTOMETRIC.faxLab:
      return bits === 8 ? { ...faxColor(page), samples: 3 } : undefined
    case PHOTOMETRIC.palette:
      return bits > 8 ? undefined : { colorSpace: paletteOf(page, bits), samples: 1, decode: '' }
    default:
      return undefined
  }
}

/** TIFF lists all reds, then all greens, then all blues, of 16 bits; PDF a triple of bytes a colour. */
function paletteOf(page: TiffPage, bits: number): string {
  const colors = 1 << bits
  const map = numbers(page.directory, TAG.colorMap, 3 * 256)
  if (map?.length !== 3 * colors)
    throw new ConversionRefused(`a ColorMap that has not ${colors} colours`, page.directory.at)
  const bytes = Uint8Array.from(
    { length: 3 * colors },
    (_, index) => (map[(index % 3) * colors + Math.floor(index / 3)] ?? 0) >> 8,
  )
  return `[/Indexed/DeviceRGB ${colors - 1}<${Buffer.from(bytes).toString('hex')}>]`
}

/** An alpha channel is not shown on paper. */
function dropExtraSamples(page: TiffPage, bytes: Uint8Array, samples: number, bits: number): Uint8Array {
  if (bits < 8) throw new ConversionRefused(`extra samples of ${bits} bits`, page.directory.at)
  const sampleBytes = bits / 8
  const [from, to] = [page.samplesPerPixel * sampleBytes, samples * sampleBytes]
  const pixels = bytes.length / from
  const kept = new Uint8Array(pixels * to)
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let index = 0; index < to; index++) kept[pixel * to + index] = bytes[pixel * from + index] as number
  }
  return kept
}
