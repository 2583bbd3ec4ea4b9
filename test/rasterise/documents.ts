import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { degrees, PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from 'pdf-lib'
import sharp from 'sharp'
import { A4, LETTER } from '../../functions/submit/rasterise/testing/pdfs.ts'
import { run } from '../conversion/tools.ts'
import { photoJpeg } from './photo.ts'
import { writePostScript } from './postscript.ts'

const WORDS =
  `the patient was seen in our clinic today with chronic pain of left shoulder since early march under treatment
  blood pressure normal heart rate seventy four regular please continue medication twice daily after meals return within six weeks
  court hereby orders that defendant shall submit written statement before date given above copies remain at office of clerk
  invoice number amount payable transfer account value added tax delivery address street zurich london bridge quarter young
  fox jumps over lazy dog quick brown boxes liquor jugs judge vow sphinx black quartz`.split(/\s+/)

/** A PDF, and the words that stand on it where they are to be read back. */
export interface SampleDocument {
  pdf: Uint8Array
  words?: readonly string[]
}

/** Words in an order of its own for each seed, and lines of them. */
export function prose(seed: number, count: number): string[] {
  let state = seed * 2_654_435_761
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return WORDS[(state >> 8) % WORDS.length] ?? ''
  })
}

export function linesOf(words: readonly string[], perLine: number): string[] {
  return Array.from({ length: Math.ceil(words.length / perLine) }, (_, line) =>
    words.slice(line * perLine, (line + 1) * perLine).join(' '),
  )
}

async function draw(paint: (document: PDFDocument, font: PDFFont) => unknown): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  await paint(document, await document.embedFont(StandardFonts.TimesRoman))
  return document.save()
}

function write(
  page: PDFPage,
  font: PDFFont,
  words: readonly string[],
  { x, y, size, perLine }: { x: number; y: number; size: number; perLine: number },
): void {
  for (const [line, text] of linesOf(words, perLine).entries())
    page.drawText(text, { x, y: y - line * size * 1.3, size, font })
}

/** Standard fonts by name alone: who draws them brings a substitute. */
async function notEmbedded(): Promise<SampleDocument> {
  const words = prose(1, 300)
  const pdf = await draw((document, font) =>
    write(document.addPage(A4), font, words, { x: 60, y: 770, size: 11, perLine: 12 }),
  )
  return { pdf, words }
}

async function letter(): Promise<SampleDocument> {
  const words = prose(2, 300)
  const pdf = await draw((document, font) =>
    write(document.addPage(LETTER), font, words, { x: 72, y: 720, size: 12, perLine: 11 }),
  )
  return { pdf, words }
}

async function landscape(): Promise<SampleDocument> {
  const pdf = await draw((document, font) => {
    const page = document.addPage([A4[1], A4[0]])
    write(page, font, prose(3, 400), { x: 60, y: 530, size: 11, perLine: 18 })
    page.drawRectangle({
      x: 20,
      y: 20,
      width: A4[1] - 40,
      height: A4[0] - 40,
      borderWidth: 1,
      borderColor: rgb(0, 0, 0),
    })
  })
  return { pdf }
}

async function table(): Promise<SampleDocument> {
  const pdf = await draw((document, font) => {
    const page = document.addPage(A4)
    for (let row = 0; row < 30; row++) {
      const y = 780 - row * 22
      const shade = row === 0 ? 0.75 : row % 2 === 0 ? 0.93 : 1
      for (let column = 0; column < 5; column++) {
        const x = 50 + column * 100
        page.drawRectangle({
          x,
          y: y - 6,
          width: 100,
          height: 22,
          borderWidth: 0.4,
          borderColor: rgb(0, 0, 0),
          color: rgb(shade, shade, shade),
        })
        page.drawText(row === 0 ? `Column ${column + 1}` : `${(row * 37 * (column + 3)) % 9973}.${column}0`, {
          x: x + 6,
          y,
          size: 10,
          font,
        })
      }
    }
  })
  return { pdf }
}

