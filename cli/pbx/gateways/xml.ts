export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
}

export function attribute(name: string, value: string): string {
  return ` ${name}="${escapeXml(value)}"`
}

export function element(name: string, value: string, attributes = ''): string {
  return `<${name}${attributes}>${escapeXml(value)}</${name}>\n`
}

/** Two hyphens would end a comment, whoever wrote them. */
export function comment(lines: readonly string[]): string {
  const text = lines.map((line) => `  ${line.replaceAll(/-(?=-)/g, '- ')}\n`).join('')
  return `<!--\n${text}-->\n`
}
