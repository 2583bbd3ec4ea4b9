import { deflateSync } from 'node:zlib'
import { type BandPlan, planBands, readBands } from './bands.ts'
import type { Budget } from './budget.ts'
import { type ConvertedPage, faxImage } from './converted-page.ts'
import { T6Encoder } from './fax-coding/t6-encoder.ts'
import { findTransitions } from './fax-coding/transitions.ts'
import { LIMITS } from './limits.ts'
import type { PdfImage } from './pdf/document.ts'
import { ConversionRefused } from './refusal.ts'
import { numbers } from './tiff/directory.ts'
import { PHOTOMETRIC, type TiffPage } from './tiff/page.ts'
import { TAG } from './tiff/tags.ts'

/** A page in no fax coding, or in tiles: black and white becomes T.6, grey and colour becomes Flate. */
export function convertRasterPage(page: TiffPage, budget: Budget): ConvertedPage {
  const { heightPixels } = page
  if (heightPixels === undefined)
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
  const plan = planBands(page, heightPixels)
  budget.takeRasterBytes(plan.unpackedBytes, page.directory.at)
  const bilevel = bits === 1 && page.samplesPerPixel === 1 && page.photometric <= PHOTOMETRIC.minIsBlack
  const { image, lostRows } = bilevel
    ? encodeBilevel(page, heightPixels, plan)
    : deflateSamples(page, heightPixels, plan)
  if (lostRows === heightPixels)
    throw new ConversionRefused('no row of the page could be read', page.directory.at)
  return {
    image,
    coding: 'other',
    treatment: lostRows > 0 ? 'repaired' : 'reencoded',
    damagedRows: lostRows,
    warnings: lostRows > 0 ? [`${lostRows} of ${heightPixels} rows could not be read`] : [],
  }
}

interface Encoded {
  image: PdfImage
  lostRows: number
}

function encodeBilevel(page: TiffPage, heightPixels: number, plan: BandPlan): Encoded {
  const width = page.widthPixels
  const { rowBytes } = plan
  const encoder = new T6Encoder(width, (rowBytes * heightPixels) >> 4)
  const transitions = new Int32Array(width + 12)
  let lostRows = 0
  for (const band of readBands(page, heightPixels, plan)) {
    lostRows += band.lostRows
    for (let row = 0; row < band.rows; row++) {
      encoder.addRow(transitions, findTransitions(band.bytes, row * rowBytes, width, transitions))
    }
  }
  const minIsBlack = page.photometric === PHOTOMETRIC.minIsBlack
  return { image: faxImage('T.6', width, heightPixels, minIsBlack, encoder.finish()), lostRows }
}

function deflateSamples(page: TiffPage, heightPixels: number, plan: BandPlan): Encoded {
  const bits = page.bitsPerSample[0] ?? 1
  const { colorSpace, samples, decode } = colorOf(page, bits)
  const bands: Uint8Array[] = []
  let lostRows = 0
  for (const band of readBands(page, heightPixels, plan)) {
    lostRows += band.lostRows
    bands.push(
      page.samplesPerPixel > samples ? dropExtraSamples(page, band.bytes, samples, bits) : band.bytes,
    )
  }
  const image: PdfImage = {
    widthPixels: page.widthPixels,
    heightPixels,
    bitsPerComponent: bits,
    colorSpace,
    filter: `/Filter/FlateDecode${decode}`,
    data: deflateSync(bands.length === 1 && bands[0] !== undefined ? bands[0] : Buffer.concat(bands)),
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
