import { timeOfFaxId } from '../../shared/fax-id.ts'
import { visibleJson } from '../../shared/visible.ts'
import { stateOf } from '../faxes/fax-state.ts'
import { newestFirst } from '../faxes/list-options.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { type Screen, standardOutput } from '../terminal/screen.ts'
import { DEFAULT_DAYS, HELP, type ListCommand, readCommandLine } from './command-line.ts'
import { faxTable } from './fax-table.ts'
import { type Found, findFaxes } from './find-faxes.ts'

export const list: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const now = new Date()
  const command = readCommandLine(words, now)
  const found = await withGateway('list', command.choice, ({ ledger }) => findFaxes(ledger, command, now))
  const screen = standardOutput()
  screen.write(command.json ? asLines(found) : describe(screen, command, found, now))
  return EXIT_CODES.done
}

/** Ids tell the second alone. */
const inOrder = ({ entries }: Found) =>
  newestFirst(entries, ({ fax }) => [timeOfFaxId(fax.id).toISOString(), fax.facts.receivedAt, fax.id])

function asLines(found: Found): string {
  return inOrder(found)
    .map((entry) => `${visibleJson({ ...entry, state: stateOf(entry) })}\n`)
    .join('')
}

function describe(screen: Screen, { span, number, state }: ListCommand, found: Found, now: Date): string {
  const { entries, hasMore } = found
  if (entries.length === 0) {
    const where =
      span === undefined &&
      number === undefined &&
      (state === undefined || state === 'routed' || state === 'delivered' || state === 'simulated')
    return `No fax${where ? ` in the last ${DEFAULT_DAYS} days` : ''} that fits.\n`
  }
  const last = entries.at(-1)?.fax.id
  const lines = [
    ...faxTable(screen, inOrder(found), now),
    ...(hasMore ? ['', `There are more. Go on with --after ${last}`] : []),
  ]
  return lines.map((line) => `${line}\n`).join('')
}
