import { DAMAGED_GROUP, dayOfFaxId, STATE_GROUPS } from './index-keys.ts'
import {
  type AskTable,
  entryOf,
  type LedgerItem,
  type ReadingOrder,
  readPartition,
  readShards,
} from './partitions.ts'
import {
  type DeliveryRecord,
  type DeliveryState,
  deliveryRecordSchema,
  FAX_SORT_KEY,
  type FaxRecord,
  type FaxState,
  faxPartition,
  faxRecordSchema,
} from './records.ts'
import { type Stuck, whatIsStuck } from './stuck.ts'

/** A fax and all of its deliveries, those of fallbacks included. */
export interface FaxEntry {
  fax: FaxRecord
  deliveries: DeliveryRecord[]
}

/** States that are looked for across all days; the others are the end of most faxes, and are listed by time. */
export type SoughtState = Exclude<FaxState | DeliveryState, 'routed' | 'delivered' | 'simulated'>

/**
 * The usual questions to the ledger; each is a few queries, none a scan. Faxes come as they are read, newest first: who stops reading stops
 * asking, and goes on later with `after`. An index follows its table within a second or so; `fax` alone is up to date.
 */
export interface LedgerQueries {
  fax(faxId: string): Promise<FaxEntry | undefined>
  /** Received from `from` on and before `to`, to the second. */
  faxesBetween(from: Date, to: Date, order?: ReadingOrder): AsyncIterable<FaxEntry>
  /** Called this number, or were called from it, as the PBX gave it. */
  faxesOfNumber(number: string, role: 'destination' | 'source', order?: ReadingOrder): AsyncIterable<FaxEntry>
  /** Faxes in this state, or with a delivery in it, of any age. */
  faxesInState(state: SoughtState, order?: ReadingOrder): AsyncIterable<FaxEntry>
  /** That were delivered, or are to be, incomplete or damaged, of any age; one without a backend is among the unrouted. */
  damagedFaxes(order?: ReadingOrder): AsyncIterable<FaxEntry>
  /** What should have gone on by now, oldest first. */
  stuck(now: Date): AsyncIterable<FaxEntry & { stuck: Stuck[] }>
}

export function isInState({ fax, deliveries }: FaxEntry, state: FaxState | DeliveryState): boolean {
  return fax.state === state || deliveries.some((delivery) => delivery.state === state)
}

/** The ledger as `ask` reads it: a function's client or a command's. */
export function makeLedgerQueries(ask: AskTable): LedgerQueries {
  return {
    fax: (faxId) => readFax(ask, faxId),
    faxesBetween: (from, to, order = {}) => faxesBetween(ask, { from, to }, order),
    faxesOfNumber: (number, role, order = {}) =>
      readFaxesOf(ask, readPartition(ask, { index: role, partition: number }, order), order),
    faxesInState: (state, order = {}) => faxesInState(ask, state, order),
    damagedFaxes: (order = {}) =>
      readFaxesOf(ask, readShards(ask, { index: 'state', group: DAMAGED_GROUP }, order), order),
    async *stuck(now) {
      for await (const entry of readFaxesOf(ask, readOpen(ask), {})) {
        const stuck = whatIsStuck(entry, now)
        if (stuck.length > 0) yield { ...entry, stuck }
      }
    },
  }
}

const readOpen = (ask: AskTable) =>
  readShards(ask, { index: 'state', group: STATE_GROUPS.waiting }, { oldestFirst: true })

async function* faxesInState(ask: AskTable, state: SoughtState, order: ReadingOrder) {
  const keys = readShards(ask, { index: 'state', group: STATE_GROUPS[state] }, order)
  // What is under way is one group of the index, and an index may be a moment behind.
  for await (const entry of readFaxesOf(ask, keys, order)) if (isInState(entry, state)) yield entry
}

async function readFax(ask: AskTable, faxId: string): Promise<FaxEntry | undefined> {
  const { Items = [] } = await ask({
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :fax',
    ExpressionAttributeValues: { ':fax': faxPartition(faxId) },
  })
  return entryFrom(Items)
}

/** Undefined while the fax's own item is not among them. */
function entryFrom(items: readonly LedgerItem[]): FaxEntry | undefined {
  const fax = items.find(({ sk }) => sk === FAX_SORT_KEY)
  if (fax === undefined) return undefined
  const deliveries = items.filter((item) => item !== fax).map((item) => deliveryRecordSchema.parse(item))
  // In the order of time; those that a fax was routed to were opened in the order of `dest`.
  deliveries.sort((one, other) => Date.parse(one.openedAt) - Date.parse(other.openedAt))
  return { fax: faxRecordSchema.parse(fax), deliveries }
}

const SECOND = 1000
const DAY = 86_400 * SECOND
/** The beginning of the ids of a second's faxes. */
const idsFrom = (instant: number) =>
  `${new Date(instant).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`

async function* faxesBetween(
  ask: AskTable,
  { from, to }: { from: Date; to: Date },
  order: ReadingOrder,
): AsyncGenerator<FaxEntry> {
  const range = { from: idsFrom(from.getTime()), before: idsFrom(to.getTime()) }
  for (const group of daysBetween(from, to, order)) {
    const items = readShards(ask, { index: 'day', group }, order, range)
    for await (const [faxId, ofFax] of grouped(items)) {
      if (faxId === order.after) continue
      // The index may have the deliveries before it has the fax.
      const entry = entryFrom(ofFax) ?? (await readFax(ask, faxId))
      if (entry !== undefined) yield entry
    }
  }
}

/** In UTC, as fax ids are. Without the days that were read before. */
function daysBetween(from: Date, to: Date, { after, oldestFirst = false }: ReadingOrder): string[] {
  const days: string[] = []
  const first = Math.floor(from.getTime() / DAY) * DAY
  for (let day = first; day < to.getTime(); day += DAY) days.push(new Date(day).toISOString().slice(0, 10))
  const last = after === undefined ? undefined : dayOfFaxId(after)
  const left = days.filter((day) => last === undefined || (oldestFirst ? day >= last : day <= last))
  return oldestFirst ? left : left.reverse()
}

/** Items of one fax stand together. */
async function* grouped(items: AsyncIterable<LedgerItem>): AsyncGenerator<[string, LedgerItem[]]> {
  let group: [string, LedgerItem[]] | undefined
  for await (const item of items) {
    const faxId = faxIdOf(item)
    if (group?.[0] === faxId) {
      group[1].push(item)
      continue
    }
    if (group !== undefined) yield group
    group = [faxId, [item]]
  }
  if (group !== undefined) yield group
}

const faxIdOf = (item: LedgerItem) => entryOf(item).split('#')[0] ?? ''

/** Faxes that are read at a time where an index holds their keys alone. */
const AT_A_TIME = 25

async function* readFaxesOf(
  ask: AskTable,
  keys: AsyncIterable<LedgerItem>,
  { after, expected = AT_A_TIME }: ReadingOrder,
): AsyncGenerator<FaxEntry> {
  const batchSize = Math.max(1, Math.min(AT_A_TIME, expected))
  let batch: Promise<FaxEntry | undefined>[] = []
  for await (const [faxId] of grouped(keys)) {
    if (faxId === after) continue
    batch.push(readFax(ask, faxId))
    if (batch.length < batchSize) continue
    yield* present(await Promise.all(batch))
    batch = []
  }
  yield* present(await Promise.all(batch))
}

const present = (entries: readonly (FaxEntry | undefined)[]) => entries.filter((entry) => entry !== undefined)
