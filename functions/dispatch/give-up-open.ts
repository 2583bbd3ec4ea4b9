import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import { printJobIsGone } from '../../shared/ledger/stuck.ts'
import type { DispatchRequest } from '../../shared/messages.ts'
import { failed, type Outcome } from '../../shared/outcome.ts'
import { kindOfSection } from '../../shared/routing-table/sections/option-names.ts'
import { followUp, type GiveUpDependencies } from '../deliver/give-up.ts'
import { changedMeanwhile } from '../ledger/changed-meanwhile.ts'
import { abandon, hasEnded, openDelivery } from '../ledger/delivery-transitions.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type Count, countEnd } from '../metrics.ts'
import type { FileGone } from '../storage/file-gone.ts'

export interface GiveUpOpenDependencies extends GiveUpDependencies {
  ledger: Pick<Ledger, 'addDelivery' | 'getDelivery' | 'replaceDelivery'>
  count: Count
  now: () => Date
}

/** A request that names a backend. */
export type RequestTo = DispatchRequest & { backend: string }

/**
 * The table has no such backend any more. What waits for it would wait for ever: it is given up, somebody is told, and its fallback runs. Not
 * where an operator asked for something new; nor what may be on its queue, with the backend's settings as they were.
 */
export async function giveUpUnknown(
  dependencies: GiveUpOpenDependencies,
  { faxId, backend, because, fallbackOf, maybeDelivered = false }: RequestTo,
): Promise<void> {
  const { ledger, now } = dependencies
  const outcome = failed(`The routing table has no ${backend} any more.`, 'no-backend')
  const known = await ledger.getDelivery(faxId, backend)
  if (known !== undefined) {
    if (hasEnded(known)) await followUp(dependencies, known)
    else if (because === 'lost') await giveUp(dependencies, known, outcome)
    return
  }
  if (because === 'retry') return
  const opened = openDelivery(faxId, { name: backend, kind: kindOfSection(backend) ?? 'unknown' }, now(), {
    ...(fallbackOf === undefined ? {} : { fallbackOf }),
    maybeDelivered,
  })
  if (!(await ledger.addDelivery(opened))) throw changedMeanwhile(opened)
  await giveUp(dependencies, opened, outcome)
}

/** Its queue keeps a print job for ten days, which is longer than any may wait for its printer. False: it may be there. */
export async function giveUpGone(
  dependencies: GiveUpOpenDependencies,
  record: DeliveryRecord,
): Promise<boolean> {
  const { now } = dependencies
  if (!printJobIsGone(record, now())) return false
  const text = `The print agent of ${record.site ?? 'the site'} did not say what became of the job before its queue let it go.`
  await giveUp(dependencies, record, failed(text, 'expired', { maybeDelivered: true }))
  return true
}

/** There is nothing left to print. */
export async function giveUpWithoutFile(
  dependencies: GiveUpOpenDependencies,
  { faxId, backend }: DeliveryRecord,
  { message }: FileGone,
): Promise<void> {
  // As it is now: the site was written into it.
  const record = await dependencies.ledger.getDelivery(faxId, backend)
  if (record !== undefined && !hasEnded(record)) await giveUp(dependencies, record, failed(message))
}

async function giveUp(
  dependencies: GiveUpOpenDependencies,
  record: DeliveryRecord,
  outcome: Outcome,
): Promise<void> {
  const { ledger, count, now } = dependencies
  const ended = abandon(record, outcome, now())
  if (!(await ledger.replaceDelivery(ended))) throw changedMeanwhile(record)
  countEnd(count, ended, now())
  await followUp(dependencies, ended)
}
