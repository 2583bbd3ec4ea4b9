import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { convertTiffToPdf } from './convert.ts'
import { countDifferences, renderInColor, renderPdf } from './testing/pixels.ts'
import { faxTags, type TagValue, writeTiff } from './testing/tiff-writer.ts'

const WIDTH = 48
const HEIGHT = 32
const SIZE = { widthPixels: WIDTH, heightPixels: HEIGHT }
type Rgb = [number, number, number]

function tagsOf(compression: number, more: Record<number, TagValue>) {
  return faxTags(WIDTH, HEIGHT, compression, { 282: { rational: 72 }, 283: { rational: 72 }, ...more })
}

/** One value for each sample of each pixel, in a picture without sharp edges. */
function sampled<Value>(sample: (x: number, y: number) => Value): Value[] {
  return Array.from({ length: WIDTH * HEIGHT }, (_, index) =>
    sample(index % WIDTH, Math.floor(index / WIDTH)),
  )
}

function expectClose(drawn: readonly Rgb[], wanted: readonly Rgb[], tolerance: number) {
  expect(drawn).toHaveLength(wanted.length)
  const worst = Math.max(
    ...drawn.flatMap((color, index) =>
      color.map((value, each) => Math.abs(value - (wanted[index]?.[each] ?? 0))),
    ),
  )
  expect(worst).toBeLessThanOrEqual(tolerance)
}

/** CIE L*a*b* under D50 to sRGB, by the definitions; the matrix holds the Bradford adaptation to D65. */
function labToRgb([l, a, b]: Rgb): Rgb {
  const y = (l + 16) / 116
  const cube = (value: number): number => (value > 6 / 29 ? value ** 3 : 3 * (6 / 29) ** 2 * (value - 4 / 29))
  const [X, Y, Z] = [0.9642 * cube(y + a / 500), cube(y), 0.8249 * cube(y - b / 200)]
  const gamma = (value: number): number => {
    const clipped = Math.min(Math.max(value, 0), 1)
    return 255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055)
  }
  return [
    gamma(3.1339 * X - 1.6169 * Y - 0.4906 * Z),
    gamma(-0.9788 * X + 1.9161 * Y + 0.0335 * Z),
    gamma(0.0719 * X - 0.229 * Y + 1.4052 * Z),
  ]
}

const T42 = [0, 100, -21760 / 255, 21590 / 255, -19200 / 255, 31800 / 255]

function decodeSamples(samples: Rgb, ranges: readonly number[]): Rgb {
  const [l, a, b] = samples.map((sample, index) => {
    const [low = 0, high = 0] = ranges.slice(index * 2)
    return low + (sample / 255) * (high - low)
  })
  return [l ?? 0, a ?? 0, b ?? 0]
}

/** Pale and strong colours, all of which sRGB has. */
const LAB_SAMPLES = sampled((x, y): Rgb => [120 + x, 118 + Math.round(y * 0.6), 96 + Math.round((x + y) / 3)])

describe('a colour fax (ITU-T T.42)', () => {
  /**
   * sharp codes red, green and blue as luminance and two differences of colour. These come out of the JPEG as they went
   * in, if they are turned into red, green and blue first; so any three samples can be coded.
   */
  async function jpegOf(samples: readonly Rgb[]): Promise<Uint8Array> {
    const rgb = samples.flatMap(([luminance, blue, red]) => [
      luminance + 1.402 * (red - 128),
      luminance - 0.344136 * (blue - 128) - 0.714136 * (red - 128),
      luminance + 1.772 * (blue - 128),
    ])
    expect(rgb.every((value) => value >= 0 && value <= 255)).toBe(true)
    const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const
    return sharp(Uint8Array.from(rgb, Math.round), { raw })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer()
  }

  const labTags = { 258: [8, 8, 8], 262: 10, 277: 3 }
  const other = [0, 100, -50, 60, -40, 80]
  const cases = [
    { what: 'in the range of T.42', ranges: T42, tags: {} },
    { what: 'in the range that its Decode gives', ranges: other, tags: { 433: { signedRationals: other } } },
  ]

  it.each(cases)('$what, keeps its JPEG and its colours', async ({ ranges, tags }) => {
    const tiff = writeTiff([
      { tags: tagsOf(7, { ...labTags, ...tags }), segments: [await jpegOf(LAB_SAMPLES)] },
    ])
    const { pdf, pages } = convertTiffToPdf(tiff, {})
    expect(pages).toMatchObject([{ treatment: 'copied', coding: 'other', damagedRows: 0, warnings: [] }])
    const wanted = LAB_SAMPLES.map((samples) => labToRgb(decodeSamples(samples, ranges)))
    expectClose(await renderInColor(pdf, SIZE), wanted, 8)
  })

  it('comes uncompressed as well', async () => {
    const segments = [Uint8Array.from(LAB_SAMPLES.flat())]
    const { pdf } = convertTiffToPdf(writeTiff([{ tags: tagsOf(1, labTags), segments }]), {})
    const wanted = LAB_SAMPLES.map((samples) => labToRgb(decodeSamples(samples, T42)))
    expectClose(await renderInColor(pdf, SIZE), wanted, 6)
  })

  it('of lightness alone is grey', async () => {
    const lightness = sampled((x, y) => x * 4 + y * 2)
    const raw = { width: WIDTH, height: HEIGHT, channels: 1 } as const
    const jpeg = await sharp(Uint8Array.from(lightness), { raw })
      .toColourspace('b-w')
      .jpeg({ quality: 100 })
      .toBuffer()
    const tiff = writeTiff([{ tags: tagsOf(7, { 258: 8, 262: 10 }), segments: [jpeg] }])
    const wanted = lightness.map((sample) => labToRgb([(sample / 255) * 100, 0, 0]))
    expectClose(await renderInColor(convertTiffToPdf(tiff, {}).pdf, SIZE), wanted, 11)
  })

  it.each([[[0, 100]], [[0, 100, -85, 85, 0, 2e6]]])(
    'with a Decode of %j is refused',
    async (signedRationals) => {
      const tags = tagsOf(7, { ...labTags, 433: { signedRationals } })
      const tiff = writeTiff([{ tags, segments: [await jpegOf(LAB_SAMPLES)] }])
      expect(() => convertTiffToPdf(tiff, {})).toThrow(/a Decode of/)
    },
  )
})

