import type { DeliveryRecord, FaxRecord } from '../../shared/ledger/records.ts'

/**
 * The record of every fax and every delivery. All writes are conditional: a record is added once, and replaced only by who
 * saw its last revision, so a repeated event or message can't undo what another invocation wrote.
 */
export interface Ledger {
  /** False when a record of this fax is there already. */
  addFax(record: FaxRecord): Promise<boolean>
  getFax(faxId: string): Promise<FaxRecord | undefined>
  /** Writes `next` over the revision before it; false when somebody else was first. */
  replaceFax(next: FaxRecord): Promise<boolean>

  addDelivery(record: DeliveryRecord): Promise<boolean>
  getDelivery(faxId: string, backend: string): Promise<DeliveryRecord | undefined>
  replaceDelivery(next: DeliveryRecord): Promise<boolean>
}
