import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { convertTiffToPdf, type PageReport } from '../shared/conversion/convert.ts'
import { type Bitmap, drawTestPage, packBits } from '../shared/conversion/testing/bitmap.ts'
import { type FaxWriting, writeFax } from '../shared/conversion/testing/fax-writer.ts'
import { SAMPLES } from '../shared/conversion/testing/samples.ts'
import {
  faxTags,
  type TagValue,
  type TiffWriting,
  writeTiff,
} from '../shared/conversion/testing/tiff-writer.ts'
import { fetchStandardImages, STANDARD_IMAGES, type StandardImage } from './conversion/debian-images.ts'
import { drawTiff } from './conversion/ghostscript.ts'
import { countDifferences, decodeWithLibtiff, differingRows, type Picture } from './conversion/pictures.ts'
import { run } from './conversion/tools.ts'
import { convertAndDraw, type Verified, verify, verifyAgainstLibtiff } from './conversion/verify.ts'
import { pageBoxes } from './conversion/viewers.ts'

// The PDF of a TIFF, drawn by poppler, MuPDF and Ghostscript, must have the pixels that libtiff decodes from the TIFF.

let folder: string
/** Two pages by Ghostscript, uncompressed, from which tiffcp makes the others. */
let plain: string
let colored: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faxlane-pixels-'))
  const size = { width: 1728, height: 1146, dpi: '204x98' }
  const drawn = await drawTiff(folder, 'drawn', { device: 'tiffg4', pages: ['text', 'picture'], ...size })
  plain = join(folder, 'plain.tif')
  await run('tiffcp', ['-c', 'none', drawn, plain])
  const small = { width: 850, height: 1100, dpi: '100' }
  colored = await drawTiff(folder, 'colored', { device: 'tiff24nc', pages: ['colors'], ...small })
})
afterAll(() => rmSync(folder, { recursive: true }))

function expectExact({ differences, boxErrorPoints }: Verified, pages: number): void {
  const none = new Array<number>(pages).fill(0)
  expect(differences).toEqual({ poppler: none, mupdf: none, ghostscript: none })
  expect(boxErrorPoints).toBeLessThan(0.01)
}

const treatments = (pages: readonly PageReport[]) => [...new Set(pages.map((page) => page.treatment))]
const codings = (pages: readonly PageReport[]) => [...new Set(pages.map((page) => page.coding))]

describe('what Ghostscript draws', () => {
  it.each([
    ['tiffg3', 'T.4 1-D', 'copied'],
    ['tiffg32d', 'T.4 2-D', 'copied'],
    ['tiffg4', 'T.6', 'copied'],
    ['tiffcrle', 'RLE', 'copied'],
    ['tiffpack', 'other', 'reencoded'],
    ['tifflzw', 'other', 'reencoded'],
    ['tiffgray', 'other', 'reencoded'],
    ['tiff24nc', 'other', 'reencoded'],
  ])('%s', async (device, coding, treatment) => {
    const size = { width: 1728, height: 2292, dpi: '204x196' }
    const tiff = await drawTiff(folder, device, { device, pages: ['text', 'picture', 'colors'], ...size })
    const verified = await verifyAgainstLibtiff(tiff, folder)
    expectExact(verified, 3)
    expect(codings(verified.pages)).toEqual([coding])
    expect(treatments(verified.pages)).toEqual([treatment])
  })

  // Programs do not agree on the colour of an ink, so only black and white are compared.
  it('tiff32nc', async () => {
    const size = { width: 850, height: 1100, dpi: '100' }
    const tiff = await drawTiff(folder, 'cmyk', { device: 'tiff32nc', pages: ['text'], ...size })
    const page = await verifyAgainstLibtiff(tiff, folder, 64)
    expectExact(page, 1)
  })
})

