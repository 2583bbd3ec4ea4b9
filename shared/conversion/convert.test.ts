import { decodePDFRawStream, PDFDict, PDFDocument, PDFName, PDFRawStream } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { convertTiffToPdf, type DocumentFacts } from './convert.ts'
import { bitmapToPicture, drawTestPage } from './testing/bitmap.ts'
import { type FaxWriting, writeFax } from './testing/fax-writer.ts'
import { countDifferences, decodeTiff, renderPdf } from './testing/pixels.ts'
import { readSample, SAMPLES } from './testing/samples.ts'
import { faxTags, type TagValue, type TiffWriting, writeTiff } from './testing/tiff-writer.ts'

const FACTS: DocumentFacts = {
  faxId: '20261123T054634Z-0123456789ab',
  source: '0478123456',
  destination: '0112697845',
  stationId: "'\u0007Zoé (bureau)",
  receivedAt: new Date('2026-11-23T05:46:34Z'),
}

describe('faxes that Asterisk received', () => {
  it.each(SAMPLES)(
    '$name comes out pixel for pixel, copied',
    async ({ name, heightPixels, yDpi, damagedRows }) => {
      const tiff = readSample(name)
      const { pdf, pages, warnings } = convertTiffToPdf(tiff, FACTS)
      expect(pages).toMatchObject([
        {
          widthPixels: 1728,
          heightPixels,
          xDpi: 204,
          yDpi,
          coding: 'T.4 2-D',
          treatment: 'copied',
          damagedRows,
        },
      ])
      expect(warnings).toEqual([])
      const [picture] = await renderPdf(pdf, pages)
      expect(picture && countDifferences(picture, await decodeTiff(tiff))).toBe(0)
      expect(pdf.length).toBeLessThanOrEqual(tiff.length + 1_000 * pages.length + 3_000)
    },
  )

  it('the paper has its true size, also where pixels are not square', async () => {
    for (const { name, heightPixels, yDpi } of SAMPLES) {
      const [page] = await openPages(convertTiffToPdf(readSample(name), {}).pdf)
      expect(page?.getWidth()).toBeCloseTo((1728 / 204) * 72, 1)
      expect(page?.getHeight()).toBeCloseTo((heightPixels / yDpi) * 72, 1)
    }
  })
})

interface Written {
  what: string
  writing: FaxWriting
  tags?: Record<number, TagValue>
  tiff?: TiffWriting
  width?: number
}

const COMPRESSION = { 'T.4 1-D': 3, 'T.4 2-D': 3, 'T.6': 4, RLE: 2 } as const
const HEIGHT = 121

function writePage({ writing, tags, tiff, width = 1728 }: Written): Uint8Array {
  const coded = writeFax(drawTestPage(width, HEIGHT), writing)
  const stated = {
    266: writing.leastSignificantFirst ? 2 : 1,
    292: writing.coding === 'T.4 2-D' ? 1 : 0,
    ...tags,
  }
  return writeTiff(
    [{ tags: faxTags(width, HEIGHT, COMPRESSION[writing.coding], stated), segments: [coded] }],
    tiff,
  )
}

const COPIED: Written[] = [
  { what: 'T.4 1-D', writing: { coding: 'T.4 1-D' } },
  { what: 'T.4 1-D without end-of-line codes', writing: { coding: 'T.4 1-D', endOfLines: false } },
  { what: 'T.4 1-D with fill bits', writing: { coding: 'T.4 1-D', fillBits: true }, tags: { 292: 4 } },
  { what: 'T.4 1-D with RTC', writing: { coding: 'T.4 1-D', endOfBlock: true } },
  { what: 'T.4 1-D, LSB first', writing: { coding: 'T.4 1-D', leastSignificantFirst: true } },
  { what: 'T.4 2-D', writing: { coding: 'T.4 2-D' } },
  { what: 'T.4 2-D with fill bits', writing: { coding: 'T.4 2-D', fillBits: true }, tags: { 292: 5 } },
  {
    what: 'T.4 2-D with RTC, LSB first',
    writing: { coding: 'T.4 2-D', endOfBlock: true, leastSignificantFirst: true },
  },
  { what: 'T.6', writing: { coding: 'T.6' } },
  { what: 'T.6 with EOFB', writing: { coding: 'T.6', endOfBlock: true } },
  { what: 'T.6, LSB first', writing: { coding: 'T.6', leastSignificantFirst: true } },
  { what: 'RLE', writing: { coding: 'RLE' } },
  { what: 'T.6, big-endian', writing: { coding: 'T.6' }, tiff: { bigEndian: true } },
  { what: 'T.6, BigTIFF', writing: { coding: 'T.6' }, tiff: { big: true } },
  {
    what: 'T.4 2-D, BigTIFF, big-endian',
    writing: { coding: 'T.4 2-D' },
    tiff: { big: true, bigEndian: true },
  },
  { what: 'T.6, 2048 wide', writing: { coding: 'T.6' }, width: 2048 },
  { what: 'T.6, 2432 wide', writing: { coding: 'T.6' }, width: 2432 },
  { what: 'T.4 2-D, 5432 wide', writing: { coding: 'T.4 2-D' }, width: 5432 },
  { what: 'T.4 1-D, 1001 wide', writing: { coding: 'T.4 1-D' }, width: 1001 },
  { what: 'T.6, 9 wide', writing: { coding: 'T.6' }, width: 9 },
  { what: 'RLE, 33 wide', writing: { coding: 'RLE' }, width: 33 },
]

