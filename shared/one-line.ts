/**
 * Line breaks and control characters, which forge a header or a line of the body; and the bidirectional controls, which make
 * a reader see another order of characters than the one that is there.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g

/** A text from outside on one line of printable characters. */
export function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(UNPRINTABLE, ' ').trim()
}
