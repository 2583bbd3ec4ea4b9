import { degrees, rgb } from 'pdf-lib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { convertTiffToPdf } from '../../../shared/conversion/convert.ts'
import { decodeTiff, type Picture } from '../../../shared/conversion/testing/pixels.ts'
import { RESOLUTIONS } from '../../../shared/transmission/transmit-job.ts'
import { VERTICAL_DPI } from './page-layout.ts'
import { type RasteriseOptions, rasterisePdf } from './rasterise-pdf.ts'
import { A4, makePdf, textPdf } from './testing/pdfs.ts'
import { onePagePdf, stream } from './testing/raw-pdf.ts'

const FINE: RasteriseOptions = { resolution: 'fine', widthPixels: 1728, header: undefined }

async function draw(pdf: Uint8Array, options: Partial<RasteriseOptions> = {}): Promise<Picture> {
  return decodeTiff((await rasterisePdf(pdf, { ...FINE, ...options })).tiff)
}

/** Black pixels in a part of the picture, in pixels from the top left. */
function ink(
  { pixels, width }: Picture,
  [left, top, right, bottom]: readonly [number, number, number, number],
): number {
  let count = 0
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) if (pixels[y * width + x] === 0) count++
  return count
}

describe('a page', () => {
  it.each(RESOLUTIONS)(
    'of A4 is true to size in %s, and our own reader takes it unrepaired',
    async (resolution) => {
      const { tiff, pages } = await rasterisePdf(await textPdf(), { ...FINE, resolution })
      const rows = { standard: 1146, fine: 2292, superfine: 4572 }[resolution]
      expect(pages).toBe(1)
      expect(convertTiffToPdf(tiff, {}).pages).toMatchObject([
        {
          widthPixels: 1728,
          heightPixels: rows,
          xDpi: 204,
          yDpi: VERTICAL_DPI[resolution],
          coding: 'T.6',
          treatment: 'copied',
        },
      ])
    },
  )

  it('that is blank is a blank page', async () => {
    const { pixels } = await draw(await makePdf((document) => document.addPage(A4)))
    expect(pixels.every((pixel) => pixel === 255)).toBe(true)
  })

  it('across is turned clockwise: what was at its left is at the top', async () => {
    const pdf = await makePdf((document) => {
      const page = document.addPage([A4[1], A4[0]])
      page.drawRectangle({ x: 0, y: 0, width: 40, height: A4[0] })
    })
    const picture = await draw(pdf)
    expect(ink(picture, [20, 0, 1700, 100])).toBeGreaterThan(1670 * 95)
    expect(ink(picture, [0, 120, 1728, 2200])).toBe(0)
  })

  it('with a rotation of its own is drawn as it is shown, and of its crop box alone', async () => {
    const pdf = await makePdf((document) => {
      const page = document.addPage([1000, 1000])
      page.setCropBox(100, 100, 400, 300)
      page.setRotation(degrees(90))
      page.drawRectangle({ x: 0, y: 0, width: 1000, height: 1000 })
    })
    const { height, ...picture } = await draw(pdf)
    expect(height).toBe(Math.round((400 / 72) * 196))
    expect(ink({ height, ...picture }, [0, 0, 1728, height])).toBe(Math.round((300 / 72) * 204) * height)
  })
})