describe('clean pages are copied', () => {
  for (const photometric of [0, 1]) {
    it.each(COPIED)(`$what, photometric interpretation ${photometric}`, async (written) => {
      const tiff = writePage({ ...written, tags: { ...written.tags, 262: photometric } })
      const { pdf, pages } = convertTiffToPdf(tiff, FACTS)
      expect(pages).toMatchObject([
        {
          treatment: 'copied',
          coding: written.writing.coding,
          heightPixels: HEIGHT,
          damagedRows: 0,
          warnings: [],
        },
      ])
      const [picture] = await renderPdf(pdf, pages)
      expect(picture && countDifferences(picture, await decodeTiff(tiff))).toBe(0)
    })
  }

  it('several pages of different kinds in one file', async () => {
    const bitmaps = [drawTestPage(1728, 100, 1), drawTestPage(1728, 50, 2), drawTestPage(2048, 80, 3)]
    const codings = ['T.4 1-D', 'T.6', 'T.4 2-D'] as const
    const tiff = writeTiff(
      bitmaps.map((bitmap, index) => {
        const coding = codings[index] ?? 'T.6'
        const options = { 292: coding === 'T.4 2-D' ? 1 : 0 }
        const tags = faxTags(bitmap[0]?.length ?? 0, bitmap.length, COMPRESSION[coding], options)
        return { tags, segments: [writeFax(bitmap, { coding })] }
      }),
    )
    const { pdf, pages } = convertTiffToPdf(tiff, FACTS)
    expect(pages.map((page) => page.coding)).toEqual(codings)
    const pictures = await renderPdf(pdf, pages)
    expect(pictures).toHaveLength(3)
    for (const [index, picture] of pictures.entries()) {
      expect(countDifferences(picture, bitmapToPicture(bitmaps[index] ?? []))).toBe(0)
    }
  })
})

describe('the size of the paper', () => {
  const cases: {
    what: string
    tags: Record<number, TagValue>
    xDpi: number
    yDpi: number
    warned: boolean
  }[] = [
    {
      what: 'inches',
      tags: { 282: { rational: 204 }, 283: { rational: 98 } },
      xDpi: 204,
      yDpi: 98,
      warned: false,
    },
    {
      what: 'centimetres',
      tags: { 282: { rational: 80.3 }, 283: { rational: 38.5 }, 296: 3 },
      xDpi: 203.96,
      yDpi: 97.79,
      warned: false,
    },
    {
      what: 'no unit',
      tags: { 282: { rational: 204 }, 283: { rational: 196 }, 296: 1 },
      xDpi: 204,
      yDpi: 196,
      warned: false,
    },
    {
      what: 'a shape alone',
      tags: { 282: { rational: 1 }, 283: { rational: 1 }, 296: 1 },
      xDpi: 204,
      yDpi: 98,
      warned: true,
    },
    { what: 'zero', tags: { 282: { rational: 0 }, 283: { rational: 0 } }, xDpi: 204, yDpi: 98, warned: true },
  ]
  it.each(cases)('from $what', ({ tags, xDpi, yDpi, warned }) => {
    const tiff = writePage({ what: '', writing: { coding: 'T.6' }, tags })
    const [page] = convertTiffToPdf(tiff, {}).pages
    expect(page).toMatchObject({ xDpi, yDpi })
    expect(page?.warnings.length === 1).toBe(warned)
  })

  it('a roll longer than PDF allows keeps its length by larger units', async () => {
    const tiff = writePage({
      what: '',
      writing: { coding: 'T.6' },
      tags: { 283: { rational: 10 }, 282: { rational: 10 } },
      width: 9000,
    })
    const { pdf } = convertTiffToPdf(tiff, {})
    const [page] = await openPages(pdf)
    const userUnit = Number(page?.node.get(PDFName.of('UserUnit'))?.toString())
    expect(userUnit).toBe(5)
    expect((page?.getWidth() ?? 0) * userUnit).toBeCloseTo(900 * 72, 0)
  })
})

