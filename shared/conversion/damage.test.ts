import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { convertTiffToPdf } from './convert.ts'
import { type Bitmap, bitmapToPicture, drawTestPage } from './testing/bitmap.ts'
import { type FaxWriting, oneDimensional, toBytes, writeFax } from './testing/fax-writer.ts'
import { countDifferences, decodeTiff, type Picture, renderPdf } from './testing/pixels.ts'
import { readSample } from './testing/samples.ts'
import { faxTags, type TagValue, writeTiff } from './testing/tiff-writer.ts'

const WIDTH = 1728
const HEIGHT = 200
const PAGE = drawTestPage(WIDTH, HEIGHT, 7)

function write(
  writing: FaxWriting,
  tags: Record<number, TagValue>,
  change?: (coded: Uint8Array) => Uint8Array,
) {
  const coded = writeFax(PAGE, writing)
  return writeTiff([{ tags: faxTags(WIDTH, HEIGHT, 3, tags), segments: [change?.(coded) ?? coded] }])
}

async function expectPage(tiff: Uint8Array, bitmap: Bitmap) {
  const { pdf, pages } = convertTiffToPdf(tiff, {})
  const [picture] = await renderPdf(pdf, pages)
  expect(picture && countDifferences(picture, bitmapToPicture(bitmap))).toBe(0)
  return pages[0]
}

const T4: FaxWriting = { coding: 'T.4 1-D' }
const T4_2D: FaxWriting = { coding: 'T.4 2-D', fillBits: true, leastSignificantFirst: true }
const T6: FaxWriting = { coding: 'T.6', endOfBlock: true }

describe('wrong tags are seen through, and no pixel differs', () => {
  const cases: { what: string; writing: FaxWriting; tags: Record<number, TagValue>; warning: RegExp }[] = [
    {
      what: 'T4Options says 1-D',
      writing: T4_2D,
      tags: { 266: 2, 292: 0 },
      warning: /say T.4 1-D, the rows are T.4 2-D/,
    },
    {
      what: 'T4Options says 2-D',
      writing: T4,
      tags: { 292: 1 },
      warning: /say T.4 2-D, the rows are T.4 1-D/,
    },
    {
      what: 'FillOrder says MSB first',
      writing: T4_2D,
      tags: { 266: 1, 292: 5 },
      warning: /FillOrder 1, the bytes are in the other/,
    },
    {
      what: 'FillOrder says LSB first',
      writing: T6,
      tags: { 259: 4, 266: 2 },
      warning: /FillOrder 2, the bytes are in the other/,
    },
    { what: 'Compression says T.6', writing: T4, tags: { 259: 4 }, warning: /say T.6, the rows are T.4 1-D/ },
    { what: 'Compression says T.4', writing: T6, tags: { 259: 3 }, warning: /say T.4 1-D, the rows are T.6/ },
    {
      what: 'Compression says T.4, and it is RLE',
      writing: { coding: 'RLE' },
      tags: {},
      warning: /rows are RLE/,
    },
    {
      what: 'StripByteCounts is too small',
      writing: T4,
      tags: { 279: [2_000] },
      warning: /StripByteCounts is too small/,
    },
    {
      what: 'ImageLength is too small',
      writing: T6,
      tags: { 257: 150, 259: 4 },
      warning: /ImageLength is 150, the page has 200 rows/,
    },
    {
      what: 'ImageLength is too large',
      writing: T6,
      tags: { 257: 900, 259: 4 },
      warning: /ImageLength is 900, the page has 200 rows/,
    },
    {
      what: 'ImageLength is 0',
      writing: T6,
      tags: { 257: 0, 259: 4 },
      warning: /ImageLength is missing, the page has 200 rows/,
    },
    {
      what: 'ImageLength is absurd',
      writing: T6,
      tags: { 257: 4_000_000_000, 259: 4 },
      warning: /ImageLength is missing/,
    },
  ]
  it.each(cases)('$what', async ({ writing, tags, warning }) => {
    const page = await expectPage(write(writing, tags), PAGE)
    expect(page).toMatchObject({ treatment: 'copied', damagedRows: 0, coding: writing.coding })
    expect(page?.warnings.join()).toMatch(warning)
  })

  it('StripByteCounts reaches behind the end of the file, or is missing', async () => {
    for (const count of [999_999, 0]) {
      const page = await expectPage(write(T6, { 259: 4, 279: [count] }), PAGE)
      expect(page).toMatchObject({ treatment: 'copied', damagedRows: 0 })
    }
  })

  it('RowsPerStrip is missing', async () => {
    const { 278: _, ...tags } = faxTags(WIDTH, HEIGHT, 4)
    const page = await expectPage(writeTiff([{ tags, segments: [writeFax(PAGE, T6)] }]), PAGE)
    expect(page).toMatchObject({ treatment: 'copied' })
  })
})

