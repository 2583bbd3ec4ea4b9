import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'

/** A request that its sender gave a key, so that a repetition of it is known. */
export interface KnownRequest {
  /** Of the sender and the key that it gave. */
  digest: string
  /** Of all that was asked for: the same key with something else is a mistake. */
  contentDigest: string
  /** By which the ids of its transmissions are made. */
  documentId: string
  /** Epoch seconds. */
  expiresAt: number
}

/** What a sender is told: the end, and what was learnt later where that was that nobody knows. */
export type NoticeName = 'notice' | 'notice_later'

/** The record of every transmission. Writes are conditional, as those of the rest of the ledger are. */
export interface TransmissionLedger {
  /** False when a record of this transmission is there already. */
  addTransmission(record: TransmissionRecord): Promise<boolean>
  getTransmission(transmissionId: string): Promise<TransmissionRecord | undefined>
  /** Writes `next` over the revision before it; false when somebody else was first. */
  replaceTransmission(next: TransmissionRecord): Promise<boolean>

  /** The mails about its end, which are delivered as a fax is; the notice's name is the backend's. */
  addNotice(record: DeliveryRecord): Promise<boolean>
  getNotice(transmissionId: string, name: NoticeName): Promise<DeliveryRecord | undefined>
  replaceNotice(next: DeliveryRecord): Promise<boolean>

  /** The request that holds its key from now on: the given one, or the one that was there before. */
  claimRequest(request: KnownRequest): Promise<KnownRequest>

  /** Counts one more transmission of a section on a day; false where that would be more than the limit. */
  countOnDay(outbound: string, day: string, limit: number): Promise<boolean>
}
