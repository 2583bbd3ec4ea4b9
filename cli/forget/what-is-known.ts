import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { PREFIXES } from '../../shared/object-keys.ts'

/** What a gateway knows of a number. */
export interface Known {
  receptions: FaxEntry[]
  transmissions: TransmissionRecord[]
  /** Ids of what is still under way, and has to end first. */
  underWay: string[]
}

/** Apart what can be forgotten and what has to end first. */
export function sortOut(
  receptions: readonly FaxEntry[],
  transmissions: readonly TransmissionRecord[],
): Known {
  const [ended, open] = [receptions.filter(hasEnded), receptions.filter((entry) => !hasEnded(entry))]
  const [called, calling] = [
    transmissions.filter(hasTransmissionEnded),
    transmissions.filter((transmission) => !hasTransmissionEnded(transmission)),
  ]
  return {
    receptions: ended,
    transmissions: called,
    underWay: [...open.map(({ fax }) => fax.id), ...calling.map(({ id }) => id)],
  }
}

function hasEnded({ fax, deliveries }: FaxEntry): boolean {
  return (
    fax.state !== 'received' && deliveries.every(({ state }) => state !== 'waiting' && state !== 'claimed')
  )
}

/** Where all that the bucket has of a reception begins; copies for printing are below each site that may have printed it. */
export function prefixesOfReception({ fax }: FaxEntry, sites: readonly string[]): string[] {
  const ofFax = [fax.tiffKey, `${PREFIXES.pdf}${fax.site}/${fax.id}.`]
  return [...ofFax, ...sites.map((site) => `${PREFIXES.print}${site}/${fax.id}-`)]
}

/** The pages as they went over the line, and the picture of the first. The PDF may be shared with other recipients, and ends with its time. */
export function prefixesOfTransmission({ site, id }: TransmissionRecord): string[] {
  return [`${PREFIXES.transmit}${site}/${id}.`]
}

/** The backends that have something of these faxes out of the gateway's reach, by name, and how many faxes each has. */
export function outOfReach(receptions: readonly FaxEntry[]): [backend: string, faxes: number][] {
  const counts = new Map<string, number>()
  for (const { backend, state, maybeDelivered } of receptions.flatMap(({ deliveries }) => deliveries)) {
    if (state !== 'delivered' && !maybeDelivered) continue
    counts.set(backend, (counts.get(backend) ?? 0) + 1)
  }
  return [...counts].sort()
}
