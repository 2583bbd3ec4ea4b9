import type { Facts } from '../../../shared/facts.ts'
import type { RoutedFax } from '../../../shared/messages.ts'

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

/** A fax whose facts hold no more than one line each: numbers, names and station ids are whatever a stranger's machine sent. */
export function withOneLineFacts(fax: RoutedFax): RoutedFax {
  const facts: Facts = { ...fax.facts }
  for (const name of Object.keys(facts) as (keyof Facts)[]) {
    const value = facts[name]
    if (value !== undefined) facts[name] = oneLine(value)
  }
  return { ...fax, facts }
}
