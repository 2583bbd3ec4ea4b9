import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { TransmissionReport } from '../../shared/transmission/transmit-job.ts'
import type { TransmissionLedger } from '../ledger/transmission-ledger.ts'
import { observeTransmission } from '../ledger/transmission-transitions.ts'
import type { Count, Metric } from '../metrics.ts'
import { type Refusal, refusal } from './reporting-site.ts'

export interface SettleTransmissionDependencies {
  transmissions: Pick<TransmissionLedger, 'getTransmission' | 'replaceTransmission'>
  scheduleAttempt: (record: TransmissionRecord, waitSeconds: number) => Promise<void>
  /** Has its sender told how it ended. */
  tellEnd: (record: TransmissionRecord) => Promise<void>
  count: Count
}

const END_METRICS: Partial<Record<TransmissionRecord['state'], Metric>> = {
  sent: 'TransmissionsSent',
  failed: 'TransmissionsFailed',
  unknown: 'TransmissionsUnknown',
}

/**
 * Writes down what the site's agent says of an attempt, and sees to what follows. What follows is seen to again when a report comes again: it
 * may have been cut off the first time, and is known when it comes twice.
 */
export async function settleTransmission(
  dependencies: SettleTransmissionDependencies,
  { site, sentAt }: { site: string; sentAt: Date },
  { transmission: report }: TransmissionReport,
): Promise<TransmissionRecord | Refusal> {
  const observed = await observe(dependencies, site, { ...report, heardAt: sentAt.toISOString() })
  if (observed === undefined) {
    dependencies.count('ReportsRefused')
    return refusal(site, `the fax ${report.id} to send`)
  }
  const { before, next } = observed
  const metric = next === undefined ? undefined : END_METRICS[next.state]
  if (metric !== undefined) dependencies.count(metric)
  if (report.progress.event === 'ended') await seeToNext(dependencies, next ?? before, report.attempt)
  return next ?? before
}

const MOST_TRIES = 5

/**
 * Undefined when it is another site that sends it. The reports of a call come close together, and several at a time: who was overtaken looks
 * again, since its message would come back minutes later.
 */
async function observe(
  { transmissions }: SettleTransmissionDependencies,
  site: string,
  report: TransmissionReport['transmission'] & { heardAt: string },
): Promise<{ before: TransmissionRecord; next: TransmissionRecord | undefined } | undefined> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const before = await transmissions.getTransmission(report.id)
    if (before === undefined) throw new Error(`The ledger has no transmission ${report.id}.`)
    if (before.site !== site) return undefined
    const next = observeTransmission(before, report)
    if (next === undefined || (await transmissions.replaceTransmission(next))) return { before, next }
  }
  throw new Error(`The record of transmission ${report.id} goes on changing; the report comes again.`)
}

async function seeToNext(
  { scheduleAttempt, tellEnd }: SettleTransmissionDependencies,
  record: TransmissionRecord,
  endedAttempt: number,
): Promise<void> {
  if (hasTransmissionEnded(record)) await tellEnd(record)
  if (record.state === 'waiting' && record.attempt === endedAttempt + 1) {
    await scheduleAttempt(record, secondsToWait(record))
  }
}

/** From the end of the last attempt, not from now: the report may have waited as well, and no attempt is too early by it. */
function secondsToWait({ history, nextAttemptAt }: TransmissionRecord): number {
  const endedAt = history.at(-1)?.endedAt
  if (endedAt === undefined || nextAttemptAt === undefined) return 0
  return Math.max(0, (Date.parse(nextAttemptAt) - Date.parse(endedAt)) / 1000)
}
