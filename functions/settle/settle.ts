import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import type { HeartbeatMessage, Report } from '../../shared/messages.ts'
import { hasEnded, settle } from '../ledger/delivery-transitions.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Count, CountHeartbeat } from '../metrics.ts'

export interface SettleDependencies {
  ledger: Pick<Ledger, 'getDelivery' | 'replaceDelivery'>
  count: Count
  countHeartbeat: CountHeartbeat
}

/** What an agent sends of a delivery or of itself: a report, whose record comes back, or a sign of life, which is counted. */
export async function settleMessage(
  dependencies: SettleDependencies,
  message: Report | HeartbeatMessage,
): Promise<DeliveryRecord | undefined> {
  if (!('heartbeat' in message)) return await settleReport(dependencies, message)
  dependencies.countHeartbeat(message.heartbeat)
  return undefined
}

/** Writes down what an agent reports. Reports come at least once and in any order; the first end of a delivery stands. */
export async function settleReport(
  dependencies: Pick<SettleDependencies, 'ledger' | 'count'>,
  report: Report,
): Promise<DeliveryRecord> {
  const { faxId, backend, outcome, at } = report
  const record = await dependencies.ledger.getDelivery(faxId, backend)
  if (record === undefined) throw new Error(`The ledger has no delivery of fax ${faxId} to ${backend}.`)
  if (hasEnded(record)) return record
  // The agent made the attempt; a retry is its own to schedule, since the job is still on the site's queue.
  const attempted = { ...record, attempts: record.attempts + 1 }
  const settled = settle(attempted, outcome, new Date(at), outcome.outcome === 'retry' ? 0 : undefined)
  if (!(await dependencies.ledger.replaceDelivery(settled))) {
    throw new Error(`The record of fax ${faxId} to ${backend} changed meanwhile; the report comes again.`)
  }
  if (settled.state === 'failed') dependencies.count('DeliveriesFailed')
  return settled
}
