import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import type { DispatchRequest } from '../../shared/messages.ts'
import { wasGivenUp } from '../ledger/delivery-transitions.ts'
import type { Tell } from '../notify/notice-event.ts'

export interface GiveUpDependencies {
  requestDelivery: (request: DispatchRequest) => Promise<void>
  tell: Tell
}

/**
 * What follows when a delivery was given up: its fallback, and somebody is told. After the ledger was written and before the message is
 * gone; a message that comes again does it again, and both take no harm from it.
 */
export async function followUp(
  { requestDelivery, tell }: GiveUpDependencies,
  record: DeliveryRecord,
): Promise<void> {
  if (!wasGivenUp(record)) return
  const { faxId, backend, fallback, attempts, askedForAt } = record
  if (fallback !== undefined) {
    await requestDelivery(fallbackRequest(record, fallback))
  }
  const askedFor = askedForAt !== undefined
  await tell({ cause: 'failed', faxId, backend, attempts, ...(askedFor ? { askedFor } : {}) })
}

/** Asks for the delivery in the place of one that was given up. */
export function fallbackRequest(
  { faxId, backend: fallbackOf, maybeDelivered }: DeliveryRecord,
  backend: string,
): DispatchRequest {
  const marked = maybeDelivered ? { maybeDelivered } : {}
  return { version: 1, faxId, backend, because: 'fallback', fallbackOf, ...marked }
}
