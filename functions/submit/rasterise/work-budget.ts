import type { RasteriseLimits } from './limits.ts'
import { PdfRefused } from './refused.ts'

/** What the pages have asked for so far, of what a document of so many pages may. */
export class WorkBudget {
  readonly #limits: RasteriseLimits
  readonly #mostCovered: number
  readonly #mostObjects: number
  #covered = 0
  #objects = 0
  #imagePixels = 0
  #page = 0

  constructor(limits: RasteriseLimits, pages: number) {
    this.#limits = limits
    this.#mostCovered = limits.covered.document + limits.covered.page * pages
    this.#mostObjects = limits.objects.document + limits.objects.page * pages
  }

  startPage(number: number): void {
    this.#page = number
    this.#imagePixels = 0
  }

  /** `pages`: of the page's area, how much the object covers. */
  takeObject(pages: number): void {
    this.#objects++
    this.#covered += pages
    if (this.#objects > this.#mostObjects || this.#covered > this.#mostCovered)
      throw new PdfRefused(
        'too-large',
        `The PDF draws too much to be faxed: by page ${this.#page} more than ${this.#mostObjects} objects, or ${this.#mostCovered} pages full of them. Print it to a new PDF as images and send that.`,
      )
  }

  takeImage(pixels: number): void {
    this.#imagePixels += pixels
    if (this.#imagePixels > this.#limits.imagePixels)
      throw new PdfRefused(
        'too-large',
        `Page ${this.#page} of the PDF has images of more than ${this.#limits.imagePixels / 1e6} million pixels; scan or export it with fewer dots to the inch.`,
      )
  }
}
