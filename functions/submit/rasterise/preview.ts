import { WHITE } from './black-and-white/grey-page.ts'
import { HORIZONTAL_DPI } from './page-layout.ts'
import { writeGreyPng } from './png.ts'

/** A quarter of a fax's width is as wide as a mail shows it. */
const COLUMNS_SHIFT = 2
const COLUMNS_PER_PIXEL = 1 << COLUMNS_SHIFT

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
      for (let x = transitions[index] as number; x < end; ) {
        const column = x >> COLUMNS_SHIFT
        const next = Math.min(end, (column + 1) << COLUMNS_SHIFT)
        this.#black[start + column] = (this.#black[start + column] as number) + next - x
        x = next
      }
    }
  }

  png(): Uint8Array {
    const full = COLUMNS_PER_PIXEL * this.#rowsPerPixel
    const pixels = new Uint8Array(this.#black.length)
    for (let at = 0; at < pixels.length; at++)
      pixels[at] = Math.max(0, WHITE - (WHITE * (this.#black[at] as number)) / full)
    return writeGreyPng(pixels, this.#width, this.#height)
  }
}