async function photo(): Promise<SampleDocument> {
  const jpeg = await photoJpeg(1200, 900)
  const pdf = await draw(async (document, font) => {
    const page = document.addPage(A4)
    page.drawImage(await document.embedJpg(jpeg), { x: 60, y: 380, width: 475, height: 356 })
    write(page, font, prose(5, 120), { x: 60, y: 340, size: 11, perLine: 12 })
    for (const [index, grey] of [0.35, 0.5, 0.65, 0.75].entries())
      page.drawText(`grey ${grey}: the quick brown fox`, {
        x: 60,
        y: 180 - index * 16,
        size: 11,
        font,
        color: rgb(grey, grey, grey),
      })
    page.drawText('BLUE HEADING', { x: 60, y: 90, size: 26, font, color: rgb(0.25, 0.4, 0.75) })
    page.drawRectangle({ x: 320, y: 80, width: 200, height: 110, color: rgb(0.1, 0.2, 0.5) })
    page.drawText('white on blue', { x: 340, y: 130, size: 18, font, color: rgb(1, 1, 1) })
  })
  return { pdf }
}

/** A page of text as a scanner brings it: grey paper, a little askew and out of focus, JPEG. */
async function scan(folder: string): Promise<SampleDocument> {
  const words = prose(6, 300)
  const source = join(folder, 'scan.ps')
  await writePostScript(source, [{ words, size: 11, perLine: 12 }])
  const grey = join(folder, 'scan.png')
  await run('gs', [
    '-q',
    '-dBATCH',
    '-dNOPAUSE',
    '-dSAFER',
    '-sDEVICE=pnggray',
    '-r300',
    '-g2480x3508',
    `-sOutputFile=${grey}`,
    source,
  ])
  const jpeg = await sharp(grey)
    .rotate(0.4, { background: '#fff' })
    .resize(1654, 2339, { fit: 'fill' })
    .blur(0.7)
    .linear(0.72, 40)
    .jpeg({ quality: 60 })
    .toBuffer()
  const pdf = await draw(async (document) => {
    const page = document.addPage(A4)
    page.drawImage(await document.embedJpg(jpeg), { x: 0, y: 0, width: A4[0], height: A4[1] })
  })
  return { pdf, words }
}

async function form(): Promise<SampleDocument> {
  const pdf = await draw((document, font) => {
    const page = document.addPage(A4)
    page.drawText('Patient', { x: 60, y: 700, size: 12, font })
    const fields = document.getForm()
    const name = fields.createTextField('name')
    name.setText('Erika Mustermann')
    name.addToPage(page, { x: 140, y: 692, width: 200, height: 22 })
    const consent = fields.createCheckBox('consent')
    consent.addToPage(page, { x: 140, y: 650, width: 16, height: 16 })
    consent.check()
    const choice = fields.createDropdown('ward')
    choice.setOptions(['Surgery', 'Radiology'])
    choice.select('Radiology')
    choice.addToPage(page, { x: 140, y: 600, width: 120, height: 22 })
  })
  return { pdf }
}

async function rotated(): Promise<SampleDocument> {
  const pdf = await draw((document, font) => {
    const page = document.addPage([A4[1], A4[0]])
    page.setRotation(degrees(90))
    write(page, font, prose(7, 100), { x: 60, y: 530, size: 11, perLine: 18 })
  })
  return { pdf }
}

/** Text in Ghostscript's fonts, which it embeds. */
export async function textDocument(folder: string, pages: number): Promise<SampleDocument> {
  const words = prose(8, 350 * pages)
  const source = join(folder, `text-${pages}.ps`)
  const output = join(folder, `text-${pages}.pdf`)
  await writePostScript(
    source,
    Array.from({ length: pages }, (_, page) => ({
      words: words.slice(page * 350, (page + 1) * 350),
      size: [11, 9, 12][page % 3] ?? 11,
      perLine: [11, 14, 10][page % 3] ?? 11,
    })),
  )
  await run('gs', [
    '-q',
    '-dBATCH',
    '-dNOPAUSE',
    '-dSAFER',
    '-sDEVICE=pdfwrite',
    '-sPAPERSIZE=a4',
    `-sOutputFile=${output}`,
    source,
  ])
  return { pdf: await readFile(output), words }
}

export const DOCUMENTS = {
  text: (folder: string) => textDocument(folder, 3),
  'fonts not embedded': notEmbedded,
  Letter: letter,
  landscape,
  'turned by its own rotation': rotated,
  table,
  photo,
  scan,
  form,
} as const satisfies Record<string, (folder: string) => Promise<SampleDocument>>
