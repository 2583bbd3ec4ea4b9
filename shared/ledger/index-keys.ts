import { shardOfFaxId } from '../fax-id.ts'
import type { DeliveryRecord, DeliveryState, FaxRecord, FaxState } from './records.ts'
import { remarksOf } from './remarks.ts'

/**
 * The indexes of the ledger's table, each for a usual question, so that none of them is a scan.
 *
 * `by-day` holds whole records, those of the deliveries as well: a day is listed by its own queries alone. The others hold keys. None of their
 * keys changes while a record is under way, and DynamoDB charges an index for a write only when something changes that it holds.
 */
export const INDEXES = {
  day: { name: 'by-day', partitionKey: 'dayShard', holds: 'records' },
  destination: { name: 'by-destination', partitionKey: 'destinationNumber', holds: 'keys' },
  source: { name: 'by-source', partitionKey: 'sourceNumber', holds: 'keys' },
  state: { name: 'by-state', partitionKey: 'stateShard', holds: 'keys' },
} as const
export type LedgerIndex = keyof typeof INDEXES
/** The sort key of every index: the fax id, and for a delivery the backend behind it. */
export const ENTRY = 'entry'

/**
 * What one day, and one state, is spread over: a partition of DynamoDB takes 1000 writes a second, and a million faxes a day are twelve
 * in the mean and some hundred in the busiest minutes, at a dozen writes of an index each. A number needs none: it is a line.
 */
export const SHARDS = 8

/**
 * The states that are looked for across all days; those of the faxes that went well are most of the ledger, and are listed by day. What is
 * under way is one group: a claim moves nothing in the index.
 */
export const STATE_GROUPS = {
  received: 'open',
  waiting: 'open',
  claimed: 'open',
  unrouted: 'unrouted',
  refused: 'refused',
  missed: 'missed',
  failed: 'failed',
  bounced: 'bounced',
  simulated: undefined,
  routed: undefined,
  delivered: undefined,
} as const satisfies Record<FaxState | DeliveryState, string | undefined>

/** Of the faxes that went well, those that came incomplete or damaged; others are in the group of their state. */
export const DAMAGED_GROUP = 'damaged'

export const dayOfFaxId = (faxId: string) => `${faxId.slice(0, 4)}-${faxId.slice(4, 6)}-${faxId.slice(6, 8)}`
export const shardKey = (group: string, shard: number) => `${group}#${shard}`
export const deliveryEntry = (faxId: string, backend: string) => `${faxId}#${backend}`

/** What an item has besides the record, by which the indexes find it. An attribute that is not there keeps it out of its index. */
export function faxIndexKeys({ id, state, facts, remarks }: FaxRecord): Record<string, string> {
  const damaged = state !== 'simulated' && remarksOf({ remarks }).length > 0
  return {
    ...commonKeys(id, STATE_GROUPS[state] ?? (damaged ? DAMAGED_GROUP : undefined)),
    [ENTRY]: id,
    ...numberKey(INDEXES.destination.partitionKey, facts.destination),
    ...numberKey(INDEXES.source.partitionKey, facts.source),
  }
}

export function deliveryIndexKeys({ faxId, backend, state }: DeliveryRecord): Record<string, string> {
  return { ...commonKeys(faxId, STATE_GROUPS[state]), [ENTRY]: deliveryEntry(faxId, backend) }
}

function commonKeys(faxId: string, group: string | undefined): Record<string, string> {
  const shard = shardOfFaxId(faxId, SHARDS)
  return {
    [INDEXES.day.partitionKey]: shardKey(dayOfFaxId(faxId), shard),
    ...(group === undefined ? {} : { [INDEXES.state.partitionKey]: shardKey(group, shard) }),
  }
}

/** No key may be empty. Nor over 2048 bytes, which the facts of a reception never reach. */
function numberKey(name: string, number: string | undefined): Record<string, string> {
  return number === undefined || number === '' ? {} : { [name]: number }
}
