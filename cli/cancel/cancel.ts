import { makeTransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { parseAgentClaim } from '../../shared/transmission/claim.ts'
import { claimKey } from '../../shared/transmission/keys.ts'
import type { TransmissionReport } from '../../shared/transmission/transmit-job.ts'
import { visibleJson } from '../../shared/visible.ts'
import { readFaxId } from '../faxes/fax-argument.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { CommandFailed, EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { readWords } from '../words.ts'

const HELP = `Cancels a fax that is to be sent and is not dialled yet.

Usage: faxlane cancel ID [--json]

  --json        what was canceled, as one JSON object
  --help        this text
${GATEWAY_HELP}
Exit code: 0 nobody will dial it, 1 it is too late or there is no such fax, 2 wrong usage.
`

export const cancel: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('cancel', words, {
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const id = readFaxId('cancel', positionals)
  await withGateway('cancel', values, async (gateway) => {
    const record = await makeTransmissionQueries(gateway.askLedger).transmission(id)
    if (record === undefined)
      throw new CommandFailed(
        `the ledger has no fax ${id} that is to be sent. faxlane sent lists those that are.`,
      )
    if (hasTransmissionEnded(record)) throw new CommandFailed(`${id} has ended: ${record.state}.`)
    if (!(await claim(gateway, record))) {
      throw new CommandFailed(
        `${id} is being dialled; the call goes on to its end. faxlane show ${id} says how.`,
      )
    }
    await gateway.queues.send(gateway.names.reports(record.site), canceled(record))
  })
  process.stdout.write(values.json ? `${visibleJson({ canceled: id })}\n` : `${id}: nobody will dial it.\n`)
  return EXIT_CODES.done
}

/** Whoever puts the claim of an attempt first decides whether it is dialled. Also true where a cancellation put it before. */
async function claim({ files }: Gateway, { id, site, attempt }: TransmissionRecord): Promise<boolean> {
  const key = claimKey({ site, transmissionId: id, attempt })
  const bytes = Buffer.from(JSON.stringify({ canceledBy: 'faxlane cancel', at: new Date().toISOString() }))
  try {
    await files.putNew({ key, bytes, metadata: {}, contentType: 'application/json' })
    return true
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error
    return parseAgentClaim(Buffer.from((await files.read(key)) ?? []).toString()) === undefined
  }
}

/** As an agent that finds the claim taken reports it: `settle` alone writes the ledger. */
function canceled({ id, attempt }: TransmissionRecord): TransmissionReport {
  return {
    version: 1,
    transmission: {
      id,
      attempt,
      at: new Date().toISOString(),
      progress: {
        event: 'ended',
        cause: 'canceled',
        text: 'Canceled by faxlane cancel.',
        pagesSent: 0,
        callSeconds: 0,
        foreign: {},
      },
    },
  }
}
