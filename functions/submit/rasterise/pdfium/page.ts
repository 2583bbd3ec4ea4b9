import type { RasteriseLimits } from '../limits.ts'
import type { PageSize } from '../page-layout.ts'
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
): PageSize {
  const pointer = calls.malloc(SIZE_BYTES)
  const isThere = calls.FPDF_GetPageSizeByIndexF(document, index, pointer) !== 0
  const [widthPoints = 0, heightPoints = 0] = new Float32Array(calls.memory.buffer, pointer, 2)
  calls.free(pointer)
  if (!isThere || !(widthPoints > 0) || !(heightPoints > 0)) throw unreadable(index)
  const inches = [widthPoints / POINTS_PER_INCH, heightPoints / POINTS_PER_INCH]
  if (Math.max(...inches) > limits.pageInches)
    throw new PdfRefused(
      'page-too-large',
      `Page ${index + 1} of the PDF is ${inches.map((each) => each.toFixed(1)).join(' by ')} inches; at most ${limits.pageInches} can be faxed.`,
    )
  return { widthPoints, heightPoints }
}

/** Throws {@link PdfRefused}. */
export function loadPage({ calls }: Pdfium, document: Pointer, form: Pointer, index: number): Pointer {
  const page = calls.FPDF_LoadPage(document, index)
  if (page === 0) throw unreadable(index)
  if (form !== 0) calls.FORM_OnAfterLoadPage(page, form)
  return page
}

export function closePage({ calls }: Pdfium, form: Pointer, page: Pointer): void {
  if (form !== 0) calls.FORM_OnBeforeClosePage(page, form)
  calls.FPDF_ClosePage(page)
}

function unreadable(index: number): PdfRefused {
  return new PdfRefused('broken', `Page ${index + 1} of the PDF is damaged and can't be read.`)
}
