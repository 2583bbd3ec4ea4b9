import { timeOfFaxId } from '../../shared/fax-id.ts'
import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'
import { replacedBackends } from '../../shared/ledger/replaced.ts'
import type { DispatchRequest } from '../../shared/messages.ts'
import { visible } from '../../shared/visible.ts'
import type { Span } from '../faxes/when.ts'
import { CommandFailed } from '../subcommand.ts'

/** What is to be asked of the function that makes deliveries, and the fax as it was before. */
export interface Retry {
  entry: FaxEntry
  request: DispatchRequest
}

/** What of a fax can be tried again. Throws CommandFailed where there is nothing, with why. */
export function retryOf(entry: FaxEntry, backend: string | undefined): Retry {
  const { id: faxId, state, reason = '', pdfKey } = entry.fax
  if (state === 'received') throw new CommandFailed(`${faxId} is still under way.`)
  if (state === 'simulated')
    throw new CommandFailed(`${faxId} was only simulated: nothing of it is delivered.`)
  if (pdfKey === undefined) {
    throw new CommandFailed(`${faxId} is ${state}: ${visible(reason)} There is nothing of it to deliver.`)
  }
  if (backend === undefined && state === 'routed' && failedDeliveries(entry).length === 0) {
    throw new CommandFailed(
      `nothing of ${faxId} has failed. With --backend it goes to that backend once more, or for the first time.`,
    )
  }
  if (
    entry.deliveries.some(
      (one) => one.backend === backend && (one.state === 'waiting' || one.state === 'claimed'),
    )
  ) {
    throw new CommandFailed(`${faxId} is on its way to ${backend} already.`)
  }
  if (entry.deliveries.some((one) => one.backend === backend && one.state === 'delivered')) {
    throw new CommandFailed(
      `${faxId} was delivered to ${backend}. It is not delivered twice; faxlane get ${faxId} fetches it.`,
    )
  }
  return {
    entry,
    request: { version: 1, faxId, ...(backend === undefined ? {} : { backend }), because: 'retry' },
  }
}

interface FailedFilter {
  span: Span | undefined
  backend: string | undefined
}

/** Every delivery that ended badly, oldest first: whoever waits longest is served first. */
export async function allFailed(ledger: LedgerQueries, { span, backend }: FailedFilter): Promise<Retry[]> {
  const found = new Map<string, FaxEntry>()
  for (const state of ['failed', 'bounced'] as const) {
    for await (const entry of ledger.faxesInState(state, { oldestFirst: true })) {
      const at = timeOfFaxId(entry.fax.id)
      if (span === undefined || (at >= span.from && at < span.to)) found.set(entry.fax.id, entry)
    }
  }
  return [...found.values()]
    .sort((one, other) => (one.fax.id < other.fax.id ? -1 : 1))
    .flatMap((entry) =>
      failedDeliveries(entry)
        .filter((name) => backend === undefined || name === backend)
        .map((name) => ({
          entry,
          request: { version: 1, faxId: entry.fax.id, backend: name, because: 'retry' } as const,
        })),
    )
}

/** Without those that a fallback has delivered instead. */
function failedDeliveries({ deliveries }: FaxEntry): string[] {
  const replaced = replacedBackends(deliveries)
  return deliveries
    .filter(({ backend, state }) => (state === 'failed' || state === 'bounced') && !replaced.has(backend))
    .map(({ backend }) => backend)
}
