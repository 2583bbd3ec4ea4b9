import { timeOfFaxId } from '../../shared/fax-id.ts'
import { makeTransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { visibleJson } from '../../shared/visible.ts'
import { newestFirst } from '../faxes/list-options.ts'
import { shortTimeOf } from '../faxes/when.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { type Screen, standardOutput } from '../terminal/screen.ts'
import { type Column, LONGEST_NUMBER, tableLines } from '../terminal/table.ts'
import { detailOf, STATE_COLOURS } from '../transmissions/words.ts'
import { DEFAULT_DAYS, HELP, readCommandLine, type SentCommand } from './command-line.ts'
import { type Found, findTransmissions } from './find-transmissions.ts'

export const sent: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const now = new Date()
  const command = readCommandLine(words, now)
  const found = await withGateway('sent', command.choice, ({ askLedger }) =>
    findTransmissions(makeTransmissionQueries(askLedger), command, now),
  )
  const screen = standardOutput()
  screen.write(command.json ? asLines(found) : describe(screen, command, found, now))
  return EXIT_CODES.done
}

const inOrder = ({ records }: Found) =>
  newestFirst(records, ({ id, openedAt }) => [timeOfFaxId(id).toISOString(), openedAt, id])

function asLines(found: Found): string {
  return inOrder(found)
    .map((record) => `${visibleJson(record)}\n`)
    .join('')
}

const COLUMNS: Column[] = [
  { title: 'taken' },
  { title: 'to', shrinksTo: LONGEST_NUMBER },
  { title: 'pp', align: 'right' },
  { title: 'state' },
  { title: 'fax' },
  { title: 'how it stands', below: true },
]

export function describe(
  screen: Pick<Screen, 'columns' | 'paint'>,
  { span, to, state }: Pick<SentCommand, 'span' | 'to' | 'state'>,
  found: Found,
  now: Date,
): string {
  const { records, hasMore } = found
  if (records.length === 0) {
    const isOfLastDays =
      span === undefined &&
      to === undefined &&
      (state === undefined || state === 'sent' || state === 'canceled')
    return `No fax was to be sent${isOfLastDays ? ` in the last ${DEFAULT_DAYS} days` : ''} that fits.\n`
  }
  const lines = [
    ...tableLines(
      screen,
      COLUMNS,
      inOrder(found).map((record) => cells(record, now)),
    ),
    ...(hasMore ? ['', `There are more. Go on with --after ${records.at(-1)?.id}`] : []),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function cells(record: TransmissionRecord, now: Date) {
  const { id, destination, rasterised, state } = record
  return [
    shortTimeOf(timeOfFaxId(id), now),
    destination,
    String(rasterised?.pages ?? ''),
    { text: state, colour: STATE_COLOURS[state] },
    id,
    detailOf(record, now),
  ]
}
