import { timeOfFaxId } from '../../shared/fax-id.ts'
import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'
import { type DeliveryRecord, wantedAt } from '../../shared/ledger/records.ts'
import { replacedBackends } from '../../shared/ledger/replaced.ts'
import { whatIsStuck } from '../../shared/ledger/stuck.ts'
import type { DispatchRequest } from '../../shared/messages.ts'
import { visible } from '../../shared/visible.ts'
import type { Span } from '../faxes/when.ts'
import { CommandFailed } from '../subcommand.ts'

/** What is to be asked of the function that makes deliveries, and the fax as it was before. */
export interface Retry {
  entry: FaxEntry
  request: DispatchRequest
}

interface Wanted {
  backend: string | undefined
  /** Although it was delivered. */
  again: boolean
}

/** What of a fax can be tried again. Throws CommandFailed where there is nothing, with why. */
export function retryOf(entry: FaxEntry, { backend, again }: Wanted, now: Date): Retry {
  refuseWithoutPages(entry.fax)
  const { id: faxId, state } = entry.fax
  const request = { version: 1, faxId, because: 'retry' } as const
  if (backend !== undefined) {
    const delivery = entry.deliveries.find((one) => one.backend === backend)
    if (delivery?.state !== 'delivered') {
      refuseOnItsWay(entry, delivery, now)
      return { entry, request: { ...request, backend } }
    }
    if (again) return { entry, request: { ...request, backend, againAt: after(delivery, now) } }
    throw new CommandFailed(
      `${faxId} was delivered to ${backend}. With --again it is delivered there once more; faxlane get ${faxId} fetches it.`,
    )
  }
  if (state === 'routed' && failedDeliveries(entry).length === 0) {
    throw new CommandFailed(
      `nothing of ${faxId} has failed. With --backend it goes to one more backend, and with --again once more to one that has it.`,
    )
  }
  return { entry, request }
}

function refuseWithoutPages({ id, state, reason = '', pdfKey }: FaxEntry['fax']): void {
  if (state === 'received') throw new CommandFailed(`${id} is still under way.`)
  if (state === 'simulated') throw new CommandFailed(`${id} was only simulated: nothing of it is delivered.`)
  if (pdfKey === undefined)
    throw new CommandFailed(`${id} is ${state}: ${visible(reason)} There is nothing of it to deliver.`)
}

/** A print job may be sent at any time: its site may have lost it, and prints it once however often it comes. */
function refuseOnItsWay(entry: FaxEntry, delivery: DeliveryRecord | undefined, now: Date): void {
  if (delivery === undefined || (delivery.state !== 'waiting' && delivery.state !== 'claimed')) return
  const { faxId, backend, kind } = delivery
  if (kind === 'printer' || whatIsStuck(entry, now).some((stuck) => stuck.backend === backend)) return
  throw new CommandFailed(`${faxId} is on its way to ${backend} already.`)
}

/** Later than what it asks for anew, whatever the clock of this machine says. */
function after(delivery: DeliveryRecord, now: Date): string {
  return new Date(Math.max(now.getTime(), Date.parse(wantedAt(delivery)) + 1)).toISOString()
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
    .sort((one, other) => (receivedAt(one) < receivedAt(other) ? -1 : 1))
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
export function failedDeliveries({ deliveries }: FaxEntry): string[] {
  const replaced = replacedBackends(deliveries)
  return deliveries
    .filter(({ backend, state }) => (state === 'failed' || state === 'bounced') && !replaced.has(backend))
    .map(({ backend }) => backend)
}

/** Ids tell the second alone. */
const receivedAt = ({ fax }: FaxEntry) =>
  `${fax.id.slice(0, 'YYYYMMDDThhmmssZ'.length)} ${fax.facts.receivedAt}`
