import { type DeliveryRecord, wantedAt } from '../../shared/ledger/records.ts'
import type { HeartbeatMessage, Report } from '../../shared/messages.ts'
import type { MailReturned } from '../backends/mail/mail-events.ts'
import { followUp, type GiveUpDependencies } from '../deliver/give-up.ts'
import { changedMeanwhile } from '../ledger/changed-meanwhile.ts'
import { bounce, hasEnded, settle } from '../ledger/delivery-transitions.ts'
import type { KeepHeartbeat } from '../ledger/heartbeats.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type Count, type CountHeartbeat, countEnd } from '../metrics.ts'
import { type Refusal, refusal } from './reporting-site.ts'

export interface SettleDependencies extends GiveUpDependencies {
  ledger: Pick<Ledger, 'getDelivery' | 'replaceDelivery'>
  count: Count
  countHeartbeat: CountHeartbeat
  keepHeartbeat: KeepHeartbeat
  now: () => Date
}

/** What an agent of a site sends of a delivery or of itself: a report, whose record comes back, or a sign of life, which is counted and kept. */
export async function settleMessage(
  dependencies: SettleDependencies,
  { site, sentAt }: { site: string; sentAt: Date },
  message: Report | HeartbeatMessage,
): Promise<DeliveryRecord | Refusal | undefined> {
  if (!('heartbeat' in message)) return await settleReport(dependencies, site, message)
  const heartbeat = { ...message.heartbeat, site, heardAt: sentAt.toISOString() }
  dependencies.countHeartbeat(heartbeat)
  await dependencies.keepHeartbeat(heartbeat)
  return undefined
}

/** Writes down that a mail came back. Undefined where no mail was out. */
export async function settleReturned(
  dependencies: Omit<SettleDependencies, 'countHeartbeat' | 'keepHeartbeat'>,
  { faxId, backend, attempt = Number.POSITIVE_INFINITY, outcome }: MailReturned,
): Promise<DeliveryRecord | undefined> {
  const { ledger, now, count } = dependencies
  const record = await ledger.getDelivery(faxId, backend)
  if (record === undefined) throw new Error(`The ledger has no delivery of fax ${faxId} to ${backend}.`)
  // Of a mail before the one that is out now.
  if (attempt < record.attempts) return record
  // SES can be faster than the function that sent the mail.
  if (record.state === 'claimed')
    throw new Error(`The mail of fax ${faxId} is still being sent; this comes again.`)
  const bounced = bounce(record, outcome, now())
  if (bounced !== undefined && !(await ledger.replaceDelivery(bounced))) throw changedMeanwhile(record)
  if (bounced !== undefined) countEnd(count, bounced, now())
  const settled = bounced ?? record
  await followUp(dependencies, settled)
  return settled
}

/** Writes down what an agent of the site reports. Reports come at least once and in any order; the first end of a delivery stands. */
export async function settleReport(
  dependencies: Omit<SettleDependencies, 'countHeartbeat' | 'keepHeartbeat'>,
  site: string,
  report: Report,
): Promise<DeliveryRecord | Refusal> {
  const { faxId, backend, outcome, at } = report
  const record = await dependencies.ledger.getDelivery(faxId, backend)
  if (record === undefined) throw new Error(`The ledger has no delivery of fax ${faxId} to ${backend}.`)
  if (record.site !== site) {
    dependencies.count('ReportsRefused')
    return refusal(site, `the delivery of fax ${faxId} to ${backend}`)
  }
  // Of a job before the one that somebody asked for since: it may say failed, and this one be printed.
  if (report.wantedAt !== undefined && report.wantedAt < wantedAt(record)) return record
  if (hasEnded(record)) {
    await followUp(dependencies, record)
    return record
  }
  // The agent made the attempt; a retry is its own to schedule, since the job is still on the site's queue.
  const attempted = { ...record, attempts: record.attempts + 1 }
  const settled = settle(attempted, outcome, new Date(at), outcome.outcome === 'retry' ? 0 : undefined)
  if (!(await dependencies.ledger.replaceDelivery(settled))) throw changedMeanwhile(record)
  countEnd(dependencies.count, settled, dependencies.now())
  await followUp(dependencies, settled)
  return settled
}
