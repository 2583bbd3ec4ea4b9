import type { RasteriseLimits } from '../limits.ts'
import { PdfRefused } from '../refused.ts'
import type { Pointer } from './exports.ts'
import { type Pdfium, place } from './instance.ts'

/** FPDF_GetLastError. */
const WRONG_PASSWORD = 4
const UNKNOWN_SECURITY = 5
/** FPDF_GetFormType. */
const NO_FORM = 0
/** The pages are computed by a program in the form, and what is stored is a sheet that says so. */
const XFA_FULL = 2
/** ISO 32000-1 table 22, bit 3. */
const MAY_PRINT = 4
/** Acrobat's implementation notes 13 and 18 to PDF 1.7: the header is among the first, the end mark among the last so many bytes. */
const HEADER_WITHIN_BYTES = 1024
/** With room for what mail programs and servers append. */
const END_WITHIN_BYTES = 8192

/** FPDF_FORMFILLINFO has some forty places for callbacks; none is ours. */
const CALLBACKS_BYTES = 512
const CALLBACKS_VERSION = 1

export interface OpenDocument {
  pointer: Pointer
  /** What draws the fields of its form; 0: it has none. */
  form: Pointer
  pages: number
  warnings: string[]
}

/** Throws {@link PdfRefused}. */
export function openDocument(pdfium: Pdfium, pdf: Uint8Array, limits: RasteriseLimits): OpenDocument {
  checkFile(pdf, limits)
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
  const mayPrint = (calls.FPDF_GetDocPermissions(pointer) & MAY_PRINT) !== 0
  const warnings = mayPrint ? [] : ["the PDF's author did not want it to be printed"]
  return { pointer, pages, warnings, form: openForm(pdfium, pointer) }
}

/** PDFium here is built without an engine for scripts: the form's fields have what was filled in, and compute nothing. */
function openForm(pdfium: Pdfium, document: Pointer): Pointer {
  const type = pdfium.calls.FPDF_GetFormType(document)
  if (type === XFA_FULL)
    throw new PdfRefused(
      'dynamic-form',
      'The PDF is a dynamic XFA form, whose pages only its own program can draw; print it to a new PDF and send that.',
    )
  if (type === NO_FORM) return 0
  const callbacks = new Uint8Array(CALLBACKS_BYTES)
  callbacks[0] = CALLBACKS_VERSION
  // Kept for as long as the document is open.
  return pdfium.calls.FPDFDOC_InitFormFillEnvironment(document, place(pdfium, callbacks))
}

function checkFile(pdf: Uint8Array, limits: RasteriseLimits): void {
  if (pdf.length > limits.fileBytes)
    throw new PdfRefused(
      'too-large',
      `The PDF has ${megabytes(pdf.length)}; at most ${megabytes(limits.fileBytes)} can be faxed.`,
    )
  if (!textOf(pdf.subarray(0, HEADER_WITHIN_BYTES)).includes('%PDF-'))
    throw new PdfRefused('not-a-pdf', `The file is no PDF: it ${describeStart(pdf)}.`)
  // PDFium would find its way without the end, and nobody would know of the pages that are missing.
  if (!textOf(pdf.subarray(-END_WITHIN_BYTES)).includes('%%EOF'))
    throw new PdfRefused('broken', 'The PDF breaks off before its end; save it anew and send that.')
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
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
