import { timeOfFaxId } from '../../shared/fax-id.ts'
import {
  makeTransmissionQueries,
  type TransmissionQueries,
} from '../../shared/ledger/transmission-queries.ts'
import { TRANSMISSION_STATES, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { bareNumber } from '../../shared/transmission/judge-number.ts'
import { visible } from '../../shared/visible.ts'
import { readDay, type Span, shortTimeOf } from '../faxes/when.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { type Screen, standardOutput } from '../terminal/screen.ts'
import { type Column, tableLines } from '../terminal/table.ts'
import { detailOf, STATE_COLOURS } from '../transmissions/words.ts'
import { readWords, refuseWords, wrongUsage } from '../words.ts'

const DEFAULT_LIMIT = 50
const DEFAULT_DAYS = 7
const DAY_MILLISECONDS = 86_400_000

const HELP = `Lists faxes that were to be sent, newest first.

Usage: faxlane sent [--day DAY] [--to N] [--state STATE] [--limit N] [--json]

  --day DAY      taken on this day: YYYY-MM-DD, today or yesterday, by the clock of this machine (the last ${DEFAULT_DAYS} days)
  --to N         to this number, as it was dialled; of any day
  --state STATE  in this state: ${TRANSMISSION_STATES.join(', ')}
  --limit N      at most so many (${DEFAULT_LIMIT}); 0 is all
  --json         a JSON object for each fax, a line each
  --help         this text
${GATEWAY_HELP}
faxlane show ID tells all about one.

Exit code: 0 listed (and be it nothing), 1 the gateway can't be asked, 2 wrong usage.
`

export const sent: Subcommand = { help: HELP, run }

interface Wanted {
  span: Span
  /** Said, and not the last days. */
  isDay: boolean
  to: string | undefined
  state: TransmissionRecord['state'] | undefined
}

async function run(words: readonly string[]): Promise<number> {
  const now = new Date()
  const { values, positionals } = readWords('sent', words, {
    day: { type: 'string' },
    to: { type: 'string' },
    state: { type: 'string' },
    limit: { type: 'string', default: String(DEFAULT_LIMIT) },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  refuseWords('sent', positionals)
  const limit = limitOf(values.limit)
  const wanted = wantedBy(values, now)
  const records = await withGateway('sent', values, ({ askLedger }) =>
    take(makeTransmissionQueries(askLedger), wanted, limit),
  )
  const screen = standardOutput()
  screen.write(
    values.json
      ? records.map((record) => `${JSON.stringify(record)}\n`).join('')
      : describe(screen, records, now),
  )
  return EXIT_CODES.done
}

function limitOf(word: string): number {
  if (!/^\d{1,7}$/.test(word)) throw wrong(`--limit ${visible(word)} is no whole number`)
  return Number(word) === 0 ? Infinity : Number(word)
}

function wantedBy(
  { day, to, state: word }: { day?: string | undefined; to?: string | undefined; state?: string | undefined },
  now: Date,
): Wanted {
  const span = day === undefined ? lastDays(now) : readDay(day, now)
  if (span === undefined) throw wrong(`--day ${visible(day ?? '')} is no day: YYYY-MM-DD, today or yesterday`)
  const state = TRANSMISSION_STATES.find((one) => one === word)
  if (word !== undefined && state === undefined) {
    throw wrong(`--state ${visible(word)} is no state; there is ${TRANSMISSION_STATES.join(', ')}`)
  }
  const number = to === undefined ? undefined : bareNumber(to)
  if (to !== undefined && number === undefined) throw wrong(`--to ${visible(to)} is no number`)
  return { span, isDay: day !== undefined, to: number, state }
}

/** The clock of who sent may be ahead a little. */
const lastDays = (now: Date): Span => ({
  from: new Date(now.getTime() - DEFAULT_DAYS * DAY_MILLISECONDS),
  to: new Date(now.getTime() + 60_000),
})

async function take(
  queries: TransmissionQueries,
  wanted: Wanted,
  limit: number,
): Promise<TransmissionRecord[]> {
  const taken: TransmissionRecord[] = []
  for await (const record of ask(queries, wanted)) {
    if (taken.length >= limit) break
    if (fits(record, wanted)) taken.push(record)
  }
  return taken
}

async function* ask(
  queries: TransmissionQueries,
  { span, to, state, isDay }: Wanted,
): AsyncGenerator<TransmissionRecord> {
  if (to !== undefined) return yield* queries.to(to)
  if (state !== undefined && state !== 'sent' && state !== 'canceled' && !isDay)
    return yield* queries.inState(state)
  for (const day of daysOf(span)) yield* queries.ofDay(day)
}

/** In UTC, as ids are, newest first. */
function daysOf({ from, to }: Span): string[] {
  const days: string[] = []
  const first = Math.floor(from.getTime() / DAY_MILLISECONDS) * DAY_MILLISECONDS
  for (let day = first; day < to.getTime(); day += DAY_MILLISECONDS)
    days.push(new Date(day).toISOString().slice(0, 10))
  return days.reverse()
}

function fits(record: TransmissionRecord, { span, isDay, to, state }: Wanted): boolean {
  const at = timeOfFaxId(record.id)
  const ofAnyDay = !isDay && (to !== undefined || state !== undefined)
  return (ofAnyDay || (at >= span.from && at < span.to)) && (state === undefined || record.state === state)
}

const COLUMNS: Column[] = [
  { title: 'taken' },
  { title: 'to', shrinksTo: 8 },
  { title: 'pp', align: 'right' },
  { title: 'state' },
  { title: 'fax' },
  { title: 'by', shrinksTo: 6 },
  { title: '', shrinksTo: 12 },
]

function describe(screen: Screen, records: readonly TransmissionRecord[], now: Date): string {
  if (records.length === 0) return 'No fax was to be sent that fits.\n'
  const rows = records.map((record) => [
    shortTimeOf(timeOfFaxId(record.id), now),
    record.destination,
    String(record.rasterised?.pages ?? ''),
    { text: record.state, colour: STATE_COLOURS[record.state] },
    record.id,
    record.sender.split('/').at(-1) ?? '',
    detailOf(record, now),
  ])
  return tableLines(screen, COLUMNS, rows)
    .map((line) => `${line}\n`)
    .join('')
}

const wrong = (what: string) => wrongUsage('sent', what)
