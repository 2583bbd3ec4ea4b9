import { whatIsStuck } from '../../shared/ledger/stuck.ts'
import { whyStuck } from '../../shared/ledger/stuck-transmission.ts'
import { makeTransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import { visibleJson } from '../../shared/visible.ts'
import { readEntry, readFaxId } from '../faxes/fax-argument.ts'
import { stateOf } from '../faxes/fax-state.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { standardOutput } from '../terminal/screen.ts'
import { describeTransmission } from '../transmissions/describe.ts'
import { readWords } from '../words.ts'
import { describe } from './describe.ts'

const HELP = `Shows all that happened to a fax: its facts, and a timeline with every attempt and the other side's own words.

Usage: faxlane show ID [--json]

  --json        the same as one JSON object: fax, deliveries, state, stuck; of a fax that is to be sent: transmission, stuck
  --help        this text
${GATEWAY_HELP}
Exit code: 0 shown, 1 there is no such fax, 2 wrong usage.
`

export const show: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('show', words, {
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const faxId = readFaxId('show', positionals)
  const { entry, transmission } = await withGateway('show', values, async ({ ledger, askLedger }) => {
    const transmission = await makeTransmissionQueries(askLedger).transmission(faxId)
    return transmission === undefined ? { entry: await readEntry(ledger, faxId) } : { transmission }
  })
  const now = new Date()
  const screen = standardOutput()
  if (transmission !== undefined) {
    screen.write(
      values.json
        ? `${visibleJson({ transmission, stuck: whyStuck(transmission, now) })}\n`
        : describeTransmission(screen, transmission, now),
    )
    return EXIT_CODES.done
  }
  screen.write(
    values.json
      ? `${visibleJson({ ...entry, state: stateOf(entry), stuck: whatIsStuck(entry, now) })}\n`
      : describe(screen, entry, now),
  )
  return EXIT_CODES.done
}