describe('what is on a page', () => {
  it.each(RESOLUTIONS)('a hairline is drawn whole wherever it falls, in %s', async (resolution) => {
    const offsets = Array.from({ length: 12 }, (_, index) => index)
    const at = (index: number): number => 100 + index * 20 + index * 0.13
    const pdf = await makePdf((document) => {
      const page = document.addPage(A4)
      for (const index of offsets) {
        const thickness = 0.1 + (index % 4) * 0.2
        page.drawLine({ start: { x: 50, y: at(index) }, end: { x: 250, y: at(index) }, thickness })
        page.drawLine({
          start: { x: at(index) + 200, y: 500 },
          end: { x: at(index) + 200, y: 700 },
          thickness,
        })
      }
    })
    const picture = await draw(pdf, { resolution })
    const { width, height } = picture
    const rows = VERTICAL_DPI[resolution] / 72
    for (let x = 170; x < 720; x += 50)
      expect(runs(Array.from({ length: height }, (_, y) => picture.pixels[y * width + x] === 0))).toBe(12)
    const tops = [180, 220, 260].map((points) => Math.round(points * rows))
    for (const y of tops)
      expect(runs(Array.from({ length: width }, (_, x) => picture.pixels[y * width + x] === 0))).toBe(12)
  })

  it('fields of a form have what was filled in, with and without a stored appearance', async () => {
    const pdf = await makePdf((document, font) => {
      const page = document.addPage(A4)
      const field = document.getForm().createTextField('name')
      field.setText('Erika Mustermann')
      field.addToPage(page, { x: 100, y: 700, width: 200, height: 24, font })
    })
    const bare = onePagePdf({
      catalog:
        '/AcroForm << /Fields [5 0 R] /NeedAppearances true /DA (/Helv 12 Tf 0 g) /DR << /Font << /Helv 6 0 R >> >> >>',
      page: '/Annots [5 0 R]',
      more: [
        '<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Erika Mustermann) /Rect [100 700 300 724] /F 4 /DA (/Helv 12 Tf 0 g) >>',
        '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
      ],
    })
    for (const each of [pdf, bare]) expect(ink(await draw(each), [300, 300, 900, 420])).toBeGreaterThan(1000)
  })

  it('annotations are as printed: a stamp with its flag is there, one without is not', async () => {
    const stamped = (flags: number) =>
      onePagePdf({
        page: '/Annots [5 0 R]',
        more: [
          `<< /Type /Annot /Subtype /Stamp /Rect [100 700 200 800] /F ${flags} /AP << /N 6 0 R >> >>`,
          stream('0 0 100 100 re f', '/Type /XObject /Subtype /Form /BBox [0 0 100 100]'),
        ],
      })
    const [printed, shown] = [await draw(stamped(4)), await draw(stamped(0))]
    expect(ink(printed, [0, 0, 1728, 800])).toBeGreaterThan(70_000)
    expect(ink(shown, [0, 0, 1728, 800])).toBe(0)
  })

  it('white on black stays white on black', async () => {
    const pdf = await makePdf((document, font) => {
      const page = document.addPage(A4)
      page.drawRectangle({ x: 0, y: 600, width: A4[0], height: 200 })
      page.drawText('white', { x: 100, y: 700, size: 40, font, color: rgb(1, 1, 1) })
    })
    const area = [290, 250, 600, 420] as const
    const black = ink(await draw(pdf), area)
    expect(black).toBeGreaterThan(310 * 170 * 0.6)
    expect(black).toBeLessThan(310 * 170 * 0.95)
  })
})

function runs(pixels: readonly boolean[]): number {
  return pixels.filter((black, index) => black && pixels[index - 1] !== true).length
}

describe('the line above each page', () => {
  const header = (page: number, pages: number): string => `25.11.2026  Praxis Müller  ${page}/${pages}`

  it.each(RESOLUTIONS)('stands in the margin, and moves nothing, in %s', async (resolution) => {
    const pdf = await textPdf()
    const [plain, headed] = [await draw(pdf, { resolution }), await draw(pdf, { resolution, header })]
    const rows = Math.ceil(VERTICAL_DPI[resolution] / 4)
    const { width, height } = plain
    expect(ink(headed, [0, 0, width, rows])).toBeGreaterThan(rows * 20)
    expect(ink(plain, [0, 0, width, rows])).toBe(0)
    const [below, same] = [headed, plain].map(({ pixels }) => pixels.subarray(rows * width))
    expect(Buffer.compare(below ?? new Uint8Array(), same ?? new Uint8Array())).toBe(0)
    expect(headed.height).toBe(height)
  })

  it('covers nothing of a page that begins at its very top: the page is made smaller to make room', async () => {
    const full = await makePdf((document) =>
      document.addPage(A4).drawRectangle({ x: 0, y: 0, width: A4[0], height: A4[1] }),
    )
    const picture = await draw(full, { header })
    expect(picture.height).toBe(2292)
    expect(ink(picture, [0, 0, 1728, 49])).toBeLessThan(20_000)
    expect(ink(picture, [500, 50, 501, 2292])).toBeGreaterThan(2240)
  })

  it('is on every page, with its number', async () => {
    const seen: string[] = []
    const { pages } = await rasterisePdf(await textPdf(3), {
      ...FINE,
      header: (page, of) => {
        seen.push(`${page}/${of}`)
        return 'x'
      },
    })
    expect(pages).toBe(3)
    expect(seen).toEqual(['1/3', '2/3', '3/3'])
  })

  it('that is far too long is squeezed into the width', async () => {
    const picture = await draw(await textPdf(), { header: () => 'W'.repeat(150) })
    expect(ink(picture, [0, 0, 30, 49])).toBe(0)
    expect(ink(picture, [1690, 0, 1728, 49])).toBe(0)
    expect(ink(picture, [1600, 0, 1690, 49])).toBeGreaterThan(100)
  })
})

it('tells how long it takes on the line, and shows the first page', async () => {
  const fax = await rasterisePdf(await textPdf(2), FINE)
  expect(fax.lineSeconds).toBeCloseTo((fax.tiff.length * 8) / 14_400, -1)
  expect(fax.warnings).toEqual([])
  const { width, height, format, channels } = await sharp(fax.firstPagePng).metadata()
  expect({ width, height, format, channels }).toEqual({ width: 432, height: 597, format: 'png', channels: 1 })
  const { dominant, channels: statistics } = await sharp(fax.firstPagePng).stats()
  expect(dominant.r).toBeGreaterThan(240)
  expect(statistics[0]?.min).toBeLessThan(100)
})