describe('other colours', () => {
  it.each([1, 2, 4, 8])('a palette of %i bits', async (bits) => {
    const colors = 1 << bits
    const channel = (which: number, index: number): number => (index * (85 + which * 40) + which * 60) & 0xff
    const map = [0, 1, 2].flatMap((which) =>
      Array.from({ length: colors }, (_, index) => channel(which, index) * 257),
    )
    const indices = sampled((x, y) => (x * 3 + y * 5) % colors)
    const perByte = 8 / bits
    const packed = Uint8Array.from({ length: indices.length / perByte }, (_, at) =>
      indices.slice(at * perByte, (at + 1) * perByte).reduce((byte, index) => (byte << bits) | index, 0),
    )
    const tiff = writeTiff([{ tags: tagsOf(1, { 258: bits, 262: 3, 320: map }), segments: [packed] }])
    const wanted = indices.map((index): Rgb => [channel(0, index), channel(1, index), channel(2, index)])
    expectClose(await renderInColor(convertTiffToPdf(tiff, {}).pdf, SIZE), wanted, 1)
  })

  it('inks', async () => {
    // How an ink looks is the viewer's affair; which one it is, and how much, is not.
    const inks: { ink: number[]; red: boolean; green: boolean; blue: boolean }[] = [
      { ink: [0, 0, 0, 0], red: true, green: true, blue: true },
      { ink: [255, 0, 0, 0], red: false, green: true, blue: true },
      { ink: [0, 255, 0, 0], red: true, green: false, blue: true },
      { ink: [0, 0, 255, 0], red: true, green: true, blue: false },
      { ink: [0, 0, 0, 255], red: false, green: false, blue: false },
      { ink: [255, 255, 0, 0], red: false, green: false, blue: true },
    ]
    const inkAt = (x: number) => inks[Math.floor(x / 8)]
    const segments = [Uint8Array.from(sampled((x) => inkAt(x)?.ink ?? []).flat())]
    const tiff = writeTiff([{ tags: tagsOf(1, { 258: [8, 8, 8, 8], 262: 5, 277: 4 }), segments }])
    const drawn = await renderInColor(convertTiffToPdf(tiff, {}).pdf, SIZE)
    drawn.forEach((color, index) => {
      const { red, green, blue } = inkAt(index % WIDTH) ?? {}
      expect(
        color.map((value) => value > 127),
        `${index} ${color}`,
      ).toEqual([red, green, blue])
    })
  })

  const deep = [
    { bigEndian: false, predictor: 1 },
    { bigEndian: true, predictor: 1 },
    { bigEndian: false, predictor: 2 },
    { bigEndian: true, predictor: 2 },
  ]
  const pairs = (values: readonly number[], bigEndian: boolean): Uint8Array =>
    Uint8Array.from(values.flatMap((value) => (bigEndian ? [value >> 8, value] : [value, value >> 8])))
  /** Each value less the one of the pixel on its left. */
  const differences = (values: readonly number[], samples: number): number[] =>
    values.map((value, index) =>
      index % (WIDTH * samples) < samples ? value : (value - (values[index - samples] ?? 0)) & 0xffff,
    )

  it.each(deep)(
    'grey of 16 bits, big-endian $bigEndian, predictor $predictor',
    async ({ bigEndian, predictor }) => {
      const values = sampled((x, y) => (x * 1367 + y * 2011) & 0xffff)
      const segments = [pairs(predictor === 2 ? differences(values, 1) : values, bigEndian)]
      const tags = tagsOf(1, { 258: 16, 262: 1, 317: predictor })
      const { pdf } = convertTiffToPdf(writeTiff([{ tags, segments }], { bigEndian }), {})
      const [picture] = await renderPdf(pdf, [SIZE])
      const pixels = Uint8Array.from(values, (value) => value >> 8)
      expect(picture && countDifferences(picture, { width: WIDTH, height: HEIGHT, pixels })).toBe(0)
    },
  )

  it.each(deep)(
    'colours of 16 bits, big-endian $bigEndian, predictor $predictor',
    async ({ bigEndian, predictor }) => {
      const colors = sampled((x, y): Rgb => [x * 1300, y * 2000, (x + y) * 700])
      const values = colors.flat()
      const segments = [pairs(predictor === 2 ? differences(values, 3) : values, bigEndian)]
      const tags = tagsOf(1, { 258: [16, 16, 16], 262: 2, 277: 3, 317: predictor })
      const { pdf } = convertTiffToPdf(writeTiff([{ tags, segments }], { bigEndian }), {})
      const wanted = colors.map(([red, green, blue]): Rgb => [red >> 8, green >> 8, blue >> 8])
      expectClose(await renderInColor(pdf, SIZE), wanted, 1)
    },
  )
})
