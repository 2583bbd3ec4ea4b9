import type { Facts } from '../../../shared/facts.ts'
import type { RoutedFax } from '../../../shared/messages.ts'
import { oneLine } from '../../../shared/one-line.ts'

/** A fax whose facts hold no more than one line each: numbers, names and station ids are whatever a stranger's machine sent. */
export function withOneLineFacts(fax: RoutedFax): RoutedFax {
  const facts: Facts = { ...fax.facts }
  for (const name of Object.keys(facts) as (keyof Facts)[]) {
    const value = facts[name]
    if (value !== undefined) facts[name] = oneLine(value)
  }
  return { ...fax, facts }
}
