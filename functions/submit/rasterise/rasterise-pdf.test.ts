import { describe, expect, it } from 'vitest'
import { convertTiffToPdf } from '../../../shared/conversion/convert.ts'
import { decodeTiff } from '../../../shared/conversion/testing/pixels.ts'
import { RESOLUTIONS } from '../../../shared/transmission/transmit-job.ts'
import { type RasteriseOptions, rasterisePdf } from './rasterise-pdf.ts'
import { A4, makePdf, textPdf } from './testing/pdfs.ts'

const FINE: RasteriseOptions = { resolution: 'fine', widthPixels: 1728, header: undefined }

describe('a page', () => {
  it.each(RESOLUTIONS)(
    'of A4 is true to size in %s, and our own reader takes it unrepaired',
    async (resolution) => {
      const { tiff, pages } = await rasterisePdf(await textPdf(), { ...FINE, resolution })
      const rows = { standard: 1146, fine: 2292, superfine: 4572 }[resolution]
      const dpi = { standard: 98, fine: 196, superfine: 391 }[resolution]
      expect(pages).toBe(1)
      expect(convertTiffToPdf(tiff, {}).pages).toMatchObject([
        { widthPixels: 1728, heightPixels: rows, xDpi: 204, yDpi: dpi, coding: 'T.6', treatment: 'copied' },
      ])
    },
  )

  it('that is blank is a blank page', async () => {
    const { tiff } = await rasterisePdf(await makePdf((document) => document.addPage(A4)), FINE)
    const { pixels } = await decodeTiff(tiff)
    expect(pixels.every((pixel) => pixel === 255)).toBe(true)
  })
})
