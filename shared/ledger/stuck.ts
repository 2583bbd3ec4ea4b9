import { PRINT_JOB_DAYS } from '../messages.ts'
import type { FaxEntry } from './queries.ts'
import type { DeliveryRecord } from './records.ts'

export interface Stuck {
  /** Where it is a delivery and not the fax itself. */
  backend?: string
  /** For an operator, with the times as the ledger has them. */
  why: string
}

/** A fax is converted, and a message comes, within seconds; with all repetitions after crashes, within an hour and a half. */
const PATIENCE_MINUTES = 90
/** The agent of a site waits for a printer for seven days at most (`expires_after`), and its queue keeps the job longer. */
const PRINTER_PATIENCE_MINUTES = 8 * 24 * 60

/** When a delivery that waits should go on. */
const dueAt = ({ nextAttemptAt, openedAt }: DeliveryRecord) => nextAttemptAt ?? openedAt

/** Whether the queue of its site has let the job go, untaken or among the dead letters, so that it will not be printed any more. */
export function printJobIsGone(delivery: DeliveryRecord, now: Date): boolean {
  if (delivery.kind !== 'printer' || delivery.state !== 'waiting') return false
  return now.getTime() - Date.parse(dueAt(delivery)) > PRINT_JOB_DAYS * 86_400_000
}

/** What of a fax should have gone on by now, and has not. A print job is not stuck while the site's agent may be waiting for paper. */
export function whatIsStuck({ fax, deliveries }: FaxEntry, now: Date): Stuck[] {
  const minutesSince = (instant: string) => (now.getTime() - Date.parse(instant)) / 60_000
  const stuck: Stuck[] = []
  if (fax.state === 'received' && minutesSince(fax.openedAt) > PATIENCE_MINUTES) {
    stuck.push({ why: `received at ${fax.openedAt}, and neither converted nor refused since` })
  }
  for (const delivery of deliveries) {
    const { backend, kind, state, leaseUntil } = delivery
    const due = dueAt(delivery)
    const patience = kind === 'printer' ? PRINTER_PATIENCE_MINUTES : PATIENCE_MINUTES
    if (state === 'claimed' && leaseUntil !== undefined && minutesSince(leaseUntil) > PATIENCE_MINUTES) {
      stuck.push({ backend, why: `an attempt was to end by ${leaseUntil}, and nobody has taken it over` })
    }
    if (state === 'waiting' && minutesSince(due) > patience) {
      stuck.push({ backend, why: `an attempt was due at ${due}, and none was made` })
    }
  }
  return stuck
}
