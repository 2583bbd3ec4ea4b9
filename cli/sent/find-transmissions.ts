import { timeOfFaxId } from '../../shared/fax-id.ts'
import { concernsOfTransmission } from '../../shared/ledger/concerns.ts'
import type { ReadingOrder } from '../../shared/ledger/partitions.ts'
import type { TransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { Span } from '../faxes/when.ts'
import { DEFAULT_DAYS, type SentCommand } from './command-line.ts'

export interface Found {
  /** Newest first. */
  records: TransmissionRecord[]
  /** There are more, behind the last one. */
  hasMore: boolean
}

type Wanted = Pick<SentCommand, 'span' | 'to' | 'state' | 'limit' | 'after'>
const DAY_MILLISECONDS = 86_400_000

/** Asks the question that reads the least, and leaves out of its answer what the other conditions rule out. */
export async function findTransmissions(
  queries: TransmissionQueries,
  wanted: Wanted,
  now: Date,
): Promise<Found> {
  const records: TransmissionRecord[] = []
  for await (const record of ask(queries, wanted, now)) {
    if (!fits(record, wanted, now)) continue
    if (records.length >= wanted.limit) return { records, hasMore: true }
    records.push(record)
  }
  return { records, hasMore: false }
}

async function* ask(
  queries: TransmissionQueries,
  { span, to, state, after }: Wanted,
  now: Date,
): AsyncGenerator<TransmissionRecord> {
  const order: ReadingOrder = after === undefined ? {} : { after }
  if (to !== undefined) return yield* queries.to(to, order)
  if (state === 'stuck') return yield* queries.open(order)
  if (state !== undefined && state !== 'sent' && state !== 'canceled' && span === undefined)
    return yield* queries.inState(state, order)
  for (const day of daysOf(span ?? lastDays(now))) {
    if (after === undefined || day <= timeOfFaxId(after).toISOString().slice(0, 10))
      yield* queries.ofDay(day, order)
  }
}

/** The clock of who sent may be ahead a little. */
const lastDays = (now: Date): Span => ({
  from: new Date(now.getTime() - DEFAULT_DAYS * DAY_MILLISECONDS),
  to: new Date(now.getTime() + 60_000),
})

/** In UTC, as ids are, newest first. */
function daysOf({ from, to }: Span): string[] {
  const days: string[] = []
  const first = Math.floor(from.getTime() / DAY_MILLISECONDS) * DAY_MILLISECONDS
  for (let day = first; day < to.getTime(); day += DAY_MILLISECONDS)
    days.push(new Date(day).toISOString().slice(0, 10))
  return days.reverse()
}

function fits(record: TransmissionRecord, { span, to, state }: Wanted, now: Date): boolean {
  const at = timeOfFaxId(record.id)
  const ofAnyDay = span === undefined && (to !== undefined || state !== undefined)
  const { from, to: until } = span ?? lastDays(now)
  return (
    (ofAnyDay || (at >= from && at < until)) &&
    (to === undefined || record.destination === to) &&
    (state === undefined ||
      record.state === state ||
      concernsOfTransmission(record, now).some(({ concern }) => concern === state))
  )
}
