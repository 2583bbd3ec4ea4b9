import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { makeTransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import { backendNameSchema, type DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { count } from '../faxes/amounts.ts'
import { readEntry, readFaxId } from '../faxes/fax-argument.ts'
import { stateOf } from '../faxes/fax-state.ts'
import { readDay } from '../faxes/when.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { readWords, refuseWords, wrongUsage } from '../words.ts'
import { byTable, unknownBackend } from './by-table.ts'
import { allFailed, type Retry, retryOf } from './find-failed.ts'
import { followRetry } from './follow.ts'
import { sendAgain } from './send-again.ts'

const HELP = `Delivers again what failed, by the table as it is deployed now: once the cause is mended.

Usage: faxlane retry ID [--backend B [--again]] [--wait] [--json]
       faxlane retry ID --again [--dry-run] [--wait] [--json]
       faxlane retry --failed [--day DAY] [--backend B] [--dry-run] [--wait] [--json]

  --backend B   to this backend alone; with an ID, one that the fax was not routed to as well
  --again       with --backend: although it was delivered there; what can say so is marked as a possible duplicate
                of a fax that was to be sent: sends the same document to the same number once more, as a new fax; whatever became of the first
  --failed      all deliveries that failed or came back
  --day DAY     those of this day: YYYY-MM-DD, today or yesterday
  --dry-run     say which, and ask for none
  --wait        wait for what becomes of it, a minute at most
  --json        a JSON object for each delivery that is asked for, a line each; with --wait with the state of the fax
  --help        this text
${GATEWAY_HELP}
A fax that was unrouted goes where the table says by now. What was delivered is delivered again with --again alone.

Exit code: 0 asked for (with --wait: and delivered), 1 there is nothing to try again, or it failed again, 2 wrong usage.
`

export const retry: Subcommand = { help: HELP, run }

const PATIENCE_MILLISECONDS = 60_000

function readCommandLine(words: readonly string[]) {
  const { values, positionals } = readWords('retry', words, {
    backend: { type: 'string' },
    again: { type: 'boolean', default: false },
    failed: { type: 'boolean', default: false },
    day: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    wait: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const { backend, day, failed, again } = values
  if (failed) refuseWords('retry', positionals)
  if (!failed && day !== undefined) throw wrongUsage('retry', '--day goes with --failed')
  if (failed && again) throw wrongUsage('retry', '--again goes with an ID')
  if (backend !== undefined && !backendNameSchema.safeParse(backend).success) {
    throw wrongUsage('retry', `--backend ${visible(backend)} is no name of a backend`)
  }
  const span = day === undefined ? undefined : readDay(day, new Date())
  if (day !== undefined && span === undefined) {
    throw wrongUsage('retry', `--day ${visible(day)} is no day: YYYY-MM-DD, today or yesterday`)
  }
  return { ...values, span, faxId: failed ? undefined : readFaxId('retry', positionals) }
}
type RetryCommand = ReturnType<typeof readCommandLine>

async function run(words: readonly string[]): Promise<number> {
  const command = readCommandLine(words)
  return withGateway('retry', command, async (gateway) => {
    const transmission = await findTransmission(gateway, command)
    if (transmission !== undefined) return sendAgain(gateway, transmission, command)
    const table = await gateway.readTable()
    refuseUnknown(command, table)
    const retries = await findRetries(gateway, command)
    if (retries.length === 0) {
      process.stdout.write(command.json ? '' : 'Nothing has failed.\n')
      return EXIT_CODES.done
    }
    const { possible, impossible } = byTable(retries, table)
    for (const why of impossible) process.stderr.write(`faxlane: ${why}\n`)
    const exitCode = possible.length === 0 ? EXIT_CODES.done : await ask(gateway, command, possible)
    return impossible.length === 0 ? exitCode : EXIT_CODES.someFailed
  })
}

async function findTransmission({ askLedger }: Gateway, { faxId }: RetryCommand) {
  return faxId === undefined ? undefined : makeTransmissionQueries(askLedger).transmission(faxId)
}

function refuseUnknown({ backend, again }: RetryCommand, table: DeployedTable): void {
  if (again && backend === undefined)
    throw wrongUsage('retry', '--again of a fax that was received goes with --backend')
  const unknown = backend === undefined ? undefined : unknownBackend(backend, table)
  if (unknown !== undefined) throw wrongUsage('retry', `--backend: ${unknown}`)
}

async function findRetries(
  { ledger }: Gateway,
  { faxId, backend, again, span }: RetryCommand,
): Promise<Retry[]> {
  if (faxId === undefined) return allFailed(ledger, { span, backend })
  return [retryOf(await readEntry(ledger, faxId), { backend, again }, new Date())]
}

async function ask(gateway: Gateway, command: RetryCommand, retries: readonly Retry[]): Promise<number> {
  const dryRun = command['dry-run']
  const { wait, json } = command
  for (const { request } of retries) {
    if (!dryRun) await gateway.queues.send(gateway.names.dispatch, request)
    if (!json)
      process.stdout.write(
        `${request.faxId} to ${visible(request.backend ?? 'wherever it did not arrive')}\n`,
      )
    else if (!wait || dryRun) process.stdout.write(`${visibleJson({ ...request, asked: !dryRun })}\n`)
  }
  if (!json)
    process.stdout.write(
      `${count(retries.length, 'delivery', 'deliveries')} ${dryRun ? 'would be asked for' : 'asked for'}.\n`,
    )
  return wait && !dryRun ? report(gateway, command, retries) : EXIT_CODES.done
}

/** What became of each, as far as it has come in a minute. */
async function report(
  { ledger }: Gateway,
  { json }: RetryCommand,
  retries: readonly Retry[],
): Promise<number> {
  const until = Date.now() + PATIENCE_MILLISECONDS
  let delivered = 0
  for (const { entry, request } of retries) {
    const after = await followRetry(ledger, entry, until)
    const state = stateAsked(after, request.backend)
    if (state === 'delivered') delivered++
    process.stdout.write(
      json
        ? `${visibleJson({ ...request, asked: true, state })}\n`
        : `${request.faxId}${request.backend === undefined ? '' : ` to ${request.backend}`}: ${state}\n`,
    )
  }
  return delivered === retries.length ? EXIT_CODES.done : EXIT_CODES.someFailed
}

/** Of what was asked for, never of another delivery. */
function stateAsked(after: FaxEntry, backend: string | undefined): string {
  if (backend === undefined) return stateOf(after)
  return after.deliveries.find((one) => one.backend === backend)?.state ?? 'not begun'
}
