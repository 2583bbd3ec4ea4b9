import { ENTRY, INDEXES, type LedgerIndex, SHARDS, shardKey } from './index-keys.ts'

/** A query as DynamoDB's document client takes it, but for the table's name. */
export interface LedgerQuery {
  IndexName?: string
  ConsistentRead?: boolean
  KeyConditionExpression: string
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues: Record<string, string>
  ScanIndexForward?: boolean
  Limit?: number
  ExclusiveStartKey?: Record<string, unknown>
}

export type LedgerItem = Record<string, unknown>

/** Asks the table: all of reading the ledger that is no pure function. */
export type AskTable = (query: LedgerQuery) => Promise<{
  Items?: LedgerItem[] | undefined
  LastEvaluatedKey?: Record<string, unknown> | undefined
}>

export interface ReadingOrder {
  /** Goes on behind this fax: the id of the last one that was read. */
  after?: string
  /** Newest first without it. */
  oldestFirst?: boolean
  /** How many faxes will be read, where that is known: no query asks for much more. */
  expected?: number
}

/** Entries as they sort; `before` is not one of them. */
export interface EntryRange {
  from: string
  before: string
}

const EVERYTHING: EntryRange = { from: '0', before: '~' }
/** Some 1 MB, which is where DynamoDB ends a page. */
const MOST_ITEMS = 1000
/** A fax with its deliveries. */
const ITEMS_PER_FAX = 4

export const entryOf = (item: LedgerItem) => String(item[ENTRY])

/** The items of one partition of an index, page after page. */
export async function* readPartition(
  ask: AskTable,
  { index, partition }: { index: LedgerIndex; partition: string },
  order: ReadingOrder,
  range = EVERYTHING,
): AsyncGenerator<LedgerItem> {
  const { from, before } = rest(range, order)
  if (from > before) return
  const { name, partitionKey } = INDEXES[index]
  const query: LedgerQuery = {
    IndexName: name,
    KeyConditionExpression: '#partition = :partition AND #entry BETWEEN :from AND :before',
    ExpressionAttributeNames: { '#partition': partitionKey, '#entry': ENTRY },
    ExpressionAttributeValues: { ':partition': partition, ':from': from, ':before': before },
    ScanIndexForward: order.oldestFirst === true,
    Limit: Math.min(MOST_ITEMS, ITEMS_PER_FAX * (order.expected ?? MOST_ITEMS) + 1),
  }
  let start: Record<string, unknown> | undefined
  do {
    const page = await ask({ ...query, ...(start === undefined ? {} : { ExclusiveStartKey: start }) })
    yield* page.Items ?? []
    start = page.LastEvaluatedKey
  } while (start !== undefined)
}

/** What is left of a range behind `after`. The items of that fax itself may be among it. */
function rest({ from, before }: EntryRange, { after, oldestFirst }: ReadingOrder): EntryRange {
  if (after === undefined) return { from, before }
  return oldestFirst === true
    ? { from: after > from ? after : from, before }
    : { from, before: after < before ? after : before }
}

/** The shards of a day or a state as one, in order. */
export async function* readShards(
  ask: AskTable,
  { index, group }: { index: 'day' | 'state'; group: string },
  order: ReadingOrder,
  range?: EntryRange,
): AsyncGenerator<LedgerItem> {
  const share = order.expected === undefined ? {} : { expected: Math.ceil((2 * order.expected) / SHARDS) }
  const shards = Array.from({ length: SHARDS }, (_, shard) =>
    readPartition(ask, { index, partition: shardKey(group, shard) }, { ...order, ...share }, range),
  )
  yield* merge(shards, order.oldestFirst === true ? ascending : descending)
}

type Compare = (one: string, other: string) => number
const ascending: Compare = (one, other) => (one < other ? -1 : 1)
const descending: Compare = (one, other) => (one > other ? -1 : 1)

async function* merge(sources: AsyncGenerator<LedgerItem>[], compare: Compare): AsyncGenerator<LedgerItem> {
  const open = await Promise.all(sources.map(async (source) => ({ source, head: await source.next() })))
  for (;;) {
    const heads = open.flatMap((one) => (one.head.done === true ? [] : [{ one, item: one.head.value }]))
    const [first, ...others] = heads
    if (first === undefined) return
    const next = others.reduce(
      (best, other) => (compare(entryOf(other.item), entryOf(best.item)) < 0 ? other : best),
      first,
    )
    yield next.item
    next.one.head = await next.one.source.next()
  }
}
