import { maskNumber } from '../../shared/mask.ts'
import { PREFIXES } from '../../shared/object-keys.ts'
import type { SweepReport } from '../../shared/sweep-report.ts'
import { documentIdOf, outgoingKey, parseOutgoingKey } from '../../shared/transmission/keys.ts'

type Found = SweepReport['findings'][number]

/** What was found, as a log may hold it. Whoever invoked the sweep gets the keys whole. */
export function masked(found: Found): Found {
  return found.key === undefined ? found : { ...found, key: maskedKey(found.key) }
}

/** A name of ours says nothing of a number, any other may: its folders as well. */
function maskedKey(key: string): string {
  const { site, name } = parseOutgoingKey(key) ?? {}
  const documentId = documentIdOf(key)
  if (site !== undefined && documentId !== undefined && key === outgoingKey({ site, documentId })) return key
  const folder = site === undefined ? PREFIXES.outgoing : `${PREFIXES.outgoing}${site}/`
  return `${folder}${maskNumber((name ?? key).replace(/\.pdf$/, ''))}`
}
