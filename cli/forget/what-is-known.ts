import { faxIdSchema } from '../../shared/fax-id.ts'
import type { Role } from '../../shared/ledger/forgotten.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { PREFIXES } from '../../shared/object-keys.ts'
import type { Removal } from '../gateway/forgetting.ts'

export interface KnownReception {
  entry: FaxEntry
  role: Role
}

export interface KnownTransmission {
  record: TransmissionRecord
  role: Role
  /** Mails about its end. */
  notices: DeliveryRecord[]
  /** Others that were asked for with the same document. */
  sharers: TransmissionRecord[]
}

/** What a gateway knows of a number. */
export interface Known {
  receptions: KnownReception[]
  transmissions: KnownTransmission[]
  /** Ids of what is still under way, and has to end first. */
  underWay: string[]
}

/** Apart what can be forgotten and what has to end first. */
export function sortOut(
  receptions: readonly KnownReception[],
  transmissions: readonly KnownTransmission[],
): Known {
  const openReceptions = receptions.filter(({ entry }) => !hasReceptionEnded(entry))
  return {
    receptions: receptions.filter(({ entry }) => hasReceptionEnded(entry)),
    transmissions: transmissions.filter((transmission) => stillNeededBy(transmission).length === 0),
    underWay: [
      ...new Set([
        ...openReceptions.map(({ entry }) => entry.fax.id),
        ...transmissions.flatMap(stillNeededBy),
      ]),
    ],
  }
}

function hasReceptionEnded({ fax, deliveries }: FaxEntry): boolean {
  return fax.state !== 'received' && !deliveries.some(isOpen)
}

const isOpen = ({ state }: DeliveryRecord) => state === 'waiting' || state === 'claimed'

/** Ids of what needs the number, the document or the mail until it ends: itself, or another number's fax of the same request. */
function stillNeededBy({ record, sharers, notices }: KnownTransmission): string[] {
  const open = [record, ...sharers].filter((one) => !hasTransmissionEnded(one)).map(({ id }) => id)
  return notices.some(isOpen) ? [record.id, ...open] : open
}

/** All that the bucket has of a reception; copies for printing are below each site that may have printed it. */
export function filesOfReception({ entry: { fax } }: KnownReception, sites: readonly string[]): Removal[] {
  return [
    { key: fax.tiffKey },
    { prefix: `${PREFIXES.pdf}${fax.site}/${fax.id}.` },
    ...sites.map((site) => ({ prefix: `${PREFIXES.print}${site}/${fax.id}-` })),
  ]
}

/**
 * The pages as they went over the line with the picture of the first; the document, in whose metadata its numbers stand; and the mail that it came
 * by. Other numbers' pages stay. An object that is named otherwise than by an id may be another document by now.
 */
export function filesOfTransmission({ record }: KnownTransmission): Removal[] {
  const { id, site, documentKey, mailKey, openedAt } = record
  const name = documentKey
    .split('/')
    .at(-1)
    ?.replace(/\.pdf$/, '')
  const document = faxIdSchema.safeParse(name).success
    ? { key: documentKey }
    : { key: documentKey, until: new Date(openedAt) }
  return [
    { prefix: `${PREFIXES.transmit}${site}/${id}.` },
    document,
    ...(mailKey === undefined ? [] : [{ key: mailKey }]),
  ]
}

/** What has something of these faxes out of the gateway's reach: backends by name, and how many faxes each has. */
export function outOfReach({ receptions, transmissions }: Known): [backend: string, faxes: number][] {
  const counts = new Map<string, number>()
  const deliveries = [
    ...receptions.flatMap(({ entry }) => entry.deliveries),
    ...transmissions.flatMap(({ notices }) => notices),
  ]
  for (const { backend, state, maybeDelivered } of deliveries) {
    if (state !== 'delivered' && state !== 'bounced' && !maybeDelivered) continue
    counts.set(backend, (counts.get(backend) ?? 0) + 1)
  }
  return [...counts].sort()
}
