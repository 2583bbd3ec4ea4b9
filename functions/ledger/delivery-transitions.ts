import type { DeliveryRecord, DeliveryState } from '../../shared/ledger/records.ts'
import { DELIVERY_TRANSITIONS, stepOf } from '../../shared/ledger/states.ts'
import type { Outcome } from '../../shared/outcome.ts'
import { withAttempt } from './attempt-history.ts'

/** How a delivery goes from state to state. Pure: who calls writes the result, on the condition that nothing changed. */

export interface DeliveryBackend {
  name: string
  kind: string
  /** Of a printer. */
  site?: string
  /** Delivers in its place when it gives up. */
  fallback?: string | undefined
}

/** Absent where a fax is delivered as it was routed. */
export type OpeningReason = Partial<Pick<DeliveryRecord, 'fallbackOf' | 'askedForAt' | 'maybeDelivered'>>

export function openDelivery(
  faxId: string,
  { name, kind, site, fallback }: DeliveryBackend,
  now: Date,
  why: OpeningReason = {},
): DeliveryRecord {
  return {
    faxId,
    backend: name,
    kind,
    ...(site === undefined ? {} : { site }),
    state: 'waiting',
    openedAt: now.toISOString(),
    ...(fallback === undefined ? {} : { fallback }),
    attempts: 0,
    waitedSeconds: 0,
    maybeDelivered: false,
    ...why,
    history: [],
    revision: 0,
  }
}

export function hasEnded(record: DeliveryRecord): boolean {
  return record.state !== 'waiting' && record.state !== 'claimed'
}

/** Ended without having been delivered: its fallback is to run, and somebody is to be told. */
export function wasGivenUp(record: DeliveryRecord): boolean {
  return record.state === 'failed' || record.state === 'bounced'
}

/**
 * Begins an attempt. Undefined when the delivery has ended, or when another attempt holds it.
 * A lease that ran out is taken over; nobody knows how far its holder came, so it may have delivered.
 */
export function claim(record: DeliveryRecord, now: Date, leaseSeconds: number): DeliveryRecord | undefined {
  if (hasEnded(record)) return undefined
  const { leaseUntil } = record
  if (record.state === 'claimed' && leaseUntil !== undefined && now.toISOString() < leaseUntil)
    return undefined
  return {
    ...moved(record, 'claimed'),
    attempts: record.attempts + 1,
    leaseUntil: addSeconds(now, leaseSeconds),
    maybeDelivered: record.maybeDelivered || record.state === 'claimed',
  }
}

/** Ends an attempt. `waitSeconds` is the wait until the next one, undefined when there is to be none. */
export function settle(
  record: DeliveryRecord,
  outcome: Outcome,
  now: Date,
  waitSeconds: number | undefined,
): DeliveryRecord {
  const tryAgain = outcome.outcome === 'retry' && waitSeconds !== undefined
  const state = tryAgain ? 'waiting' : outcome.outcome === 'delivered' ? 'delivered' : 'failed'
  return {
    ...moved(record, state),
    ...(tryAgain
      ? { nextAttemptAt: addSeconds(now, waitSeconds), waitedSeconds: record.waitedSeconds + waitSeconds }
      : {}),
    maybeDelivered: record.maybeDelivered || mayHaveDelivered(outcome),
    ...withAttempt(record, outcome, now),
  }
}

/** Gives it up where no attempt can be made any more. Of one that was under way nobody knows how far it came. */
export function abandon(record: DeliveryRecord, outcome: Outcome, now: Date): DeliveryRecord {
  const underWay = record.state === 'claimed'
  const attempts = underWay ? record.attempts : record.attempts + 1
  const maybeDelivered = record.maybeDelivered || underWay
  return settle({ ...record, attempts, maybeDelivered }, outcome, now, undefined)
}

/** In whose place it delivers may have delivered after all. */
export function mark(record: DeliveryRecord): DeliveryRecord {
  return { ...record, maybeDelivered: true, revision: record.revision + 1 }
}

/**
 * After a fault that is no outcome: the reason goes on record and the claim ends at once, to be taken over when the message comes again, which it
 * does by itself.
 */
export function release(record: DeliveryRecord, outcome: Outcome, now: Date): DeliveryRecord {
  return {
    ...moved(record, 'claimed'),
    leaseUntil: now.toISOString(),
    ...withAttempt(record, outcome, now),
  }
}

/** SES took the mail, and a server of a recipient sent it back. Undefined when that is known, or was never delivered. */
export function bounce(record: DeliveryRecord, outcome: Outcome, now: Date): DeliveryRecord | undefined {
  if (record.state !== 'delivered') return undefined
  // Of several recipients, others may have got it.
  return { ...moved(record, 'bounced'), maybeDelivered: true, ...withAttempt(record, outcome, now) }
}

/** An operator wants it tried again, with the whole of its schedule; or once more, where it has been delivered. */
export function reopen(record: DeliveryRecord, now: Date, askedForAt = now.toISOString()): DeliveryRecord {
  return {
    ...moved(record, 'waiting'),
    askedForAt,
    nextAttemptAt: now.toISOString(),
    waitedSeconds: 0,
    maybeDelivered: record.maybeDelivered || record.state === 'delivered',
  }
}

/** The routing table has its printer at another site by now, and that site's agent is to deliver it. */
export function handTo(record: DeliveryRecord, site: string): DeliveryRecord {
  return { ...record, site, revision: record.revision + 1 }
}

/** In the next state, without what belonged to the last one. */
function moved(record: DeliveryRecord, to: DeliveryState): DeliveryRecord {
  const { leaseUntil: _, nextAttemptAt: __, ...rest } = record
  return { ...rest, state: stepOf(DELIVERY_TRANSITIONS, record.state, to), revision: record.revision + 1 }
}

function mayHaveDelivered(outcome: Outcome): boolean {
  return outcome.outcome !== 'delivered' && outcome.maybeDelivered === true
}

function addSeconds(instant: Date, seconds: number): string {
  return new Date(instant.getTime() + seconds * 1000).toISOString()
}
