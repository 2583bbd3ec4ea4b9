import { RECEPTION_CONCERNS } from '../../shared/ledger/concerns.ts'
import { DELIVERY_STATES, FAX_STATES } from '../../shared/ledger/records.ts'
import { DIALLED_NUMBER } from '../../shared/routing-table/sections/number.ts'
import { visible } from '../../shared/visible.ts'
import { readLimit, readPlace, readSpan } from '../faxes/list-options.ts'
import type { Span } from '../faxes/when.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { readWords, wrongUsage } from '../words.ts'

const DEFAULT_LIMIT = 50
/** What is looked through where no day is said. */
export const DEFAULT_DAYS = 7

/** What needs a person is no state of a record in all cases: damaged, and stuck, which should have gone on by now. */
export const SOUGHT_STATES = [...new Set([...FAX_STATES, ...DELIVERY_STATES, ...RECEPTION_CONCERNS])] as const
export type ListedState = (typeof SOUGHT_STATES)[number]

export const HELP = `Lists faxes, newest first.

Usage: faxlane list [--day DAY] [--number N] [--state STATE] [--limit N] [--after ID] [--json]

  --day DAY      of this day: YYYY-MM-DD, today or yesterday, by the clock of this machine (the last ${DEFAULT_DAYS} days)
  --number N     called this number, or were called from it, as the PBX gave it; of any day
  --state STATE  in this state, or with a delivery in it, of any day (routed, delivered, simulated: of the last ${DEFAULT_DAYS} days):
                 ${SOUGHT_STATES.join(', ')}
  --limit N      at most so many (${DEFAULT_LIMIT}); 0 is all
  --after ID     those before this fax, where a list has ended
  --json         a JSON object for each fax, a line each: fax, deliveries, state
  --help         this text
${GATEWAY_HELP}
The state that is shown is the fax's own, or that of the delivery which most calls for somebody; ! is one that came incomplete or damaged. A delivery
that a fallback made in its place has not failed here.

Exit code: 0 listed (and be it nothing), 1 the gateway can't be asked, 2 wrong usage.
`

export interface ListCommand {
  span: Span | undefined
  number: string | undefined
  state: ListedState | undefined
  /** Infinity: all. */
  limit: number
  after: string | undefined
  json: boolean
  choice: { stack?: string | undefined; home?: string | undefined }
}

/** Throws WrongUsage. */
export function readCommandLine(words: readonly string[], now: Date): ListCommand {
  const { values, positionals } = readWords('list', words, {
    day: { type: 'string' },
    number: { type: 'string' },
    state: { type: 'string' },
    limit: { type: 'string', default: String(DEFAULT_LIMIT) },
    after: { type: 'string' },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const [extra] = positionals
  if (extra !== undefined)
    throw wrong(`${visible(extra)} is no option. A number goes with --number, a day with --day`)
  const { day, number, state, after, json, stack, home } = values
  return {
    span: day === undefined ? undefined : readSpan('list', day, now),
    number: number === undefined ? undefined : numberOf(number),
    state: state === undefined ? undefined : stateNamed(state),
    limit: readLimit('list', values.limit),
    after: after === undefined ? undefined : readPlace('list', after),
    json,
    choice: { stack, home },
  }
}

function numberOf(word: string): string {
  if (!DIALLED_NUMBER.test(word))
    throw wrong(`--number ${visible(word)} is no number: digits, * and #, with or without a + in front`)
  return word
}

function stateNamed(word: string): ListedState {
  const state = SOUGHT_STATES.find((one) => one === word)
  if (state === undefined)
    throw wrong(`--state ${visible(word)} is no state; there is ${SOUGHT_STATES.join(', ')}`)
  return state
}

const wrong = (what: string) => wrongUsage('list', what)
