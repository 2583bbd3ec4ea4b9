import { type GreyPage, greyPage, WHITE } from '../black-and-white/grey-page.ts'
import type { Pointer } from './exports.ts'
import { type Pdfium, PdfiumAborted } from './instance.ts'

/** FPDFBitmap_Gray: a byte a pixel. */
const GREY = 1
/** Annotations, such as stamps and notes, as they are printed. */
const ANNOTATIONS = 0x01
const PRINTING = 0x800
const DRAWN_AS_PRINTED = ANNOTATIONS | PRINTING

/** Where a page goes on the canvas, in pixels from the top left; turned clockwise. */
export interface Placement {
  left: number
  top: number
  width: number
  rows: number
  quarterTurns: 0 | 1
}

/** One bitmap in PDFium's memory, which each page is drawn into after the one before it has been read. */
export class Canvas {
  readonly #pdfium: Pdfium
  #pixels: Pointer = 0
  #reservedBytes = 0
  #widthPixels = 0
  #heightRows = 0

  constructor(pdfium: Pdfium) {
    this.#pdfium = pdfium
  }

  clear(widthPixels: number, heightRows: number): void {
    const sizeBytes = widthPixels * heightRows
    this.#reserve(sizeBytes)
    this.#widthPixels = widthPixels
    this.#heightRows = heightRows
    new Uint8Array(this.#pdfium.calls.memory.buffer, this.#pixels, sizeBytes).fill(WHITE)
  }

  /** `form`: of the page's document, with fields to draw, or 0. */
  draw(page: Pointer, form: Pointer, placement: Placement): void {
    const { calls } = this.#pdfium
    const { left, top, width, rows, quarterTurns } = placement
    const [columns, height] = [this.#widthPixels, this.#heightRows]
    const bitmap = calls.FPDFBitmap_CreateEx(columns, height, GREY, this.#pixels, columns)
    if (bitmap === 0) throw new PdfiumAborted('no memory for a page')
    calls.FPDF_RenderPageBitmap(bitmap, page, left, top, width, rows, quarterTurns, DRAWN_AS_PRINTED)
    if (form !== 0)
      calls.FPDF_FFLDraw(form, bitmap, page, left, top, width, rows, quarterTurns, DRAWN_AS_PRINTED)
    calls.FPDFBitmap_Destroy(bitmap)
  }

  /** Valid until PDFium is called again: its memory may move. */
  look(verticalDpi: number): GreyPage {
    const size = { widthPixels: this.#widthPixels, heightRows: this.#heightRows, verticalDpi }
    return greyPage(this.#pdfium.calls.memory.buffer, this.#pixels, size)
  }

  #reserve(sizeBytes: number): void {
    if (sizeBytes <= this.#reservedBytes) return
    const { calls } = this.#pdfium
    if (this.#pixels !== 0) calls.free(this.#pixels)
    this.#pixels = calls.malloc(sizeBytes)
    if (this.#pixels === 0) throw new PdfiumAborted('no memory for a page')
    this.#reservedBytes = sizeBytes
  }
}
