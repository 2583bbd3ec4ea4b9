import { makeTransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { timeOf } from '../faxes/when.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { EXIT_CODES } from '../subcommand.ts'
import { type Screen, standardOutput } from '../terminal/screen.ts'
import { detailOf, STATE_COLOURS } from '../transmissions/words.ts'
import { follow } from './follow.ts'
import type { Taken } from './put.ts'

interface Telling {
  /** Until all of them have ended. */
  wait: boolean
  json: boolean
}

/** Says what was taken, or how it goes on to its end. Resolves to the exit code. */
export async function tellOf(
  gateway: Pick<Gateway, 'askLedger'>,
  telling: Telling,
  taken: readonly Taken[],
): Promise<number> {
  const screen = standardOutput()
  if (telling.wait) return followAll(gateway, telling, taken, screen)
  for (const one of taken)
    screen.write(telling.json ? `${visibleJson(one)}\n` : `${one.id}  to ${visible(one.to)}\n`)
  return EXIT_CODES.done
}

async function followAll(
  { askLedger }: Pick<Gateway, 'askLedger'>,
  { json }: Pick<Telling, 'json'>,
  taken: readonly Taken[],
  screen: Screen,
): Promise<number> {
  const queries = makeTransmissionQueries(askLedger)
  const ends = await Promise.all(
    taken.map(({ id }) =>
      follow(queries, id, (record) => json || screen.write(progressLine(screen, record))),
    ),
  )
  if (json) for (const record of ends) screen.write(`${visibleJson(record)}\n`)
  return ends.every(({ state }) => state === 'sent') ? EXIT_CODES.done : EXIT_CODES.someFailed
}

function progressLine({ paint }: Screen, record: TransmissionRecord): string {
  const { state, destination } = record
  const detail = visible(detailOf(record, new Date()))
  return `${timeOf(new Date())}  ${visible(destination)}  ${paint(STATE_COLOURS[state], state)}${detail === '' ? '' : `: ${detail}`}\n`
}
