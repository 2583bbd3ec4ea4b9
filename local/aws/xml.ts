/** XML 1.0 has no way to write most control characters; S3 writes them as references all the same. */
export function escapeXml(text: string): string {
  return text.replaceAll(
    /[&<>"\p{Cc}]/gu,
    (character) => ENTITIES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  )
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** An element for each entry, in order; undefined gives none, a list gives one for each item. */
export function elements(entries: [name: string, value: string | number | boolean | undefined][]): string {
  return entries
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('')
}
