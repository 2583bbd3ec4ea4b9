import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import type { Outcome } from '../../shared/outcome.ts'

/** How a delivery goes from state to state. Pure: who calls writes the result, on the condition that nothing changed. */

export function openDelivery(
  faxId: string,
  backend: { name: string; kind: string },
  now: Date,
): DeliveryRecord {
  return {
    faxId,
    backend: backend.name,
    kind: backend.kind,
    state: 'waiting',
    openedAt: now.toISOString(),
    attempts: 0,
    maybeDelivered: false,
    history: [],
    revision: 0,
  }
}

export function hasEnded(record: DeliveryRecord): boolean {
  return record.state !== 'waiting' && record.state !== 'claimed'
}

/**
 * Begins an attempt. Undefined when the delivery has ended, or when another attempt holds it.
 * A lease that ran out is taken over; nobody knows how far its holder came, so it may have delivered.
 */
export function claim(record: DeliveryRecord, now: Date, leaseSeconds: number): DeliveryRecord | undefined {
  if (hasEnded(record)) return undefined
  if (
    record.state === 'claimed' &&
    record.leaseUntil !== undefined &&
    now.toISOString() < record.leaseUntil
  ) {
    return undefined
  }
  const { nextAttemptAt: _, ...rest } = record
  return {
    ...rest,
    state: 'claimed',
    attempts: record.attempts + 1,
    leaseUntil: addSeconds(now, leaseSeconds),
    maybeDelivered: record.maybeDelivered || record.state === 'claimed',
    revision: record.revision + 1,
  }
}

/** Ends an attempt. `waitSeconds` is the wait until the next one, undefined when there is to be none. */
export function settle(
  record: DeliveryRecord,
  outcome: Outcome,
  now: Date,
  waitSeconds: number | undefined,
): DeliveryRecord {
  const { leaseUntil: _, nextAttemptAt: __, ...rest } = record
  const tryAgain = outcome.outcome === 'retry' && waitSeconds !== undefined
  return {
    ...rest,
    state: tryAgain ? 'waiting' : outcome.outcome === 'delivered' ? 'delivered' : 'failed',
    ...(tryAgain ? { nextAttemptAt: addSeconds(now, waitSeconds) } : {}),
    maybeDelivered: record.maybeDelivered || (outcome.outcome === 'retry' && outcome.maybeDelivered),
    history: [
      ...record.history,
      { attempt: Math.max(1, record.attempts), at: now.toISOString(), result: outcome },
    ],
    revision: record.revision + 1,
  }
}

function addSeconds(instant: Date, seconds: number): string {
  return new Date(instant.getTime() + seconds * 1000).toISOString()
}
