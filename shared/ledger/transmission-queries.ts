import {
  type AskTable,
  entryOf,
  type LedgerItem,
  type ReadingOrder,
  readPartition,
  readShards,
} from './partitions.ts'
import {
  hasTransmissionEnded,
  STATE_GROUPS,
  TRANSMISSION_SORT_KEY,
  type TransmissionRecord,
  type TransmissionState,
  transmissionPartition,
  transmissionRecordSchema,
  transmissionsInState,
  transmissionsOfDay,
  transmissionsTo,
} from './transmission-record.ts'

/** States that are looked for across all days; sent and canceled ones are listed by day. */
export type SoughtTransmissionState = Exclude<TransmissionState, 'sent' | 'canceled'>

/** The usual questions about transmissions; each is a few queries, none a scan. Newest first, as they are read. */
export interface TransmissionQueries {
  transmission(id: string): Promise<TransmissionRecord | undefined>
  /** Whose ids are of this day, by UTC. */
  ofDay(day: string, order?: ReadingOrder): AsyncIterable<TransmissionRecord>
  to(number: string, order?: ReadingOrder): AsyncIterable<TransmissionRecord>
  inState(state: SoughtTransmissionState, order?: ReadingOrder): AsyncIterable<TransmissionRecord>
  /** Which have not ended, of any age. */
  open(order?: ReadingOrder): AsyncIterable<TransmissionRecord>
}

export function makeTransmissionQueries(ask: AskTable): TransmissionQueries {
  const read = (id: string) => readTransmission(ask, id)
  return {
    transmission: read,
    async *ofDay(day, order = {}) {
      const items = readShards(ask, { index: 'day', group: transmissionsOfDay(day) }, order)
      for await (const item of past(items, order)) yield transmissionRecordSchema.parse(item)
    },
    async *to(number, order = {}) {
      const items = readPartition(ask, { index: 'destination', partition: transmissionsTo(number) }, order)
      for await (const item of past(items, order)) yield* present(await read(entryOf(item)))
    },
    async *inState(state, order = {}) {
      // What is under way is one group of the index.
      for await (const record of inGroup(ask, STATE_GROUPS[state], order))
        if (record.state === state) yield record
    },
    async *open(order = {}) {
      // An index may be a moment behind.
      for await (const record of inGroup(ask, STATE_GROUPS.waiting, order))
        if (!hasTransmissionEnded(record)) yield record
    },
  }
}

/** Records that are read at a time: the index of states holds their keys alone. */
const AT_A_TIME = 25

async function* inGroup(
  ask: AskTable,
  group: string,
  order: ReadingOrder,
): AsyncGenerator<TransmissionRecord> {
  const items = readShards(ask, { index: 'state', group: transmissionsInState(group) }, order)
  let batch: Promise<TransmissionRecord | undefined>[] = []
  for await (const item of past(items, order)) {
    batch.push(readTransmission(ask, entryOf(item)))
    if (batch.length < AT_A_TIME) continue
    yield* (await Promise.all(batch)).flatMap(present)
    batch = []
  }
  yield* (await Promise.all(batch)).flatMap(present)
}

async function readTransmission(ask: AskTable, id: string): Promise<TransmissionRecord | undefined> {
  const { Items: [item] = [] } = await ask({
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :transmission AND sk = :sk',
    ExpressionAttributeValues: { ':transmission': transmissionPartition(id), ':sk': TRANSMISSION_SORT_KEY },
  })
  return item === undefined ? undefined : transmissionRecordSchema.parse(item)
}

/** A range goes on with the last one that was read. */
async function* past(items: AsyncIterable<LedgerItem>, { after }: ReadingOrder): AsyncGenerator<LedgerItem> {
  for await (const item of items) if (entryOf(item) !== after) yield item
}

const present = (record: TransmissionRecord | undefined) => (record === undefined ? [] : [record])
