import type { DeliveryRecord, FaxRecord } from '../../shared/ledger/records.ts'
import type { ShownEvent } from '../show/events.ts'

/** All that the ledger says of one fax. */
export interface FaxStory {
  fax?: FaxRecord
  deliveries: DeliveryRecord[]
}

/** Says where a person finds what was delivered. */
export type Where = (delivery: DeliveryRecord, receipt: string) => string

/** What happened between two looks at the ledger, in the order in which a reader expects it. */
export function changes(
  before: FaxStory,
  after: FaxStory,
  where: Where,
  fileOf: (key: string) => string,
): ShownEvent[] {
  const seen = new Map(before.deliveries.map((delivery) => [delivery.backend, delivery.history.length]))
  return [
    ...faxEvents(before.fax, after.fax, fileOf),
    ...after.deliveries.flatMap((delivery) =>
      delivery.history
        .slice(seen.get(delivery.backend) ?? 0)
        .map((_, index) => attemptEvent(delivery, (seen.get(delivery.backend) ?? 0) + index, where)),
    ),
  ]
}

/** Whether nothing more will happen to the fax by itself. */
export function hasEnded({ fax, deliveries }: FaxStory): boolean {
  if (fax === undefined || fax.state === 'received') return false
  if (fax.state !== 'routed') return true
  const ended = new Map(
    deliveries.map((one) => [one.backend, one.state !== 'waiting' && one.state !== 'claimed']),
  )
  const fallbacks = deliveries
    .filter(({ state }) => state === 'failed' || state === 'bounced')
    .flatMap(({ fallback }) => fallback ?? [])
  return [...(fax.backends ?? []), ...fallbacks].every((backend) => ended.get(backend) === true)
}

function faxEvents(
  before: FaxRecord | undefined,
  after: FaxRecord | undefined,
  fileOf: (key: string) => string,
): ShownEvent[] {
  // What is simulated is told by the command that simulates it.
  if (
    after === undefined ||
    after.state === 'received' ||
    after.state === 'simulated' ||
    before?.state === after.state
  )
    return []
  const {
    id,
    pages,
    pdfKey,
    pdfBytes = 0,
    convertMilliseconds: milliseconds = 0,
    reason = '',
    backends = [],
  } = after
  const { damagedRows = 0, warnings = [] } = after
  const events: ShownEvent[] = []
  if (pages !== undefined && pdfKey !== undefined) {
    const where = fileOf(pdfKey)
    events.push({
      event: 'converted',
      fax: id,
      pages,
      damagedRows,
      warnings,
      milliseconds,
      bytes: pdfBytes,
      where,
    })
  }
  if (after.state === 'routed') events.push({ event: 'routed', fax: id, backends })
  else events.push({ event: after.state, fax: id, text: reason })
  return events
}

function attemptEvent(delivery: DeliveryRecord, index: number, where: Where): ShownEvent {
  const { faxId: fax, backend, history, state, nextAttemptAt = '' } = delivery
  const { attempt = 1, result } = history[index] ?? {}
  if (result?.outcome === 'delivered') {
    return {
      event: 'delivered',
      fax,
      backend,
      attempt,
      where: where(delivery, result.receipt),
      text: result.text,
    }
  }
  const text = [result?.code, result?.text].filter((part) => part !== undefined && part !== '').join(' ')
  // The last attempt of a delivery that was given up was still an outcome of "try again".
  const isLast = index === history.length - 1
  if (result?.outcome === 'retry' && !(isLast && state === 'failed')) {
    return { event: 'retry', fax, backend, attempt, text, nextAttemptAt }
  }
  return { event: 'failed', fax, backend, attempt, text }
}
