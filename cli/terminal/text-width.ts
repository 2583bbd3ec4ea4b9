/** East Asian scripts and emoji take two columns of a terminal (Unicode, UAX 11, W and F); marks that combine take none. */
const WIDE =
  /(?![\uff61-\uffdc])[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u
const COMBINING = /[\p{Mn}\p{Me}]/u

/** Columns that a text takes. Of text that is visible already: control characters are not expected. */
export function textWidth(text: string): number {
  let columns = 0
  for (const character of text) columns += widthOf(character)
  return columns
}

/** The text, or its beginning and an ellipsis where it is wider than `columns`, which are 1 at least. */
export function cutToWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  let kept = ''
  let used = 0
  for (const character of text) {
    used += widthOf(character)
    if (used > columns - 1) break
    kept += character
  }
  return `${kept}…`
}

export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)))
}

function widthOf(character: string): number {
  // The first test answers for nearly everything that a fax brings.
  if (character < '\u0300') return 1
  if (COMBINING.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
