import { TRANSMISSION_CONCERNS } from '../../shared/ledger/concerns.ts'
import { TRANSMISSION_STATES } from '../../shared/ledger/transmission-record.ts'
import { bareNumber } from '../../shared/transmission/judge-number.ts'
import { visible } from '../../shared/visible.ts'
import { readLimit, readPlace, readSpan } from '../faxes/list-options.ts'
import type { Span } from '../faxes/when.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { readWords, refuseWords, wrongUsage } from '../words.ts'

const DEFAULT_LIMIT = 50
/** What is looked through where nothing is said. */
export const DEFAULT_DAYS = 7
/** stuck is no state of a record: it should have gone on by now. */
export const SOUGHT_STATES = [...new Set([...TRANSMISSION_STATES, ...TRANSMISSION_CONCERNS])] as const
export type ListedState = (typeof SOUGHT_STATES)[number]

export const HELP = `Lists faxes that were to be sent, newest first.

Usage: faxlane sent [--day DAY] [--to N] [--state STATE] [--limit N] [--after ID] [--json]

  --day DAY      taken on this day: YYYY-MM-DD, today or yesterday, by the clock of this machine (the last ${DEFAULT_DAYS} days)
  --to N         to this number, as it was dialled; of any day
  --state STATE  in this state, of any day (sent, canceled: of the last ${DEFAULT_DAYS} days):
                 ${SOUGHT_STATES.join(', ')}
  --limit N      at most so many (${DEFAULT_LIMIT}); 0 is all
  --after ID     those before this fax, where a list has ended
  --json         a JSON object for each fax, a line each
  --help         this text
${GATEWAY_HELP}
faxlane show ID tells all about one, faxlane get ID fetches its document.

Exit code: 0 listed (and be it nothing), 1 the gateway can't be asked, 2 wrong usage.
`

export interface SentCommand {
  span: Span | undefined
  to: string | undefined
  state: ListedState | undefined
  /** Infinity: all. */
  limit: number
  after: string | undefined
  json: boolean
  choice: { stack?: string | undefined; home?: string | undefined }
}

/** Throws WrongUsage. */
export function readCommandLine(words: readonly string[], now: Date): SentCommand {
  const { values, positionals } = readWords('sent', words, {
    day: { type: 'string' },
    to: { type: 'string' },
    state: { type: 'string' },
    limit: { type: 'string', default: String(DEFAULT_LIMIT) },
    after: { type: 'string' },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  refuseWords('sent', positionals)
  const { day, to, state, limit, after, json, stack, home } = values
  return {
    span: day === undefined ? undefined : readSpan('sent', day, now),
    to: to === undefined ? undefined : numberOf(to),
    state: state === undefined ? undefined : stateNamed(state),
    limit: readLimit('sent', limit),
    after: after === undefined ? undefined : readPlace('sent', after),
    json,
    choice: { stack, home },
  }
}

function numberOf(word: string): string {
  const number = bareNumber(word)
  if (number === undefined) throw wrongUsage('sent', `--to ${visible(word)} is no number`)
  return number
}

function stateNamed(word: string): ListedState {
  const state = SOUGHT_STATES.find((one) => one === word)
  if (state !== undefined) return state
  throw wrongUsage('sent', `--state ${visible(word)} is no state; there is ${SOUGHT_STATES.join(', ')}`)
}
