import { makeTransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import { hasTransmissionEnded } from '../../shared/ledger/transmission-record.ts'
import { settledSchema } from '../../shared/transmission/ending.ts'
import { visibleJson } from '../../shared/visible.ts'
import { readFaxId } from '../faxes/fax-argument.ts'
import { dayOf, timeOf } from '../faxes/when.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { CommandFailed, EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { readWords } from '../words.ts'
import { claimOrDialledAt } from './claim.ts'
import { endingOf } from './ending.ts'

const HELP = `Cancels a fax that is to be sent and is not dialled yet; ends one whose site has told no end of its call.

Usage: faxlane cancel ID [--json]

  --json        what was ended, as one JSON object: id, state
  --help        this text
${GATEWAY_HELP}
A call goes on to its end. When its site is silent about it for three hours longer than it could last, it is ended as unknown: it may have
gone out, it is not dialled again, and its sender is told. What the site's agent knows of it when it is back is written down all the same.

Exit code: 0 nobody will dial it, 1 it is too late or there is no such fax, 2 wrong usage.
`

export const cancel: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('cancel', words, {
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const id = readFaxId('cancel', positionals)
  const state = await withGateway('cancel', values, (gateway) => end(gateway, id))
  process.stdout.write(values.json ? `${visibleJson({ id, state })}\n` : `${id}: ${SAID[state]}\n`)
  return EXIT_CODES.done
}

type EndState = 'canceled' | 'unknown'

const SAID: Record<EndState, string> = {
  canceled: 'nobody will dial it.',
  unknown: 'it may have gone out, and is not dialled again.',
}

async function end(gateway: Gateway, id: string): Promise<EndState> {
  const record = await makeTransmissionQueries(gateway.askLedger).transmission(id)
  if (record === undefined) {
    throw new CommandFailed(
      `the ledger has no fax ${id} that is to be sent. faxlane sent lists those that are.`,
    )
  }
  if (hasTransmissionEnded(record)) throw new CommandFailed(`${id} has ended: ${record.state}.`)
  const dialledAt = await claimOrDialledAt(gateway, record)
  const ending = endingOf(record, dialledAt, new Date())
  if (ending instanceof Date) {
    const time = `${dayOf(ending)} ${timeOf(ending)}`
    throw new CommandFailed(
      `${id} is being dialled; the call goes on to its end. faxlane show ${id} says how. If its site stays silent, it can be ended after ${time}.`,
    )
  }
  // `settle` alone writes the ledger.
  const { state } = settledSchema.parse(await gateway.invoke(gateway.names.function('settle'), ending))
  // Its agent was back in the same moment.
  if (state !== 'canceled' && state !== 'unknown')
    throw new CommandFailed(`its site has told of ${id} meanwhile: ${state}.`)
  return state
}
