import { textWidth } from './text-width.ts'

/** Breaks text at blanks into lines of at most `columns`; a longer word has a line of its own, whole, so that it can be copied. */
export function wrap(text: string, columns: number): string[] {
  if (columns === Infinity) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && textWidth(longer) > columns) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}
