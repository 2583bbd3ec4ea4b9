import { oneLine } from '../../one-line.ts'

const LONGEST_TEXT = 250

/** Foreign text as one line without control characters: what stands in a PDF's properties is shown by any viewer. */
export function cleanText(value: string): string {
  return oneLine(value.replaceAll(/\p{Noncharacter_Code_Point}+/gu, ' '))
    .slice(0, LONGEST_TEXT)
    .toWellFormed()
}

/** A PDF text string: a literal one where ASCII is enough, else UTF-16 in hexadecimal. */
export function pdfText(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return `(${value.replaceAll(/[\\()]/g, '\\$&')})`
  const utf16 = Buffer.from(value, 'utf16le').swap16()
  return `<FEFF${utf16.toString('hex').toUpperCase()}>`
}

const XML_ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export function xmlText(value: string): string {
  return value.replaceAll(/[&<>"]/g, (character) => XML_ENTITIES[character] ?? '')
}
