import fc from 'fast-check'
import { expect, it } from 'vitest'
import { convertTiffToPdf } from '../convert.ts'
import { T6Encoder } from '../fax-coding/t6-encoder.ts'
import { bitmapToPicture, drawTestPage, transitionsOf } from '../testing/bitmap.ts'
import { countDifferences, decodeTiff } from '../testing/pixels.ts'
import { type FaxPageToWrite, writeFaxTiff } from './fax-tiff.ts'

function page(seed: number, widthPixels: number, heightPixels: number, yDpi: number) {
  const bitmap = drawTestPage(widthPixels, heightPixels, seed)
  const encoder = new T6Encoder(widthPixels, 1000)
  for (const row of bitmap) {
    const { transitions, count } = transitionsOf(row)
    encoder.addRow(transitions, count)
  }
  const written: FaxPageToWrite = { widthPixels, heightPixels, xDpi: 204, yDpi, coded: encoder.finish() }
  return { written, picture: bitmapToPicture(bitmap) }
}

it('is read by libtiff and by our own reader, every page with its pixels, size and resolution', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          width: fc.constantFrom(1728, 2048),
          height: fc.integer({ min: 1, max: 40 }),
          yDpi: fc.constantFrom(98, 196, 391),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      async (sizes) => {
        const pages = sizes.map(({ width, height, yDpi }, index) => page(index + 1, width, height, yDpi))
        const tiff = writeFaxTiff(pages.map(({ written }) => written))
        const { pages: read, warnings } = convertTiffToPdf(tiff, {})
        expect(warnings).toEqual([])
        expect(read).toMatchObject(
          sizes.map(({ width, height, yDpi }) => ({
            widthPixels: width,
            heightPixels: height,
            xDpi: 204,
            yDpi,
            coding: 'T.6',
            treatment: 'copied',
            warnings: [],
          })),
        )
        for (const [index, { picture }] of pages.entries())
          expect(countDifferences(await decodeTiff(tiff, index), picture)).toBe(0)
      },
    ),
    { numRuns: 8 },
  )
})
