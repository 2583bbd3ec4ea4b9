import fc from 'fast-check'
import sharp, { type TiffOptions } from 'sharp'
import { describe, expect, it } from 'vitest'
import { convertTiffToPdf } from './convert.ts'
import { findTransitions, paintTransitions } from './fax-coding/transitions.ts'
import { bitmapToPicture, drawTestPage, packBits } from './testing/bitmap.ts'
import { type FaxWriting, writeFax } from './testing/fax-writer.ts'
import { countDifferences, decodeTiff, type Picture, renderPdf } from './testing/pixels.ts'
import { faxTags, type TagValue, writeTiff } from './testing/tiff-writer.ts'

const WIDTH = 333
const HEIGHT = 150
const PAGE = drawTestPage(WIDTH, HEIGHT, 3)
const ROW_BYTES = Math.ceil(WIDTH / 8)

async function convertedPicture(tiff: Uint8Array) {
  const { pdf, pages } = convertTiffToPdf(tiff, {})
  const [picture] = await renderPdf(pdf, pages)
  return { picture: picture ?? { width: 0, height: 0, pixels: new Uint8Array() }, page: pages[0] }
}

/** By libvips, which writes through libtiff. */
async function writeWithSharp({ width, height, pixels }: Picture, options: TiffOptions): Promise<Uint8Array> {
  const image = sharp(pixels, { raw: { width, height, channels: 1 } })
  return image
    .toColourspace('b-w')
    .tiff({ xres: 8, yres: 8, predictor: 'none', ...options })
    .toBuffer()
}

describe('black and white in other compressions becomes T.6', () => {
  const bilevel: { what: string; options: TiffOptions }[] = (
    ['none', 'packbits', 'lzw', 'deflate', 'ccittfax4'] as const
  ).flatMap((compression) => [
    { what: compression, options: { compression, bitdepth: 1 } },
    { what: `${compression}, min is white`, options: { compression, bitdepth: 1, miniswhite: true } },
    {
      what: `${compression} in tiles`,
      options: { compression, bitdepth: 1, tile: true, tileWidth: 64, tileHeight: 32 },
    },
  ])
  it.each(bilevel)('$what', async ({ options }) => {
    const tiff = await writeWithSharp(bitmapToPicture(PAGE), options)
    const { picture, page } = await convertedPicture(tiff)
    expect(countDifferences(picture, bitmapToPicture(PAGE))).toBe(0)
    expect(page).toMatchObject({ damagedRows: 0, widthPixels: WIDTH, heightPixels: HEIGHT })
    expect(Buffer.from(convertTiffToPdf(tiff, {}).pdf).toString('latin1')).toContain('/CCITTFaxDecode')
  })

  it('LSB first', async () => {
    const reversed = packBits(PAGE).map((byte) =>
      Number.parseInt([...byte.toString(2).padStart(8, '0')].reverse().join(''), 2),
    )
    const tiff = writeTiff([{ tags: faxTags(WIDTH, HEIGHT, 1, { 266: 2 }), segments: [reversed] }])
    expect(countDifferences((await convertedPicture(tiff)).picture, bitmapToPicture(PAGE))).toBe(0)
  })
})

describe('several strips become one', () => {
  const writings: { compression: number; writing: FaxWriting }[] = [
    { compression: 4, writing: { coding: 'T.6', endOfBlock: true } },
    { compression: 3, writing: { coding: 'T.4 1-D' } },
    { compression: 3, writing: { coding: 'T.4 2-D', fillBits: true, leastSignificantFirst: true } },
    { compression: 2, writing: { coding: 'RLE' } },
  ]
  const strips = Array.from({ length: Math.ceil(HEIGHT / 16) }, (_, index) =>
    PAGE.slice(index * 16, index * 16 + 16),
  )
  const tagsOf = (compression: number, writing: FaxWriting, more: Record<number, TagValue> = {}) =>
    faxTags(WIDTH, HEIGHT, compression, {
      266: writing.leastSignificantFirst ? 2 : 1,
      278: 16,
      292: writing.coding === 'T.4 2-D' ? 1 : 0,
      ...more,
    })

  it.each(writings)('$writing.coding', async ({ compression, writing }) => {
    const segments = strips.map((strip) => writeFax(strip, writing))
    const tiff = writeTiff([{ tags: tagsOf(compression, writing), segments }])
    const { picture, page } = await convertedPicture(tiff)
    expect(countDifferences(picture, await decodeTiff(tiff))).toBe(0)
    expect(page).toMatchObject({ treatment: 'reencoded', damagedRows: 0, coding: writing.coding })
  })

  it('one that can not be read leaves the others in their places', async () => {
    const segments = strips.map((strip, index) =>
      index === 3 ? new Uint8Array(9) : writeFax(strip, { coding: 'T.6' }),
    )
    const tiff = writeTiff([{ tags: tagsOf(4, { coding: 'T.6' }), segments }])
    const { picture, page } = await convertedPicture(tiff)
    const expected = PAGE.map((row, y) => (y >= 48 && y < 64 ? row.map(() => false) : row))
    expect(countDifferences(picture, bitmapToPicture(expected))).toBe(0)
    expect(page).toMatchObject({ treatment: 'repaired', damagedRows: 16 })
  })

  it('rows of grey that the bytes can not hold are left out and counted', async () => {
    const pixels = Uint8Array.from({ length: 90 * 40 }, (_, index) => index & 0xff)
    const tags = faxTags(90, 50_000, 1, { 258: 8, 262: 1 })
    const { picture, page } = await convertedPicture(writeTiff([{ tags, segments: [pixels] }]))
    expect(countDifferences(picture, { width: 90, height: 40, pixels })).toBe(0)
    expect(page).toMatchObject({ treatment: 'repaired', heightPixels: 40, damagedRows: 49_960 })
  })

  it('rows that an uncompressed page lacks are white and counted', async () => {
    const packed = packBits(PAGE)
    const segments = [packed.subarray(0, 100 * ROW_BYTES)]
    for (const photometric of [0, 1]) {
      const stored = photometric === 0 ? segments : segments.map((bytes) => bytes.map((byte) => byte ^ 0xff))
      const tiff = writeTiff([{ tags: faxTags(WIDTH, HEIGHT, 1, { 262: photometric }), segments: stored }])
      // The directory stands behind the strip: what the strip is short of is not taken from there.
      const { picture, page } = await convertedPicture(tiff)
      const expected = PAGE.map((row, y) => (y < 100 ? row : row.map(() => false)))
      expect(countDifferences(picture, bitmapToPicture(expected))).toBe(0)
      expect(page).toMatchObject({ treatment: 'repaired', damagedRows: 50 })
    }
  })
})