describe('what tiffcp writes', () => {
  it.each([
    ['T.4 1-D', ['-c', 'g3:1d'], 'T.4 1-D'],
    ['T.4 1-D with fill bits', ['-c', 'g3:1d:fill'], 'T.4 1-D'],
    ['T.4 2-D', ['-c', 'g3:2d'], 'T.4 2-D'],
    ['T.4 2-D with fill bits, as Asterisk', ['-c', 'g3:2d:fill', '-f', 'lsb2msb'], 'T.4 2-D'],
    ['T.6', ['-c', 'g4'], 'T.6'],
    ['T.6, least significant bit first', ['-c', 'g4', '-f', 'lsb2msb'], 'T.6'],
    ['T.6, big-endian', ['-c', 'g4', '-B'], 'T.6'],
    ['T.4 2-D, BigTIFF', ['-c', 'g3:2d', '-8'], 'T.4 2-D'],
    ['T.6, BigTIFF, big-endian', ['-c', 'g4', '-8', '-B'], 'T.6'],
  ])('%s is copied', async (_, options, coding) => {
    const tiff = join(folder, 'copied.tif')
    await run('tiffcp', ['-r', '100000', ...options, plain, tiff])
    const verified = await verifyAgainstLibtiff(tiff, folder)
    expectExact(verified, 2)
    expect(codings(verified.pages)).toEqual([coding])
    expect(treatments(verified.pages)).toEqual(['copied'])
  })

  it.each([
    ['T.4 1-D in strips', ['-c', 'g3:1d', '-r', '100']],
    ['T.4 2-D in strips', ['-c', 'g3:2d:fill', '-r', '16', '-f', 'lsb2msb']],
    ['T.6 in strips', ['-c', 'g4', '-r', '37']],
    ['T.6 in tiles', ['-c', 'g4', '-t', '-w', '256', '-l', '128']],
    ['uncompressed', ['-c', 'none']],
    ['uncompressed, least significant bit first', ['-c', 'none', '-f', 'lsb2msb']],
    ['uncompressed in tiles', ['-c', 'none', '-t', '-w', '512', '-l', '512']],
    ['PackBits', ['-c', 'packbits', '-r', '8']],
    ['LZW', ['-c', 'lzw', '-r', '64']],
    ['LZW, BigTIFF', ['-c', 'lzw', '-8']],
    ['Deflate', ['-c', 'zip', '-B']],
    ['Deflate in tiles', ['-c', 'zip', '-t', '-w', '128', '-l', '128']],
  ])('%s is coded anew', async (_, options) => {
    const tiff = join(folder, 'reencoded.tif')
    await run('tiffcp', [...options, plain, tiff])
    const verified = await verifyAgainstLibtiff(tiff, folder)
    expectExact(verified, 2)
    expect(treatments(verified.pages)).toEqual(['reencoded'])
  })

  it.each([
    ['uncompressed', ['-c', 'none'], 0],
    ['LZW', ['-c', 'lzw'], 0],
    ['LZW with a predictor', ['-c', 'lzw:2'], 0],
    ['Deflate with a predictor, in tiles', ['-c', 'zip:2', '-t', '-w', '128', '-l', '64'], 0],
    // Each program has its own inverse cosine transform, and its own way to enlarge the chroma.
    ['JPEG, RGB', ['-c', 'jpeg:r:90', '-r', '2000'], 8],
    ['JPEG, YCbCr', ['-c', 'jpeg:90', '-r', '2000'], 48],
    ['JPEG, YCbCr, in strips', ['-c', 'jpeg:90', '-r', '64'], 48],
  ])('colour: %s', async (_, options, tolerance) => {
    const tiff = join(folder, 'color.tif')
    await run('tiffcp', [...options, colored, tiff])
    expectExact(await verifyAgainstLibtiff(tiff, folder, tolerance), 1)
  })
})