describe('rows that viewers read differently are coded anew', () => {
  const white = PAGE[0]?.map(() => false) ?? []
  it('a run of no pixels before a pass mode', async () => {
    // Row 1: black from 100 to 200. Row 2, T.6: horizontal 50 white and 0 black, pass, then white to the end.
    const black = white.map((_, x) => x >= 100 && x < 200)
    const first = `001${oneDimensional(black.slice(0, 200))}1`
    const second = `001${oneDimensional(white.slice(0, 50))}000011011100011`
    const coded = toBytes(`${first}${second}${'000000000001'.repeat(2)}`, false)
    const tiff = writeTiff([{ tags: faxTags(WIDTH, 2, 4), segments: [coded] }])
    const page = await expectPage(tiff, [black, white])
    expect(page).toMatchObject({ treatment: 'reencoded', damagedRows: 0 })
  })

  it('end-of-line codes in front of some rows only', async () => {
    const rows = [PAGE[3], PAGE[4], PAGE[5]].map((row) => row ?? white)
    const endOfLine = '000000000001'
    const [one, two, three] = rows.map(oneDimensional)
    const coded = toBytes(`${endOfLine}${one}${two}${endOfLine}${three}`, false)
    const tiff = writeTiff([{ tags: faxTags(WIDTH, 3, 3), segments: [coded] }])
    expect(await expectPage(tiff, rows)).toMatchObject({ treatment: 'reencoded', damagedRows: 0 })
  })
})

/** No white run starts with nine zeros, and no end-of-line code has so few. */
const BAD_CODE = '0000000001'

function putBits(coded: Uint8Array, at: number, bits: string): void {
  for (const [index, bit] of [...bits].entries()) {
    const mask = 0x80 >> ((at + index) & 7)
    const byte = coded[(at + index) >> 3] ?? 0
    coded[(at + index) >> 3] = bit === '1' ? byte | mask : byte & ~mask
  }
}

/** Where row `index` starts in what writeFax wrote: the search that the converter does, done over. */
function rowStarts(coded: Uint8Array): number[] {
  const bits = [...coded].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return [...bits.matchAll(/0{11,}1/g)].map(({ index, 0: code }) => index + code.length)
}

