import { timeOfFaxId } from '../../shared/fax-id.ts'
import {
  concernsOfReception,
  RECEPTION_CONCERNS,
  type ReceptionConcern,
} from '../../shared/ledger/concerns.ts'
import type { ReadingOrder } from '../../shared/ledger/partitions.ts'
import {
  type FaxEntry,
  isInState,
  type LedgerQueries,
  type SoughtState,
} from '../../shared/ledger/queries.ts'
import type { Span } from '../faxes/when.ts'
import { DEFAULT_DAYS, type ListCommand, type ListedState } from './command-line.ts'

export interface Found {
  /** Newest first. */
  entries: FaxEntry[]
  /** There are more, behind the last one. */
  hasMore: boolean
}

type Wanted = Pick<ListCommand, 'span' | 'number' | 'state' | 'limit' | 'after'>

/** Asks the questions that read the least, and leaves out of their answers what the other conditions rule out. */
export async function findFaxes(ledger: LedgerQueries, wanted: Wanted, now: Date): Promise<Found> {
  const lists = await Promise.all(sourcesOf(ledger, wanted, now).map((source) => take(source, wanted, now)))
  const byId = new Map(lists.flat().map((entry) => [entry.fax.id, entry]))
  const entries = [...byId.values()].sort((one, other) => (one.fax.id > other.fax.id ? -1 : 1))
  return { entries: entries.slice(0, wanted.limit), hasMore: entries.length > wanted.limit }
}

function sourcesOf(ledger: LedgerQueries, wanted: Wanted, now: Date): AsyncIterable<FaxEntry>[] {
  const { span, number, state, limit, after } = wanted
  const order: ReadingOrder = {
    ...(after === undefined ? {} : { after }),
    ...(limit === Infinity ? {} : { expected: limit + 1 }),
  }
  if (state === 'stuck') return [ledger.stuck(now)]
  if (number !== undefined) {
    return [ledger.faxesOfNumber(number, 'destination', order), ledger.faxesOfNumber(number, 'source', order)]
  }
  if (state === 'damaged' && span === undefined)
    return [ledger.damagedFaxes(order), ledger.faxesInState('unrouted', order)]
  if (state !== undefined && isKeptByState(state) && span === undefined)
    return [ledger.faxesInState(state, order)]
  const { from, to } = span ?? lastDays(now)
  return [ledger.faxesBetween(from, to, order)]
}

/** The others are the end of most faxes, and are found by time. */
function isKeptByState(state: Exclude<Wanted['state'], undefined | 'stuck'>): state is SoughtState {
  return state !== 'routed' && state !== 'delivered' && state !== 'simulated' && state !== 'damaged'
}

function lastDays(now: Date): Span {
  // The clock of a site may be ahead a little.
  return { from: new Date(now.getTime() - DEFAULT_DAYS * 86_400_000), to: new Date(now.getTime() + 60_000) }
}

/** What fits, one more than is shown: so it is known whether there are more. */
async function take(source: AsyncIterable<FaxEntry>, wanted: Wanted, now: Date): Promise<FaxEntry[]> {
  const { span, state, limit } = wanted
  const taken: FaxEntry[] = []
  for await (const entry of source) {
    // Newest first, but for what is stuck: all that follows is older still.
    if (span !== undefined && state !== 'stuck' && timeOfFaxId(entry.fax.id) < span.from) break
    if (fits(entry, wanted, now)) taken.push(entry)
    if (taken.length > limit) break
  }
  return taken
}

function fits(entry: FaxEntry, { span, number, state }: Wanted, now: Date): boolean {
  const at = timeOfFaxId(entry.fax.id)
  const { destination, source } = entry.fax.facts
  return (
    (span === undefined || (at >= span.from && at < span.to)) &&
    (number === undefined || destination === number || source === number) &&
    (state === undefined || isListedAs(entry, state, now))
  )
}

/** What needs a person is what `faxlane status` counts. */
function isListedAs(entry: FaxEntry, state: ListedState, now: Date): boolean {
  return isConcern(state)
    ? concernsOfReception(entry, now).some(({ concern }) => concern === state)
    : isInState(entry, state)
}

const isConcern = (state: ListedState): state is ReceptionConcern =>
  RECEPTION_CONCERNS.some((concern) => concern === state)
