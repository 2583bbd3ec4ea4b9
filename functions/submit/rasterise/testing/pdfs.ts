import { type PDFDocument as Document, PDFDocument, type PDFFont, StandardFonts } from 'pdf-lib'

export const A4: [number, number] = [595.28, 841.89]
export const LETTER: [number, number] = [612, 792]

const SENTENCE = 'The quick brown fox jumps over the lazy dog and bills 1,234.56 EUR for it. '

/** Writing from a margin of an inch down. */
export function drawText(document: Document, font: PDFFont, size: [number, number], lines = 40): void {
  const page = document.addPage(size)
  for (let line = 0; line < lines; line++)
    page.drawText(`${line + 1}. ${SENTENCE}`, { x: 60, y: size[1] - 80 - line * 16, size: 10, font })
}

export async function makePdf(draw: (document: Document, font: PDFFont) => unknown): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  await draw(document, await document.embedFont(StandardFonts.Helvetica))
  return document.save({ useObjectStreams: false })
}

export function textPdf(pages = 1, size = A4): Promise<Uint8Array> {
  return makePdf((document, font) => {
    for (let page = 0; page < pages; page++) drawText(document, font, size)
  })
}