describe('damaged rows', () => {
  it('in T.4 1-D repeat the row above, and nothing else changes', async () => {
    const damagedRows = [20, 77, 78]
    const tiff = write(T4, {}, (coded) => {
      const starts = rowStarts(coded)
      for (const row of damagedRows) putBits(coded, starts[row] ?? 0, BAD_CODE)
      return coded
    })
    const expected = PAGE.map((row, y) => PAGE[damagedRows.includes(y) ? (y === 20 ? 19 : 76) : y] ?? row)
    const page = await expectPage(tiff, expected)
    expect(page).toMatchObject({ treatment: 'repaired', damagedRows: 3, coding: 'T.4 1-D' })
    expect(page?.warnings).toEqual(['3 of 200 rows could not be read and repeat the row above'])
  })

  it('in T.4 2-D take the rows along that refer to them, up to the next one coded alone', async () => {
    const plain: FaxWriting = { coding: 'T.4 2-D', parameterK: 4 }
    const tiff = write(plain, { 292: 1 }, (coded) => {
      const tag = rowStarts(coded)[41] ?? 0
      putBits(coded, tag + 1, BAD_CODE)
      return coded
    })
    const expected = PAGE.map((row, y) => (y >= 41 && y < 44 ? (PAGE[40] ?? row) : row))
    expect(await expectPage(tiff, expected)).toMatchObject({ treatment: 'repaired', damagedRows: 3 })
  })

  it('a page that breaks off keeps its length, white at the end', async () => {
    for (const [writing, compression, photometric] of [
      [T4, 3, 0],
      [T6, 4, 0],
      [T6, 4, 1],
    ] as const) {
      const coded = writeFax(PAGE, writing)
      const half = coded.subarray(0, coded.length >> 1)
      const tags = faxTags(WIDTH, HEIGHT, compression, { 262: photometric })
      const tiff = writeTiff([{ tags, segments: [half] }])
      const { pdf, pages } = convertTiffToPdf(tiff, {})
      const damagedRows = pages[0]?.damagedRows ?? 0
      expect(damagedRows).toBeGreaterThan(50)
      expect(damagedRows).toBeLessThan(150)
      expect(pages[0]).toMatchObject({ treatment: 'repaired', heightPixels: HEIGHT })
      expect(pages[0]?.warnings.join()).toMatch(/breaks off after \d+ of 200 rows/)
      const shown = (black: boolean) => black !== (photometric === 1)
      const expected = PAGE.map((row, y) => row.map((black) => y < HEIGHT - damagedRows && shown(black)))
      const [picture] = await renderPdf(pdf, pages)
      expect(picture && countDifferences(picture, bitmapToPicture(expected))).toBe(0)
    }
  })

  it('a file that ends in its second page keeps the first', () => {
    const segments = [writeFax(PAGE, T6)]
    const tags = faxTags(WIDTH, HEIGHT, 4)
    const tiff = writeTiff([
      { tags, segments },
      { tags, segments },
    ])
    const { pages, warnings, ...lost } = convertTiffToPdf(tiff.subarray(0, tiff.length - 60), {})
    expect(pages).toHaveLength(1)
    expect(lost).toMatchObject({ unreadablePages: [], breaksOffAfterPage: 1 })
    expect(warnings.join()).toMatch(/the file breaks off after page 1/)
  })

  it('a page that can not be read is left out and named', () => {
    const good = { tags: faxTags(WIDTH, HEIGHT, 4), segments: [writeFax(PAGE, T6)] }
    const bad = { tags: faxTags(WIDTH, HEIGHT, 4), segments: [new Uint8Array(400)] }
    const { pages, warnings, ...lost } = convertTiffToPdf(writeTiff([good, bad, good]), {})
    expect(pages).toHaveLength(2)
    expect(lost.unreadablePages).toEqual([2])
    expect(lost).not.toHaveProperty('breaksOffAfterPage')
    expect(warnings).toEqual([expect.stringMatching(/^page 2 is missing: no row of a page/)])
  })

  it('behind a burst of noise in a real fax, rows stand where they belong', async () => {
    const sample = readSample('text-std-ecm')
    const reference = await decodeTiff(sample)
    const noise = fc.uint8Array({ minLength: 12, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 100, max: 9_900 }), noise, async (at, burst) => {
        const tiff = Uint8Array.from(sample)
        tiff.set(burst, at)
        const { pdf, pages } = convertTiffToPdf(tiff, {})
        const damagedRows = pages[0]?.damagedRows ?? 0
        expect(pages[0]).toMatchObject({ heightPixels: 1146 })
        expect(damagedRows).toBeLessThanOrEqual(24)
        const [picture] = await renderPdf(pdf, pages)
        expect(picture && countDifferentRows(picture, reference)).toBeLessThanOrEqual(damagedRows + 4)
      }),
      // One seed: noise that looks like an end-of-line code and happens to make up for a lost one can't be seen.
      { numRuns: 20, seed: 42, endOnFailure: true },
    )
  })

  it('a bit flipped anywhere in a T.4 page costs few rows', () => {
    const sample = readSample('tsi-inject')
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 10_000 }), fc.nat(7), (at, bit) => {
        const tiff = Uint8Array.from(sample)
        tiff[at] = (tiff[at] ?? 0) ^ (1 << bit)
        const [page] = convertTiffToPdf(tiff, {}).pages
        expect(page?.heightPixels).toBe(1162)
        expect(page?.damagedRows).toBeLessThanOrEqual(8)
      }),
      { numRuns: 200 },
    )
  })
})

function countDifferentRows(one: Picture, other: Picture): number {
  const rowOf = ({ width, pixels }: Picture, row: number) => pixels.subarray(row * width, (row + 1) * width)
  const rows = Array.from({ length: one.height }, (_, row) => row)
  return rows.filter((row) => {
    const shown = rowOf(other, row)
    return rowOf(one, row).some((pixel, x) => Math.abs(pixel - (shown[x] ?? 0)) > 2)
  }).length
}
