import type { DeliveryRecord } from '../../shared/ledger/records.ts'

/** Somebody else wrote to the record since it was read: what was wanted of it has to be decided anew. */
export function changedMeanwhile({ faxId, backend }: Pick<DeliveryRecord, 'faxId' | 'backend'>): Error {
  return new Error(`The record of fax ${faxId} to ${backend} changed meanwhile; the message comes again.`)
}
