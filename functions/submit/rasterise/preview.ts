import { HORIZONTAL_DPI } from './page-layout.ts'
import { writeGreyPng } from './png.ts'

/** A quarter of a fax's width is as wide as a mail shows it. */
const COLUMNS_PER_PIXEL = 4

/** The page as it goes over the line, small, each pixel the mean of those that it stands for. */
export class Preview {
  readonly #width: number
  readonly #height: number
  readonly #rowsPerPixel: number
  readonly #black: Uint32Array
  #row = 0

  constructor(widthPixels: number, heightRows: number, verticalDpi: number) {
    this.#rowsPerPixel = (COLUMNS_PER_PIXEL * verticalDpi) / HORIZONTAL_DPI
    this.#width = Math.ceil(widthPixels / COLUMNS_PER_PIXEL)
    this.#height = Math.ceil(heightRows / this.#rowsPerPixel)
    this.#black = new Uint32Array(this.#width * this.#height)
  }

  addRow(transitions: Int32Array, count: number): void {
    const start = Math.floor(this.#row++ / this.#rowsPerPixel) * this.#width
    for (let index = 0; index < count; index += 2) {
      const end = transitions[index + 1] as number
      for (let x = transitions[index] as number; x < end; x++) {
        const at = start + Math.floor(x / COLUMNS_PER_PIXEL)
        this.#black[at] = (this.#black[at] as number) + 1
      }
    }
  }

  png(): Uint8Array {
    const full = COLUMNS_PER_PIXEL * this.#rowsPerPixel
    const pixels = Uint8Array.from(this.#black, (black) => Math.max(0, Math.round(255 * (1 - black / full))))
    return writeGreyPng(pixels, this.#width, this.#height)
  }
}
