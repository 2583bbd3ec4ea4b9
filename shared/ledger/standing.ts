import type { FaxEntry } from './queries.ts'
import type { DeliveryRecord } from './records.ts'

/** Where a fax stands as a whole: every fax in one of them, so that they add up to what was received. */
export const STANDINGS = [
  'delivered',
  'waiting',
  'failed',
  'refused',
  'unrouted',
  'missed',
  'simulated',
] as const
export type Standing = (typeof STANDINGS)[number]

/** `waiting` as long as anything of it is under way; else `failed` when any backend did not get it, nor another in its place. */
export function standingOf({ fax, deliveries }: FaxEntry): Standing {
  if (fax.state === 'received') return 'waiting'
  if (fax.state !== 'routed') return fax.state
  const byBackend = new Map(deliveries.map((delivery) => [delivery.backend, delivery]))
  const ends = (fax.backends ?? []).map((backend) => endOf(byBackend, backend, new Set()))
  if (ends.includes('waiting')) return 'waiting'
  return ends.includes('failed') ? 'failed' : 'delivered'
}

/** Of one backend, or of what delivers in its place. A record that is missing is still to be made. */
function endOf(
  deliveries: ReadonlyMap<string, DeliveryRecord>,
  backend: string,
  seen: Set<string>,
): 'delivered' | 'waiting' | 'failed' {
  const delivery = deliveries.get(backend)
  if (delivery === undefined || delivery.state === 'waiting' || delivery.state === 'claimed') return 'waiting'
  if (delivery.state === 'delivered') return 'delivered'
  if (delivery.fallback === undefined || seen.has(backend)) return 'failed'
  return endOf(deliveries, delivery.fallback, seen.add(backend))
}