describe('what fax2tiff writes from coded bytes', () => {
  const bitmap = drawTestPage(1728, 400, 5)
  it.each<[string, FaxWriting, string[]]>([
    ['T.4 1-D to T.4 2-D', { coding: 'T.4 1-D', endOfBlock: true }, ['-3', '-1', '-M', '-7']],
    ['T.4 2-D to T.4 1-D', { coding: 'T.4 2-D', endOfBlock: true }, ['-3', '-2', '-M', '-7', '-5', '-m']],
    [
      'T.4 1-D to T.4 2-D, not aligned',
      { coding: 'T.4 1-D', endOfBlock: true },
      ['-3', '-1', '-M', '-7', '-p'],
    ],
    ['T.6 to T.6', { coding: 'T.6', endOfBlock: true }, ['-4', '-M', '-8']],
    [
      'T.4 1-D to strips',
      { coding: 'T.4 1-D', endOfBlock: true },
      ['-3', '-1', '-M', '-7', '-r', '100', '-c'],
    ],
  ])('%s', async (_, how, options) => {
    const raw = join(folder, 'page.g3')
    const tiff = join(folder, 'fax2tiff.tif')
    writeFileSync(raw, writeFax(bitmap, how))
    await run('fax2tiff', [...options, '-o', tiff, raw])
    expectExact(await verifyAgainstLibtiff(tiff, folder), 1)
  })
})

const COMPRESSIONS = { RLE: 2, 'T.4 1-D': 3, 'T.4 2-D': 3, 'T.6': 4 } as const

interface Written {
  bitmap: Bitmap
  how: FaxWriting
  tags?: Record<number, TagValue>
  tiff?: TiffWriting
  change?: (coded: Uint8Array) => Uint8Array
}

/** One page by our own generator, which shares only the code tables with the conversion. */
function writePage({ bitmap, how, tags = {}, tiff = {}, change = (coded) => coded }: Written): Uint8Array {
  const stated = faxTags(bitmap[0]?.length ?? 0, bitmap.length, COMPRESSIONS[how.coding], {
    266: how.leastSignificantFirst ? 2 : 1,
    ...(how.coding.startsWith('T.4') && { 292: (how.coding === 'T.4 2-D' ? 1 : 0) + (how.fillBits ? 4 : 0) }),
    ...tags,
  })
  return writeTiff([{ tags: stated, segments: [change(writeFax(bitmap, how))] }], tiff)
}

/** What libtiff makes of the bitmap when nothing is compressed. */
async function pictureOf(bitmap: Bitmap, tags: Record<number, TagValue> = {}): Promise<Picture> {
  const tiff = join(folder, 'bitmap.tif')
  const width = bitmap[0]?.length ?? 0
  writeFileSync(
    tiff,
    writeTiff([{ tags: faxTags(width, bitmap.length, 1, tags), segments: [packBits(bitmap)] }]),
  )
  const [picture] = await decodeWithLibtiff(tiff, folder)
  if (picture === undefined) throw new Error('libtiff decoded no page')
  return picture
}

