import type { FaxCoding } from './fax-coding/row-reader.ts'
import type { PdfImage } from './pdf/document.ts'

/** One page's image, ready for the PDF, and what became of it on the way. */
export interface ConvertedPage {
  image: PdfImage
  coding: FaxCoding | 'other'
  treatment: 'copied' | 'reencoded' | 'repaired'
  damagedRows: number
  warnings: string[]
}

const FILTER_PARAMETERS: Record<FaxCoding, string> = {
  'T.4 1-D': '/K 0',
  'T.4 2-D': '/K 1',
  'T.6': '/K -1',
  RLE: '/K 0/EncodedByteAlign true',
}

/**
 * The parameters on which poppler, MuPDF, Ghostscript, PDFium and pdf.js agree. EncodedByteAlign stays off for T.4 even
 * where fill bits align its end-of-line codes: with it, four of the five misread the page.
 */
export function faxImage(
  coding: FaxCoding,
  widthPixels: number,
  heightPixels: number,
  minIsBlack: boolean,
  data: Uint8Array,
): PdfImage {
  const parameters = `${FILTER_PARAMETERS[coding]}/Columns ${widthPixels}/Rows ${heightPixels}/EndOfBlock false`
  return {
    widthPixels,
    heightPixels,
    bitsPerComponent: 1,
    colorSpace: '/DeviceGray',
    filter: `/Filter/CCITTFaxDecode/DecodeParms<<${parameters}${minIsBlack ? '/BlackIs1 true' : ''}>>`,
    data,
  }
}