describe('orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i shows as it was scanned', async (orientation) => {
    const bitmap = drawTestPage(160, 121)
    const tiff = writeTiff([
      {
        tags: faxTags(160, 121, 4, { 274: orientation, 282: { rational: 100 }, 283: { rational: 100 } }),
        segments: [writeFax(bitmap, { coding: 'T.6' })],
      },
    ])
    const { pdf } = convertTiffToPdf(tiff, {})
    const onItsSide = orientation >= 5
    const size = onItsSide ? { widthPixels: 121, heightPixels: 160 } : { widthPixels: 160, heightPixels: 121 }
    const [picture] = await renderPdf(pdf, [size])
    const at = (x: number, y: number): boolean => {
      const mirroredX = size.widthPixels - 1 - x
      const mirroredY = size.heightPixels - 1 - y
      const row = [y, y, mirroredY, mirroredY, x, mirroredX, mirroredX, x][orientation - 1] ?? 0
      const column = [x, mirroredX, mirroredX, x, y, y, mirroredY, mirroredY][orientation - 1] ?? 0
      return bitmap[row]?.[column] ?? false
    }
    const expected = Array.from({ length: size.heightPixels }, (_, y) =>
      Array.from({ length: size.widthPixels }, (_, x) => at(x, y)),
    )
    expect(picture && countDifferences(picture, bitmapToPicture(expected))).toBe(0)
  })
})

describe('the document', () => {
  it('tells of the fax, in its properties and as XMP', async () => {
    const { pdf } = convertTiffToPdf(readSample('text-std-ecm'), FACTS)
    const document = await PDFDocument.load(pdf, { updateMetadata: false })
    expect(document.getTitle()).toBe('Fax from 0478123456 to 0112697845')
    expect(document.getAuthor()).toBe('0478123456')
    expect(document.getSubject()).toBe(
      "1 page, sent by station ' Zoé (bureau), received 2026-11-23T05:46:34Z",
    )
    expect(document.getKeywords()).toBe('20261123T054634Z-0123456789ab')
    expect(document.getCreationDate()).toEqual(new Date('2026-11-23T05:46:34Z'))
    const xmp = readXmp(document)
    expect(xmp).toContain('Fax from 0478123456 to 0112697845')
    expect(xmp).toContain('<xmp:CreateDate>2026-11-23T05:46:34Z</xmp:CreateDate>')
    expect(xmp).toContain('<pdfaid:part>2</pdfaid:part>')
  })

  it('takes the time from the TIFF when the facts have none', async () => {
    const { pdf } = convertTiffToPdf(readSample('text-std-ecm'), {})
    expect(Buffer.from(pdf).toString('latin1')).toContain('/CreationDate(D:20261123054124)')
  })

  it('can not be broken out of by a station ID', async () => {
    const stationId = ')>>endobj <script>&\\ \u2028 ]]> \ud800'
    const { pdf } = convertTiffToPdf(readSample('text-std-ecm'), { stationId })
    const document = await PDFDocument.load(pdf, { updateMetadata: false })
    expect(document.getAuthor()).toBe(')>>endobj <script>&\\   ]]> \ufffd')
    expect(readXmp(document)).toContain(
      '<rdf:li>)&gt;&gt;endobj &lt;script&gt;&amp;\\   ]]&gt; \ufffd</rdf:li>',
    )
  })

  it('is the same for the same fax', () => {
    const tiff = readSample('text-fine-noecm')
    expect(convertTiffToPdf(tiff, FACTS).pdf).toEqual(convertTiffToPdf(tiff, FACTS).pdf)
  })
})

async function openPages(pdf: Uint8Array) {
  return (await PDFDocument.load(pdf, { updateMetadata: false })).getPages()
}

function readXmp(document: PDFDocument): string {
  const stream = document.context.lookup(document.catalog.get(PDFName.of('Metadata')))
  if (!(stream instanceof PDFRawStream) || !(stream.dict instanceof PDFDict))
    throw new Error('no metadata stream')
  return Buffer.from(decodePDFRawStream(stream).decode()).toString('utf8')
}
