import type { WorkBudget } from '../work-budget.ts'
import type { Pointer } from './exports.ts'
import type { Pdfium } from './instance.ts'

/** FPDF_PAGEOBJ_IMAGE, _SHADING, _FORM. */
const IMAGE = 3
const SHADING = 4
const FORM = 5
/** A shading computes a colour for each pixel. */
const SHADING_WEIGHT = 4
/** Four or six floats; width and height use the first two places. */
const SCRATCH_BYTES = 24

/** Counts what a page will take to be drawn, before it is. Throws PdfRefused. */
export class PageSurvey {
  readonly #pdfium: Pdfium
  readonly #budget: WorkBudget
  readonly #scratch: Pointer

  constructor(pdfium: Pdfium, budget: WorkBudget) {
    this.#pdfium = pdfium
    this.#budget = budget
    this.#scratch = pdfium.calls.malloc(SCRATCH_BYTES)
  }

  count(page: Pointer, areaPoints: number): void {
    const { calls } = this.#pdfium
    const count = calls.FPDFPage_CountObjects(page)
    for (let index = 0; index < count; index++)
      this.#countObject(calls.FPDFPage_GetObject(page, index), 1 / areaPoints)
  }

  /** `perSquare`: pages to a square unit of the object's own space. Forms in forms are as deep as PDFium reads them. */
  #countObject(object: Pointer, perSquare: number): void {
    const { calls } = this.#pdfium
    const type = calls.FPDFPageObj_GetType(object)
    const covered = Math.min(1, this.#squareOf(object) * perSquare)
    this.#budget.takeObject(covered * (type === SHADING ? SHADING_WEIGHT : 1))
    if (type === IMAGE) this.#budget.takeImage(this.#imagePixels(object))
    if (type !== FORM) return
    const inside = perSquare * this.#scaleOf(object)
    const count = calls.FPDFFormObj_CountObjects(object)
    for (let index = 0; index < count; index++)
      this.#countObject(calls.FPDFFormObj_GetObject(object, index), inside)
  }

  /** By the box around it. */
  #squareOf(object: Pointer): number {
    const at = this.#scratch
    if (this.#pdfium.calls.FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12) === 0) return 0
    const [left, bottom, right, top] = this.#floats(4)
    const square = ((right ?? 0) - (left ?? 0)) * ((top ?? 0) - (bottom ?? 0))
    return Number.isFinite(square) ? Math.abs(square) : 0
  }

  /** By the determinant of its matrix. */
  #scaleOf(form: Pointer): number {
    if (this.#pdfium.calls.FPDFPageObj_GetMatrix(form, this.#scratch) === 0) return 1
    const [a = 1, b = 0, c = 0, d = 1] = this.#floats(4)
    return Math.abs(a * d - b * c)
  }

  #imagePixels(image: Pointer): number {
    const at = this.#scratch
    if (this.#pdfium.calls.FPDFImageObj_GetImagePixelSize(image, at, at + 4) === 0) return 0
    const view = new DataView(this.#pdfium.calls.memory.buffer, at, 8)
    return view.getUint32(0, true) * view.getUint32(4, true)
  }

  #floats(count: number): Float32Array {
    return new Float32Array(this.#pdfium.calls.memory.buffer, this.#scratch, count)
  }
}
