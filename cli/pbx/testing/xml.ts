import { DOMParser, type Document } from '@xmldom/xmldom'

/** Parses, and throws for whatever the parser has to say. */
export function parseXml(text: string): Document {
  const onError = (level: string, message: string) => {
    throw new Error(`${level}: ${message}`)
  }
  return new DOMParser({ onError }).parseFromString(text, 'text/xml')
}

/** The elements right below one, as name and text. */
export function childrenOf(document: Document, name: string): [name: string, text: string][] {
  const [parent] = document.getElementsByTagName(name)
  return [...(parent?.childNodes ?? [])]
    .filter((node) => node.nodeType === node.ELEMENT_NODE)
    .map((node) => [node.nodeName, node.textContent ?? ''])
}
