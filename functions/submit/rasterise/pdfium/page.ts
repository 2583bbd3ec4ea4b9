import type { RasteriseLimits } from '../limits.ts'
import { PdfRefused } from '../refused.ts'
import type { Pointer } from './exports.ts'
import type { Pdfium } from './instance.ts'

const POINTS_PER_INCH = 72
/** Width and height, as floats. */
const SIZE_BYTES = 8

/** As it is shown, with the page's own rotation and its crop box. Throws {@link PdfRefused}. */
export function pageSize(
  { calls }: Pdfium,
  document: Pointer,
  index: number,
  limits: RasteriseLimits,
): { widthPoints: number; heightPoints: number } {
  const pointer = calls.malloc(SIZE_BYTES)
  const isThere = calls.FPDF_GetPageSizeByIndexF(document, index, pointer) !== 0
  const view = new DataView(calls.memory.buffer, pointer, SIZE_BYTES)
  const [widthPoints, heightPoints] = [view.getFloat32(0, true), view.getFloat32(4, true)]
  calls.free(pointer)
  if (!isThere || !(widthPoints > 0) || !(heightPoints > 0))
    throw new PdfRefused('broken', `Page ${index + 1} of the PDF can't be read.`)
  const inches = [widthPoints / POINTS_PER_INCH, heightPoints / POINTS_PER_INCH]
  if (Math.max(...inches) > limits.pageInches)
    throw new PdfRefused(
      'page-too-large',
      `Page ${index + 1} of the PDF is ${inches.map((each) => each.toFixed(1)).join(' by ')} inches; at most ${limits.pageInches} are drawn.`,
    )
  return { widthPoints, heightPoints }
}

/** Throws {@link PdfRefused} for a page that can't be read, or that holds more than a page can. */
export function loadPage(
  { calls }: Pdfium,
  document: Pointer,
  index: number,
  _limits: RasteriseLimits,
): Pointer {
  const page = calls.FPDF_LoadPage(document, index)
  if (page === 0) throw new PdfRefused('broken', `Page ${index + 1} of the PDF can't be read.`)
  return page
}
