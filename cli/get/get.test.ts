import { describe, expect, it } from 'vitest'
import { keyOf, keyOfTransmission } from './get.ts'

const ID = '20261125T090000Z-9pncjvmdn1vq'
const FAX = { id: ID, state: 'routed', tiffKey: 'incoming/main/a.tif', pdfKey: 'pdf/main/a.pdf' } as const
const SENT = { id: ID, state: 'refused', documentKey: 'outgoing/main/a.pdf' } as const
const PAGES = {
  tiffKey: 'transmit/main/a.tif',
  tiffBytes: 100,
  sha256: '',
  pages: 1,
  pictureKey: 'transmit/main/a.png',
  lineSeconds: 12,
  warnings: [],
}

describe('the file of a fax that was received', () => {
  it('is the PDF that was made of it, or the TIFF', () => {
    expect(keyOf(FAX, 'pdf')).toBe('pdf/main/a.pdf')
    expect(keyOf(FAX, 'tiff')).toBe('incoming/main/a.tif')
  })

  it.each([
    ['received', undefined, 'it is still under way'],
    ['refused', 'no TIFF.', 'it is refused, no TIFF. The file as it was received: --tiff'],
  ] as const)('is none where it is %s', (state, reason, words) => {
    const { pdfKey: _, ...rest } = FAX
    expect(() => keyOf({ ...rest, state, reason }, 'pdf')).toThrow(words)
  })
})

describe('the file of a fax that was to be sent', () => {
  it('is its document, or its pages', () => {
    expect(keyOfTransmission(SENT, 'pdf')).toBe('outgoing/main/a.pdf')
    expect(keyOfTransmission({ ...SENT, rasterised: PAGES }, 'tiff')).toBe('transmit/main/a.tif')
  })

  it('is none where no pages were made', () => {
    expect(() => keyOfTransmission({ ...SENT, reason: 'The PDF is encrypted.' }, 'tiff')).toThrow(
      `no pages were made of ${ID}: it is refused, The PDF is encrypted. The document as it came: without --tiff`,
    )
  })
})