describe('what our generator writes', () => {
  const fine = drawTestPage(1728, 300, 1)
  const checkered: Bitmap = Array.from({ length: 64 }, (_, y) =>
    Array.from({ length: 1728 }, (_, x) => (x + y) % 2 === 1),
  )
  const white: Bitmap = Array.from({ length: 100 }, () => new Array<boolean>(1728).fill(false))
  const black: Bitmap = Array.from({ length: 100 }, () => new Array<boolean>(2432).fill(true))
  const T4 = { coding: 'T.4 1-D' } as const
  const T42D = { coding: 'T.4 2-D' } as const
  const T6 = { coding: 'T.6' } as const

  it.each<[string, Written]>([
    ['T.4 1-D without EOLs', { bitmap: fine, how: { ...T4, endOfLines: false } }],
    ['T.4 1-D with RTC', { bitmap: fine, how: { ...T4, endOfBlock: true, fillBits: true } }],
    ['T.4 2-D with RTC', { bitmap: fine, how: { ...T42D, endOfBlock: true } }],
    ['T.4 2-D, each row for itself', { bitmap: fine, how: { ...T42D, parameterK: 1 } }],
    ['T.6 without EOFB', { bitmap: fine, how: T6 }],
    ['T.6 with EOFB', { bitmap: fine, how: { ...T6, endOfBlock: true } }],
    ['RLE', { bitmap: fine, how: { coding: 'RLE' } }],
    [
      'RLE, least significant bit first',
      { bitmap: fine, how: { coding: 'RLE', leastSignificantFirst: true } },
    ],
    ['as many transitions as can be, T.4 1-D', { bitmap: checkered, how: T4 }],
    ['as many transitions as can be, T.4 2-D', { bitmap: checkered, how: { ...T42D, fillBits: true } }],
    ['as many transitions as can be, T.6', { bitmap: checkered, how: T6 }],
    ['a white page', { bitmap: white, how: T4 }],
    ['a black page, T.6', { bitmap: black, how: T6 }],
    ['a black page, T.4 2-D', { bitmap: black, how: T42D }],
    ['B4', { bitmap: drawTestPage(2048, 200, 2), how: T42D }],
    ['A3', { bitmap: drawTestPage(2432, 200, 3), how: T4 }],
    ['an odd width, T.4 1-D', { bitmap: drawTestPage(1729, 150, 4), how: T4 }],
    ['an odd width, T.4 2-D', { bitmap: drawTestPage(1001, 150, 5), how: T42D }],
    ['an odd width, T.6', { bitmap: drawTestPage(215, 150, 6), how: T6 }],
    ['as wide as two make-up codes', { bitmap: drawTestPage(5300, 60, 7), how: T4 }],
    ['MinIsBlack, T.4 1-D', { bitmap: fine, how: T4, tags: { 262: 1 } }],
    ['MinIsBlack, T.6', { bitmap: fine, how: T6, tags: { 262: 1 } }],
    ['superfine', { bitmap: fine, how: T42D, tags: { 283: { rational: 391 } } }],
    [
      '408x391',
      {
        bitmap: drawTestPage(3456, 120, 8),
        how: T6,
        tags: { 282: { rational: 408 }, 283: { rational: 391 } },
      },
    ],
    [
      '300x300',
      {
        bitmap: drawTestPage(2592, 120, 9),
        how: T6,
        tags: { 282: { rational: 300 }, 283: { rational: 300 } },
      },
    ],
    [
      'in centimetres',
      { bitmap: fine, how: T42D, tags: { 282: { rational: 80.31 }, 283: { rational: 77 }, 296: 3 } },
    ],
    ['big-endian', { bitmap: fine, how: T42D, tiff: { bigEndian: true } }],
    ['big-endian BigTIFF', { bitmap: fine, how: T6, tiff: { bigEndian: true, big: true } }],
  ])('%s', async (_, written) => {
    const { tags } = written
    const polarity = tags?.[262] === undefined ? {} : { 262: tags[262] }
    const verified = await verify(writePage(written), [await pictureOf(written.bitmap, polarity)], folder)
    expectExact(verified, 1)
    expect(treatments(verified.pages)).toEqual(['copied'])
  })

  it.each<[string, Written]>([
    ['StripByteCounts too small', { bitmap: fine, how: T42D, tags: { 279: 100 } }],
    ['StripByteCounts beyond the file', { bitmap: fine, how: T6, tags: { 279: 10_000_000 } }],
    ['StripByteCounts of 0', { bitmap: fine, how: T4, tags: { 279: 0 } }],
    [
      'ImageLength too small',
      { bitmap: fine, how: { ...T42D, endOfBlock: true }, tags: { 257: 20, 278: 20 } },
    ],
    ['ImageLength of 0', { bitmap: fine, how: { ...T42D, endOfBlock: true }, tags: { 257: 0 } }],
    ['T4Options that say 1-D', { bitmap: fine, how: T42D, tags: { 292: 0 } }],
    ['T4Options that say 2-D', { bitmap: fine, how: T4, tags: { 292: 1 } }],
    [
      'the other FillOrder',
      { bitmap: fine, how: { ...T42D, leastSignificantFirst: true }, tags: { 266: 1 } },
    ],
    ['T.4 for T.6', { bitmap: fine, how: T6, tags: { 259: 3 } }],
    ['T.6 for T.4', { bitmap: fine, how: T42D, tags: { 259: 4 } }],
    ['RLE for T.4', { bitmap: fine, how: T4, tags: { 259: 2 } }],
    ['no RowsPerStrip', { bitmap: fine, how: T42D, tags: { 278: 0xffffffff } }],
  ])('with wrong tags: %s', async (_, written) => {
    expectExact(await verify(writePage(written), [await pictureOf(written.bitmap)], folder), 1)
  })

  it.each([2, 3, 4, 5, 6, 7, 8])('Orientation %i', async (orientation) => {
    const bitmap = drawTestPage(1728, 200, orientation)
    const tags = { 274: orientation, 283: { rational: 204 } }
    const expected = turn(await pictureOf(bitmap), orientation)
    expectExact(await verify(writePage({ bitmap, how: T6, tags }), [expected], folder), 1)
  })
})

