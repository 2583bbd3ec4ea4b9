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
  type EndedAttempt,
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

/** What a number was in a fax: whose calls it came from, who was called; or both. */
export interface Role {
  caller: boolean
  called: boolean
}

/** What stands where somebody's number or words stood. */
const FORGOTTEN = 'forgotten'

/** Who called goes, or on which number of ours; when, how many pages, and what became of it stays: the count has to hold. */
export function forgetReception(fax: FaxRecord, { caller, called }: Role, at: string): LedgerChange {
  const { source, sourceName, stationId, callId, destination, ...rest } = fax.facts
  const facts: Facts = {
    ...rest,
    ...(caller || source === undefined ? {} : { source }),
    ...(caller || sourceName === undefined ? {} : { sourceName }),
    ...(caller || stationId === undefined ? {} : { stationId }),
    ...(called || destination === undefined ? {} : { destination }),
  }
  return {
    key: { pk: faxPartition(fax.id), sk: FAX_SORT_KEY },
    revision: fax.revision,
    set: { facts, forgottenAt: at },
    remove: [
      ...(caller ? [INDEXES.source.partitionKey] : []),
      // Why it was unrouted names the number that was called.
      ...(called ? [INDEXES.destination.partitionKey, 'reason'] : []),
    ],
  }
}

/** Receipts and answers of servers name files, and files are named by numbers. */
export function forgetWords(delivery: DeliveryRecord): LedgerChange {
  const pk = faxPartition(delivery.faxId)
  return wordsForgotten(delivery, pk)
}

/** As {@link forgetWords}, of the mail about a transmission's end. */
export function forgetNoticeWords(notice: DeliveryRecord): LedgerChange {
  return wordsForgotten(notice, transmissionPartition(notice.faxId))
}

function wordsForgotten(delivery: DeliveryRecord, pk: string): LedgerChange {
  const history = delivery.history.map(({ result, ...attempt }) => ({
    ...attempt,
    result: {
      ...result,
      text: FORGOTTEN,
      ...(result.outcome === 'delivered' ? { receipt: FORGOTTEN } : {}),
    },
  }))
  const key = { pk, sk: deliverySortKey(delivery.backend) }
  return { key, revision: delivery.revision, set: { history }, remove: [] }
}

/** Whom we called goes, and what his machine said of itself; or by which number of ours. The name of the document goes with the document. */
export function forgetTransmission(
  transmission: TransmissionRecord,
  { caller, called }: Role,
  at: string,
): LedgerChange {
  const { id, revision, destination, settings, site } = transmission
  const { callerNumber, stationId, header, ...otherSettings } = settings ?? {}
  return {
    key: { pk: transmissionPartition(id), sk: TRANSMISSION_SORT_KEY },
    revision,
    set: {
      forgottenAt: at,
      documentKey: `outgoing/${site}/${FORGOTTEN}`,
      history: transmission.history.map(withoutWords),
      ...(called ? { destination: maskNumber(destination) } : {}),
      ...(caller && settings !== undefined ? { settings: otherSettings } : {}),
    },
    remove: ['progress', 'reason', 'mailKey', ...(called ? [INDEXES.destination.partitionKey] : [])],
  }
}

function withoutWords({ remoteStationId, foreign, ...attempt }: EndedAttempt): EndedAttempt {
  const { hangupText, statusText, ...codes } = foreign
  return { ...attempt, text: FORGOTTEN, foreign: codes }
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
