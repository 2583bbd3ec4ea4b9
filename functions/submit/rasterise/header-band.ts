import { HORIZONTAL_DPI } from './page-layout.ts'
import type { Pointer } from './pdfium/exports.ts'
import { type Pdfium, place } from './pdfium/instance.ts'
import type { Canvas } from './pdfium/render.ts'

const POINTS_PER_INCH = 72
const BAND_POINTS = 18
/** Its capitals have ten rows in the coarsest resolution. */
const FONT_POINTS = 10
const BASELINE_POINTS = 6
const SIDE_POINTS = 18
const FONT = 'Helvetica-Bold'
/** Left, bottom, right, top, as floats. */
const BOUNDS_BYTES = 16

export function headerRows(verticalDpi: number): number {
  return Math.ceil((BAND_POINTS / POINTS_PER_INCH) * verticalDpi)
}

/** Draws the line above each page, in one of PDF's own fonts, which every PDFium has. */
export class HeaderLine {
  readonly #pdfium: Pdfium
  readonly #document: Pointer
  readonly #font: Pointer
  readonly #bounds: Pointer

  constructor(pdfium: Pdfium) {
    this.#pdfium = pdfium
    this.#document = pdfium.calls.FPDF_CreateNewDocument()
    this.#font = place(pdfium, Buffer.from(`${FONT}\0`, 'latin1'))
    this.#bounds = pdfium.calls.malloc(BOUNDS_BYTES)
  }

  draw(text: string, canvas: Canvas, widthPixels: number, verticalDpi: number): void {
    const { calls } = this.#pdfium
    const widthPoints = (widthPixels / HORIZONTAL_DPI) * POINTS_PER_INCH
    const page = calls.FPDFPage_New(this.#document, 0, widthPoints, BAND_POINTS)
    const object = calls.FPDFPageObj_NewTextObj(this.#document, this.#font, FONT_POINTS)
    const characters = place(this.#pdfium, Buffer.from(`${drawable(text)}\0`, 'utf16le'))
    calls.FPDFText_SetText(object, characters)
    calls.free(characters)
    const squeeze = Math.min(1, (widthPoints - 2 * SIDE_POINTS) / this.#widthOf(object))
    calls.FPDFPageObj_Transform(object, squeeze, 0, 0, 1, SIDE_POINTS, BASELINE_POINTS)
    calls.FPDFPage_InsertObject(page, object)
    const rows = headerRows(verticalDpi)
    canvas.draw(page, 0, { left: 0, top: 0, width: widthPixels, rows, quarterTurns: 0 })
    calls.FPDF_ClosePage(page)
    calls.FPDFPage_Delete(this.#document, 0)
  }

  #widthOf(object: Pointer): number {
    const [left, bottom, right, top] = [0, 4, 8, 12].map((offset) => this.#bounds + offset)
    this.#pdfium.calls.FPDFPageObj_GetBounds(object, left ?? 0, bottom ?? 0, right ?? 0, top ?? 0)
    const view = new DataView(this.#pdfium.calls.memory.buffer, this.#bounds, BOUNDS_BYTES)
    return Math.max(1, view.getFloat32(8, true) - view.getFloat32(0, true))
  }
}

/** The font has Windows' Western European letters. Others are written without their accents, or as a question mark. */
export function drawable(text: string): string {
  return [...text.normalize('NFC')].map(drawableCharacter).join('')
}

function drawableCharacter(character: string): string {
  if (/^[ -~\u00a1-\u00ff]$/.test(character)) return character
  const plain = SPELLINGS[character] ?? character.normalize('NFKD').replaceAll(/\p{M}/gu, '')
  return /^[ -~]+$/.test(plain) ? plain : '?'
}

/** Letters that have no parts to take apart, and marks that office software puts into names. */
const SPELLINGS: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  œ: 'oe',
  Œ: 'OE',
  ẞ: 'SS',
  '\u00a0': ' ',
  '\u2010': '-',
  '\u2011': '-',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '€': 'EUR',
  '→': '>',
  '←': '<',
  '•': '*',
  '…': '...',
}