describe('the paper', () => {
  const A4 = [609.9, 842] as const
  it.each<[string, number, number, Record<number, TagValue>, readonly [number, number]]>([
    ['204x98', 1728, 1146, { 283: { rational: 98 } }, A4],
    ['204x196', 1728, 2292, {}, A4],
    ['204x391', 1728, 4573, { 283: { rational: 391 } }, A4],
    ['408x391', 3456, 4573, { 282: { rational: 408 }, 283: { rational: 391 } }, A4],
    ['300x300', 2592, 3508, { 282: { rational: 300 }, 283: { rational: 300 } }, [622.1, 841.9]],
    [
      '80.31x38.5 a centimetre',
      1728,
      1146,
      { 282: { rational: 80.31 }, 283: { rational: 38.5 }, 296: 3 },
      [609.9, 843.8],
    ],
    ['a roll', 1728, 6533, {}, [609.9, 2399.9]],
    ['turned', 1728, 2292, { 274: 6 }, [842, 609.9]],
  ])('%s has its true size', async (_, width, height, tags, [widthPoints, heightPoints]) => {
    const bitmap: Bitmap = Array.from({ length: height }, () => new Array<boolean>(width).fill(false))
    const pdf = join(folder, 'paper.pdf')
    writeFileSync(pdf, convertTiffToPdf(writePage({ bitmap, how: { coding: 'T.6' }, tags }), {}).pdf)
    const [box = [0, 0]] = await pageBoxes(pdf, 1)
    expect(Math.abs(box[0] - widthPoints)).toBeLessThan(1)
    expect(Math.abs(box[1] - heightPoints)).toBeLessThan(1)
  })
})

/** Where TIFF's Orientation puts each pixel: on the x axis from the right, on the y axis from below, rows and columns swapped. */
function turn(picture: Picture, orientation: number): Picture {
  const { width, height } = picture
  const swapped = orientation >= 5
  const fromRight = [2, 3, 6, 7].includes(orientation)
  const fromBelow = [3, 4, 7, 8].includes(orientation)
  const turned = { width: swapped ? height : width, height: swapped ? width : height }
  const rgb = new Uint8Array(picture.rgb.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [along, down] = swapped ? [row, column] : [column, row]
      const x = fromRight ? turned.width - 1 - along : along
      const y = fromBelow ? turned.height - 1 - down : down
      const from = (row * width + column) * 3
      rgb.set(picture.rgb.subarray(from, from + 3), (y * turned.width + x) * 3)
    }
  }
  return { ...turned, rgb }
}

describe('what an Asterisk received', () => {
  it.each(SAMPLES.map(({ name }) => name))('%s', async (name) => {
    const verified = await verifyAgainstLibtiff(`test/samples/${name}.tif`, folder)
    expectExact(verified, 1)
    expect(treatments(verified.pages)).toEqual(['copied'])
  })
})

