import type { Facts } from '../facts.ts'
import { maskNumber } from '../mask.ts'
import { INDEXES } from './index-keys.ts'
import {
  type DeliveryRecord,
  deliverySortKey,
  FAX_SORT_KEY,
  type FaxRecord,
  faxPartition,
} from './records.ts'
import {
  TRANSMISSION_SORT_KEY,
  type TransmissionRecord,
  transmissionPartition,
} from './transmission-record.ts'

/** A change of one item of the ledger's table, on the condition that its revision is the one it was made from. */
export interface LedgerChange {
  key: { pk: string; sk: string }
  revision: number
  set: Record<string, unknown>
  remove: readonly string[]
}

/** What stands where somebody's number or words stood. */
const FORGOTTEN = 'forgotten'

/** Who called goes; when, how many pages, on which number of ours, and what became of it stays: the count has to hold. */
export function forgetCaller(fax: FaxRecord, at: string): LedgerChange {
  const { source, sourceName, stationId, callId, ...rest } = fax.facts
  const facts: Facts = rest
  return {
    key: { pk: faxPartition(fax.id), sk: FAX_SORT_KEY },
    revision: fax.revision,
    set: { facts, forgottenAt: at },
    remove: [INDEXES.source.partitionKey],
  }
}

/** Receipts and answers of servers name files, and files are named by numbers. */
export function forgetWords(delivery: DeliveryRecord): LedgerChange {
  const history = delivery.history.map(({ result, ...attempt }) => ({
    ...attempt,
    result: {
      ...result,
      text: FORGOTTEN,
      ...(result.outcome === 'delivered' ? { receipt: FORGOTTEN } : {}),
    },
  }))
  const key = { pk: faxPartition(delivery.faxId), sk: deliverySortKey(delivery.backend) }
  return { key, revision: delivery.revision, set: { history }, remove: [] }
}

/** Whom we called goes, and what his machine said of itself. */
export function forgetCalled(transmission: TransmissionRecord): LedgerChange {
  const history = transmission.history.map(({ remoteStationId, ...attempt }) => ({
    ...attempt,
    text: FORGOTTEN,
  }))
  return {
    key: { pk: transmissionPartition(transmission.id), sk: TRANSMISSION_SORT_KEY },
    revision: transmission.revision,
    set: { destination: maskNumber(transmission.destination), history },
    remove: [INDEXES.destination.partitionKey, 'progress', 'reason'],
  }
}

/** That a number was forgotten, without the number: a partition for each year. */
export interface ForgetNote {
  pk: string
  /** ISO 8601. */
  sk: string
  /** Its last digits. */
  number: string
  by: string
  receptions: number
  transmissions: number
  objectVersions: number
}

export function forgetNote(at: string, note: Omit<ForgetNote, 'pk' | 'sk'>): ForgetNote {
  return { pk: `FORGOTTEN#${at.slice(0, 4)}`, sk: at, ...note }
}
