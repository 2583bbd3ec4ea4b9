import { dayOfFaxId } from '../../shared/ledger/index-keys.ts'
import type { AskTable } from '../../shared/ledger/partitions.ts'
import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'
import { type DeliveryRecord, deliveryRecordSchema, deliverySortKey } from '../../shared/ledger/records.ts'
import {
  makeTransmissionQueries,
  type TransmissionQueries,
} from '../../shared/ledger/transmission-queries.ts'
import { type TransmissionRecord, transmissionPartition } from '../../shared/ledger/transmission-record.ts'
import { bareNumber } from '../../shared/transmission/judge-number.ts'
import { type Known, type KnownReception, type KnownTransmission, sortOut } from './what-is-known.ts'

interface Asked {
  ledger: LedgerQueries
  askLedger: AskTable
}

interface Wanted {
  number: string
  /** Days of the ledger that are looked through for calls with the number as ours, newest first; none: it is no number of ours. */
  ownDays: readonly string[]
}

/** All that the ledger has of a number. `progress` is told how many days of how many have been looked through. */
export async function findKnown(
  { ledger, askLedger }: Asked,
  { number, ownDays }: Wanted,
  progress: (days: number) => void,
): Promise<Known> {
  const queries = makeTransmissionQueries(askLedger)
  const receptions = new Map<string, KnownReception>()
  const isOwn = ownDays.length > 0
  for await (const entry of ledger.faxesOfNumber(number, 'source')) note(receptions, entry, 'caller')
  if (isOwn)
    for await (const entry of ledger.faxesOfNumber(number, 'destination')) note(receptions, entry, 'called')
  const transmissions = new Map<string, Pick<KnownTransmission, 'record' | 'role'>>()
  for await (const record of calledAs(queries, number)) noteCall(transmissions, record, 'called')
  for await (const record of calledBy(queries, { number, ownDays }, progress))
    noteCall(transmissions, record, 'caller')
  const whole = []
  for (const one of transmissions.values()) whole.push(await completed({ askLedger, queries }, one))
  return sortOut([...receptions.values()], whole)
}

/** How many faxes were received on a number that is one of ours. */
export async function countReceivedOn({ ledger }: Asked, number: string): Promise<number> {
  let count = 0
  for await (const _ of ledger.faxesOfNumber(number, 'destination')) count += 1
  return count
}

function note(known: Map<string, KnownReception>, entry: FaxEntry, role: 'caller' | 'called'): void {
  const before = known.get(entry.fax.id)?.role ?? { caller: false, called: false }
  known.set(entry.fax.id, { entry, role: { ...before, [role]: true } })
}

function noteCall(
  known: Map<string, Pick<KnownTransmission, 'record' | 'role'>>,
  record: TransmissionRecord,
  role: 'caller' | 'called',
): void {
  const before = known.get(record.id)?.role ?? { caller: false, called: false }
  known.set(record.id, { record, role: { ...before, [role]: true } })
}

/** Refused ones have the number as somebody wrote it. */
async function* calledAs(queries: TransmissionQueries, number: string): AsyncGenerator<TransmissionRecord> {
  yield* queries.to(number)
  const bare = bareNumber(number)
  for await (const record of queries.inState('refused'))
    if (bare !== undefined && bareNumber(record.destination) === bare) yield record
}

const DAYS_AT_A_TIME = 8

async function* calledBy(
  queries: TransmissionQueries,
  { number, ownDays }: Wanted,
  progress: (days: number) => void,
): AsyncGenerator<TransmissionRecord> {
  for (let first = 0; first < ownDays.length; first += DAYS_AT_A_TIME) {
    const days = ownDays.slice(first, first + DAYS_AT_A_TIME)
    const found = await Promise.all(
      days.map((day) => all(queries.ofDay(day), ({ settings }) => settings?.callerNumber === number)),
    )
    yield* found.flat()
    progress(Math.min(first + DAYS_AT_A_TIME, ownDays.length))
  }
}

async function completed(
  { askLedger, queries }: { askLedger: AskTable; queries: TransmissionQueries },
  { record, role }: Pick<KnownTransmission, 'record' | 'role'>,
): Promise<KnownTransmission> {
  const { id, documentKey, mailKey } = record
  const isOfOneRequest = (other: TransmissionRecord) =>
    other.documentKey === documentKey || (mailKey !== undefined && other.mailKey === mailKey)
  // All numbers of a document, and of a mail, have its time in their ids.
  const sharers = await all(
    queries.ofDay(dayOfFaxId(id)),
    (other) => other.id !== id && isOfOneRequest(other),
  )
  return { record, role, sharers, notices: await noticesOf(askLedger, id) }
}

async function noticesOf(ask: AskTable, id: string): Promise<DeliveryRecord[]> {
  const { Items = [] } = await ask({
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :transmission AND begins_with(sk, :notice)',
    ExpressionAttributeValues: { ':transmission': transmissionPartition(id), ':notice': deliverySortKey('') },
  })
  return Items.map((item) => deliveryRecordSchema.parse(item))
}

async function all<Item>(items: AsyncIterable<Item>, isWanted: (item: Item) => boolean): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) if (isWanted(item)) found.push(item)
  return found
}