describe('images that Debian has in a package', () => {
  let images: StandardImage[]
  beforeAll(async () => {
    images = await fetchStandardImages(folder)
  })

  it.each(STANDARD_IMAGES)('$name', async ({ name, tolerance }) => {
    const path = images.find((image) => image.name === name)?.path ?? `no ${name} in the package`
    const { differences } = await verifyAgainstLibtiff(path, folder, tolerance)
    expect(differences).toEqual({ poppler: [0], mupdf: [0], ghostscript: [0] })
  })
})

describe('damage', () => {
  const HEIGHT = 300
  const bitmap = drawTestPage(1728, HEIGHT, 11)
  const CODINGS: FaxWriting[] = [
    { coding: 'T.4 1-D', endOfBlock: true },
    { coding: 'T.4 1-D', fillBits: true, leastSignificantFirst: true },
    { coding: 'T.4 2-D', fillBits: true, leastSignificantFirst: true },
    { coding: 'T.4 2-D', parameterK: 2, endOfBlock: true },
    { coding: 'T.6' },
  ]
  /** Where a row's bits begin, to a byte. */
  const startOf = (row: number, how: FaxWriting): number =>
    writeFax(bitmap.slice(0, row), { ...how, endOfBlock: false }).length
  /** The rows that a damaged one may take with it: T.4 2-D leans on the row above up to the next one that stands alone. */
  const reachOf = ({ coding, parameterK = 4 }: FaxWriting): number =>
    coding === 'T.6' ? HEIGHT : coding === 'T.4 2-D' ? parameterK + 1 : 2

  const cases = CODINGS.flatMap((how) => [40, 151, 262].map((row) => ({ how, row })))
  it.each(cases)(
    'of a bit stays in its rows, and looks the same everywhere: $how, row $row',
    async ({ how, row }) => {
      const original = await pictureOf(bitmap)
      const change = (coded: Uint8Array): Uint8Array => {
        const at = startOf(row, how) + 4
        return coded.map((byte, index) => (index === at ? byte ^ 0x10 : byte))
      }
      const { pages, pictures } = await convertAndDraw(writePage({ bitmap, how, change }), [original], folder)
      const { poppler: [one] = [], mupdf: [other] = [], ghostscript: [third] = [] } = pictures
      if (one === undefined || other === undefined || third === undefined)
        throw new Error('a page is not drawn')
      expect([countDifferences(one, other), countDifferences(one, third)]).toEqual([0, 0])
      expect(pages).toMatchObject([{ heightPixels: HEIGHT }])
      const strayed = differingRows(one, original).filter(
        (each) => each < row - 1 || each > row + reachOf(how),
      )
      expect(strayed).toEqual([])
    },
  )

  it.each(CODINGS)('at the end leaves what came before it: $coding', async (how) => {
    const original = await pictureOf(bitmap)
    const change = (coded: Uint8Array): Uint8Array => coded.subarray(0, startOf(200, how))
    const { pages, pictures } = await convertAndDraw(writePage({ bitmap, how, change }), [original], folder)
    expect(pages).toMatchObject([{ treatment: 'repaired', heightPixels: HEIGHT }])
    expect(pages[0]?.damagedRows).toBeGreaterThanOrEqual(HEIGHT - 200)
    for (const [picture] of Object.values(pictures)) {
      if (picture === undefined) throw new Error('a page is not drawn')
      expect(Math.min(...differingRows(picture, original))).toBeGreaterThanOrEqual(199)
    }
  })

  it('a call that broke off on its second page leaves the first', async () => {
    const how = { coding: 'T.4 2-D' } as const
    const page = { tags: { ...faxTags(1728, HEIGHT, 3), 292: 1 }, segments: [writeFax(bitmap, how)] }
    const whole = writeTiff([page, page])
    const broken = whole.subarray(0, whole.length - 3000)
    const { pages, warnings, differences } = await verify(broken, [await pictureOf(bitmap)], folder)
    expect(pages).toHaveLength(1)
    expect(warnings).toEqual([expect.stringContaining('breaks off after page 1')])
    expect(differences).toEqual({ poppler: [0], mupdf: [0], ghostscript: [0] })
  })
})
