import type { RasteriseLimits } from '../limits.ts'
import { PdfRefused } from '../refused.ts'
import type { Pointer } from './exports.ts'
import { type Pdfium, place } from './instance.ts'

/** FPDF_GetLastError. */
const WRONG_PASSWORD = 4
const UNKNOWN_SECURITY = 5
/** FPDF_GetFormType: the pages are computed by a program in the form, and what is stored is a sheet that says so. */
const XFA_FULL = 2
/** ISO 32000-1 table 22, bit 3. */
const MAY_PRINT = 4
/** ISO 32000-1 annex H.3, note 13: viewers look for the header in so many bytes. */
const HEADER_WITHIN_BYTES = 1024

export interface OpenDocument {
  pointer: Pointer
  pages: number
  warnings: string[]
}

/** Throws {@link PdfRefused}. */
export function openDocument(pdfium: Pdfium, pdf: Uint8Array, limits: RasteriseLimits): OpenDocument {
  if (pdf.length > limits.fileBytes)
    throw new PdfRefused(
      'too-large',
      `The PDF has ${megabytes(pdf.length)}; at most ${megabytes(limits.fileBytes)} can be faxed.`,
    )
  if (!Buffer.from(pdf.buffer, pdf.byteOffset, Math.min(pdf.length, HEADER_WITHIN_BYTES)).includes('%PDF-'))
    throw new PdfRefused('not-a-pdf', `The file is no PDF: it ${describeStart(pdf)}.`)
  const { calls } = pdfium
  // PDFium reads from this copy for as long as the document is open.
  const pointer = calls.FPDF_LoadMemDocument(place(pdfium, pdf), pdf.length, 0)
  if (pointer === 0) throw reasonOfFailure(calls.FPDF_GetLastError())
  const pages = calls.FPDF_GetPageCount(pointer)
  if (pages <= 0) throw new PdfRefused('no-pages', 'The PDF has no pages.')
  if (pages > limits.pages)
    throw new PdfRefused(
      'too-many-pages',
      `The PDF has ${pages} pages; at most ${limits.pages} can be sent as one fax.`,
    )
  if (calls.FPDF_GetFormType(pointer) === XFA_FULL)
    throw new PdfRefused(
      'dynamic-form',
      'The PDF is a dynamic XFA form, whose pages only its own program can draw; print it to a new PDF and send that.',
    )
  const mayPrint = (calls.FPDF_GetDocPermissions(pointer) & MAY_PRINT) !== 0
  return { pointer, pages, warnings: mayPrint ? [] : ["the PDF's author did not want it to be printed"] }
}

function reasonOfFailure(code: number): PdfRefused {
  if (code === WRONG_PASSWORD)
    return new PdfRefused(
      'encrypted',
      'The PDF opens with a password only; save it without one and send that.',
    )
  if (code === UNKNOWN_SECURITY)
    return new PdfRefused(
      'encrypted',
      'The PDF is encrypted in a way that is not known here; save it without.',
    )
  return new PdfRefused('broken', 'The PDF is damaged, and no page of it can be read.')
}

function describeStart(file: Uint8Array): string {
  if (file.length === 0) return 'is empty'
  const start = [...file.subarray(0, 8)].map((byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
  )
  return `begins with ${JSON.stringify(start.join(''))}, and %PDF- was expected`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
