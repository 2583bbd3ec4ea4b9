const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

/** What is in these is never read. */
const UNREAD = /^<(style|script|head|title)\b/i
/** A line ends with these. */
const LINE_ENDS = /^<(br|\/p|\/div|\/tr|\/li|\/h[1-6])\b/i

/**
 * Of mails that have no text beside their HTML: what a reader would read, without its looks. Each character is passed once, whatever the HTML is like: what
 * is not closed ends the text.
 */
export function textOfHtml(html: string): string {
  const pieces: string[] = []
  // Letters of ASCII alone: the others would change places.
  const lowerCase = html.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
  for (let at = 0; at < html.length; ) {
    const start = html.indexOf('<', at)
    if (start === -1) {
      pieces.push(readable(html.slice(at)))
      break
    }
    pieces.push(readable(html.slice(at, start)))
    // As much of a tag as it takes to know it.
    const tag = html.slice(start, start + 10)
    if (LINE_ENDS.test(tag)) pieces.push('\n')
    at = endOf(html, lowerCase, start, tag)
  }
  const lines = decoded(pieces.join('')).split('\n')
  return lines
    .map((line) => line.trim())
    .join('\n')
    .trim()
}

/** Where the text goes on behind a tag, a comment, or what is never read. */
function endOf(html: string, lowerCase: string, start: number, tag: string): number {
  if (tag.startsWith('<!--')) return behind(html, '-->', start)
  const [, unread] = UNREAD.exec(tag) ?? []
  if (unread === undefined) return behind(html, '>', start)
  return behind(html, '>', behind(lowerCase, `</${unread.toLowerCase()}`, start))
}

function behind(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from)
  return found === -1 ? html.length : found + mark.length
}

/** Line breaks of the source are blanks. */
function readable(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

function decoded(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{1,10});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