describe('grey and colour', () => {
  const grey: Picture = {
    width: 90,
    height: 70,
    pixels: Uint8Array.from({ length: 90 * 70 }, (_, index) => (index * 7 + (index >> 5)) & 0xff),
  }
  const compressions = ['none', 'lzw', 'deflate', 'packbits'] as const
  it.each(
    compressions.flatMap((compression) =>
      (['none', 'horizontal'] as const).map((predictor) => ({ compression, predictor })),
    ),
  )('grey, $compression, predictor $predictor', async ({ compression, predictor }) => {
    const { picture, page } = await convertedPicture(await writeWithSharp(grey, { compression, predictor }))
    expect(countDifferences(picture, grey)).toBe(0)
    expect(page).toMatchObject({ coding: 'other', treatment: 'reencoded' })
  })

  it.each([2, 4] as const)('grey of %i bits', async (bitdepth) => {
    const tiff = await writeWithSharp(grey, { compression: 'lzw', bitdepth })
    expect(countDifferences((await convertedPicture(tiff)).picture, await decodeTiff(tiff))).toBe(0)
  })

  it.each([3, 4] as const)('%i channels', async (channels) => {
    const pixels = Uint8Array.from({ length: 40 * 30 * channels }, (_, index) =>
      index % channels === 3 ? 255 : (index * 5) & 0xff,
    )
    const tiff = await sharp(pixels, { raw: { width: 40, height: 30, channels } })
      .tiff({ compression: 'lzw', xres: 4, yres: 4 })
      .toBuffer()
    const { picture } = await convertedPicture(tiff)
    const expected = Uint8Array.from({ length: 40 * 30 }, (_, index) => {
      const at = index * channels
      return Math.round(0.3 * (pixels[at] ?? 0) + 0.59 * (pixels[at + 1] ?? 0) + 0.11 * (pixels[at + 2] ?? 0))
    })
    expect(countDifferences(picture, { width: 40, height: 30, pixels: expected })).toBe(0)
  })
})

describe('JPEG keeps its coded bits', () => {
  const gradient = (channels: 1 | 3) =>
    Uint8Array.from({ length: 200 * 150 * channels }, (_, index) => {
      const pixel = Math.floor(index / channels)
      return (pixel % 200) * 0.6 + Math.floor(pixel / 200) * 0.5 + (index % channels) * 20
    })
  const write = (channels: 1 | 3, options: TiffOptions) =>
    sharp(gradient(channels), { raw: { width: 200, height: 150, channels } })
      .tiff({ compression: 'jpeg', quality: 90, xres: 4, yres: 4, ...options })
      .toBuffer()

  it.each([1, 3] as const)('%i components, its strips joined', async (channels) => {
    const tiff = await write(channels, {})
    const { pdf, pages } = convertTiffToPdf(tiff, {})
    expect(pages).toMatchObject([
      { treatment: 'copied', coding: 'other', widthPixels: 200, heightPixels: 150 },
    ])
    const [picture] = await renderPdf(pdf, pages)
    const { data: reference, info } = await sharp(tiff).raw().toBuffer({ resolveWithObject: true })
    // Two decoders of JPEG round differently.
    for (const [index, pixel] of (picture?.pixels ?? new Uint8Array(1)).entries()) {
      expect(Math.abs(pixel - greyOf(reference.subarray(index * info.channels)))).toBeLessThan(5)
    }

    function greyOf([red = 0, green = red, blue = red]: Uint8Array): number {
      return info.channels === 1 ? red : 0.3 * red + 0.59 * green + 0.11 * blue
    }
  })

  it('tiles are refused', async () => {
    const tiff = await write(1, { tile: true, tileWidth: 64, tileHeight: 64 })
    expect(() => convertTiffToPdf(tiff, {})).toThrow(/JPEG in tiles/)
  })
})

describe('packed rows', () => {
  it('become transitions and back', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 100 }), (row) => {
        const packed = packBits([row])
        const transitions = new Int32Array(row.length + 12)
        const count = findTransitions(packed, 0, row.length, transitions)
        const columns = row.flatMap((black, x) => (black === (row[x - 1] ?? false) ? [] : [x]))
        expect([...transitions.subarray(0, count)]).toEqual(columns)
        const painted = new Uint8Array(packed.length)
        paintTransitions(transitions, count, row.length, painted, 0)
        expect(painted).toEqual(packed)
      }),
    )
  })
})
