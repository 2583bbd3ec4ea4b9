import { PDFDocument, type PDFFont, type PDFPage, StandardFonts } from 'pdf-lib'
import type { ReadMail } from './read-mail.ts'

/** In one sentence for the sender. */
export class MailRefused extends Error {}

const A4: [number, number] = [595.28, 841.89]
const MARGIN_POINTS = 56
const FONT_POINTS = 11
const LINE_POINTS = 15
/** More text is no letter. */
const MOST_PAGES = 100
const LINES_PER_PAGE = Math.floor((A4[1] - 2 * MARGIN_POINTS) / LINE_POINTS)
/** No line has more, of whatever letters. */
const LONGEST_LINE_CHARACTERS = 256
const MOST_CHARACTERS = MOST_PAGES * LINES_PER_PAGE * LONGEST_LINE_CHARACTERS
/** Of what stands above the text. */
const LONGEST_HEAD_CHARACTERS = 500
const MOST_NAMED = 5
const LONGEST_NAME_CHARACTERS = 80

/** The PDF of a mail: its attachments in their order, or the text itself as pages. Throws {@link MailRefused}. */
export async function makeDocument(mail: ReadMail): Promise<Uint8Array> {
  const { pdfs, others, text } = mail
  if (others.length > 0) {
    throw new MailRefused(`Only PDFs can be sent, and so nothing was: ${named(others)} is none.`)
  }
  const [only] = pdfs
  // What is wrong with one that stands alone, `submit` says.
  if (pdfs.length === 1 && only !== undefined) return only
  if (pdfs.length > 1) return join(pdfs)
  if (text.trim() === '') throw new MailRefused('The mail has neither a PDF nor a text.')
  return textPages(mail)
}

/** The first of them: what stands in a refusal is stored. */
function named(names: readonly string[]): string {
  const first = names.slice(0, MOST_NAMED).map((name) => name.slice(0, LONGEST_NAME_CHARACTERS))
  return [...first, ...(names.length > MOST_NAMED ? ['…'] : [])].join(', ')
}

async function join(pdfs: readonly Uint8Array[]): Promise<Uint8Array> {
  const whole = await PDFDocument.create()
  for (const [index, bytes] of pdfs.entries()) {
    try {
      const part = await PDFDocument.load(bytes)
      for (const page of await whole.copyPages(part, part.getPageIndices())) whole.addPage(page)
    } catch {
      throw new MailRefused(
        `PDF number ${index + 1} of the mail is damaged or wants a password. Send it alone to hear more.`,
      )
    }
  }
  return whole.save()
}

const TOO_LONG = `The text has more than ${MOST_PAGES} pages.`

async function textPages({ from, subject, date, text }: ReadMail): Promise<Uint8Array> {
  if (text.length > MOST_CHARACTERS) throw new MailRefused(TOO_LONG)
  const document = await PDFDocument.create()
  const font = await document.embedFont(StandardFonts.Helvetica)
  const head = [`From: ${from ?? ''}`, `Date: ${date}`, `Subject: ${subject}`, ''].map((line) =>
    line.slice(0, LONGEST_HEAD_CHARACTERS).toWellFormed(),
  )
  const lines = [...head, ...text.replaceAll('\r\n', '\n').split('\n')].map(plain)
  refuseUndrawable(lines, font)
  const wrapped = lines.flatMap((line) => wrap(line, font))
  if (wrapped.length > LINES_PER_PAGE * MOST_PAGES) throw new MailRefused(TOO_LONG)
  let page: PDFPage | undefined
  for (const [index, line] of wrapped.entries()) {
    const row = index % LINES_PER_PAGE
    if (row === 0 || page === undefined) page = document.addPage(A4)
    page.drawText(line, {
      x: MARGIN_POINTS,
      y: A4[1] - MARGIN_POINTS - (row + 1) * LINE_POINTS,
      size: FONT_POINTS,
      font,
    })
  }
  return document.save()
}

/**
 * Tabs and other blanks as blanks; what has no shape at all goes. Letters are put together with the marks behind them one by one, since what that takes
 * grows with the square of the marks (UAX 15, stream-safe text).
 */
function plain(line: string): string {
  return line
    .replaceAll(/\P{M}\p{M}{1,30}/gu, (letter) => letter.normalize('NFC'))
    .replaceAll('\t', '    ')
    .replaceAll(/\p{Zs}/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
}

/** PDF's own fonts have the letters of Western Europe. A fax with holes in it would be worse than none. */
function refuseUndrawable(lines: readonly string[], font: PDFFont): void {
  const drawable = new Set(font.getCharacterSet())
  const strange = [...new Set(lines.join(''))].filter(
    (character) => !drawable.has(character.codePointAt(0) ?? 0),
  )
  if (strange.length === 0) return
  throw new MailRefused(
    `The text has characters that can't be drawn here (${strange.slice(0, 10).join(' ')}). Send it as a PDF in an attachment.`,
  )
}

function wrap(line: string, font: PDFFont): string[] {
  const room = A4[0] - 2 * MARGIN_POINTS
  const fits = (text: string) =>
    text.length <= LONGEST_LINE_CHARACTERS && font.widthOfTextAtSize(text, FONT_POINTS) <= room
  const lines: string[] = []
  let current = ''
  for (const word of line.split(/(?<= )/)) {
    if (fits(current + word.trimEnd())) {
      current += word
      continue
    }
    if (current !== '') lines.push(current.trimEnd())
    current = word
    while (!fits(current.trimEnd())) {
      const most = longestThatFits(current, fits)
      lines.push(current.slice(0, most))
      current = current.slice(most)
    }
  }
  return [...lines, current.trimEnd()]
}

function longestThatFits(text: string, fits: (text: string) => boolean): number {
  let [least, most] = [1, Math.min(text.length, LONGEST_LINE_CHARACTERS)]
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    if (fits(text.slice(0, middle))) least = middle
    else most = middle - 1
  }
  return least
}
