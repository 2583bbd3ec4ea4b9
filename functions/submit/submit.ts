import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { localTime } from '../../shared/routing-table/local-time.ts'
import { parseOutgoingKey, transmissionIdOf } from '../../shared/transmission/keys.ts'
import { requestFromMetadata } from '../../shared/transmission/send-request.ts'
import type { TransmissionLedger } from '../ledger/transmission-ledger.ts'
import {
  countTransmission,
  openTransmission,
  readyTransmission,
  refuseTransmission,
} from '../ledger/transmission-transitions.ts'
import type { Count } from '../metrics.ts'
import type { StoredObject } from '../storage/faxes-bucket.ts'
import { LARGEST_BYTES, makePages, type PagesDependencies, storePages } from './fax-pages.ts'
import { planTransmissions, type Rules, shownNumber } from './plan-transmissions.ts'

export interface SubmitDependencies extends PagesDependencies {
  ledger: Pick<
    TransmissionLedger,
    'addTransmission' | 'getTransmission' | 'replaceTransmission' | 'countOnDay'
  >
  rules: Rules
  /** The daily limit of a section; undefined for one that the table has no more. */
  dailyLimitOf: (outbound: string) => number | undefined
  /** Undefined when it is gone. */
  readDocument: (wanted: { key: string; largestBytes: number }) => Promise<StoredObject | undefined>
  /** Has the attempt that a record waits for sent to its site when its time has come. */
  scheduleAttempt: (record: TransmissionRecord) => Promise<void>
  /** Has its sender told how it ended. */
  tellEnd: (record: TransmissionRecord) => Promise<void>
  count: Count
}

export interface PutDocument {
  key: string
  putAt: Date
  /** Who put it, by IAM's unique id, as S3 says. */
  putBy: string
}

/**
 * A document that was put under outgoing/: a transmission for each of its numbers, refused or ready to be dialled. Safe to repeat, and to be cut
 * off anywhere: what is done is not done again, what is not is. `lastReceive`: it was cut off each time before, so its pages are not tried again.
 */
export async function submit(
  dependencies: SubmitDependencies,
  object: PutDocument,
  lastReceive: boolean,
): Promise<TransmissionRecord[]> {
  const document = await dependencies.readDocument({ key: object.key, largestBytes: LARGEST_BYTES })
  const records = await Promise.all(
    plan(dependencies, object, document).map((planned) => knownOrAdded(dependencies, planned)),
  )
  const counted = await Promise.all(records.map((record) => countIn(dependencies, record)))
  const open = counted.filter(({ state }) => state === 'accepted')
  const ready = await makeReady(dependencies, open, document, lastReceive)
  const all = counted.map((record) => ready.find(({ id }) => id === record.id) ?? record)
  for (const record of all) await handOn(dependencies, record)
  return all
}

/** The records as they would be if nobody had seen the document before. */
function plan(
  { rules, now }: SubmitDependencies,
  { key, putAt, putBy }: PutDocument,
  document: StoredObject | undefined,
): TransmissionRecord[] {
  const place = parseOutgoingKey(key)
  const parsed = requestFromMetadata(document?.metadata ?? {})
  const refuseAll = (reason: string, destination: string) => {
    const opened = openTransmission(
      {
        id: transmissionIdOf({ key, destination, putAt }),
        site: place?.site ?? 'unknown',
        destination,
        way: 'bucket',
        sender: putBy,
        notify: [],
        documentKey: key,
      },
      now(),
    )
    return [refuseTransmission(opened, reason, now()) ?? opened]
  }
  if (place === undefined) {
    return refuseAll(`The object's key is ${key}; a document comes as outgoing/<site>/<name>.pdf.`, 'unknown')
  }
  if (document === undefined) return refuseAll(`The object ${key} is not in the bucket any more.`, 'unknown')
  if ('problem' in parsed) {
    return refuseAll(
      `What the document is to become does not hold: ${parsed.problem}.`,
      shownNumber(document.metadata.to ?? 'unknown'),
    )
  }
  const sender = { way: 'bucket' as const, name: putBy, principals: [putBy] }
  return planTransmissions(rules, { key, site: place.site, putAt, request: parsed.request, sender }, now())
}

/** A way in that checks its sender itself writes the record before it puts the document. */
async function knownOrAdded(
  { ledger, count }: SubmitDependencies,
  planned: TransmissionRecord,
): Promise<TransmissionRecord> {
  const known = await ledger.getTransmission(planned.id)
  if (known !== undefined) return known
  if (await ledger.addTransmission(planned)) {
    count(planned.state === 'refused' ? 'TransmissionsRefused' : 'TransmissionsAccepted')
    return planned
  }
  const added = await ledger.getTransmission(planned.id)
  if (added === undefined) throw new Error(`The ledger refused ${planned.id} as known, and does not have it.`)
  return added
}

/** Against the daily limit, once. */
async function countIn(
  dependencies: SubmitDependencies,
  record: TransmissionRecord,
): Promise<TransmissionRecord> {
  const { ledger, dailyLimitOf, now } = dependencies
  const { outbound, settings } = record
  if (record.state !== 'accepted' || record.counted || outbound === undefined || settings === undefined)
    return record
  const limit = dailyLimitOf(outbound)
  if (limit === undefined)
    return replace(
      dependencies,
      refused(dependencies, record, `The routing table has no section for ${outbound} any more.`),
    )
  const { date } = localTime(now(), settings.timeZone)
  if (await ledger.countOnDay(outbound, date, limit)) return replace(dependencies, countTransmission(record))
  return replace(
    dependencies,
    refused(
      dependencies,
      record,
      `The daily limit of ${limit} faxes is reached (daily_limit of the routing table). Send it again tomorrow.`,
    ),
  )
}

/** Rasterised once for all numbers of a document: what is drawn does not depend on them. */
async function makeReady(
  dependencies: SubmitDependencies,
  records: readonly TransmissionRecord[],
  document: StoredObject | undefined,
  lastReceive: boolean,
): Promise<TransmissionRecord[]> {
  const [first] = records
  if (first === undefined) return []
  const made = await makePages(dependencies, first, document, lastReceive)
  return Promise.all(
    records.map(async (record) => {
      if ('refusal' in made) return replace(dependencies, refused(dependencies, record, made.refusal))
      const rasterised = await storePages(dependencies, record, made)
      return replace(dependencies, readyTransmission(record, rasterised, dependencies.now()) ?? record)
    }),
  )
}

/** Whatever a record waits for is set going once more: both are known when they come twice, and an earlier time may have been cut off. */
async function handOn(
  { scheduleAttempt, tellEnd }: SubmitDependencies,
  record: TransmissionRecord,
): Promise<void> {
  if (record.state === 'waiting' && record.history.length === 0) await scheduleAttempt(record)
  if (hasTransmissionEnded(record)) await tellEnd(record)
}

function refused(
  { count, now }: SubmitDependencies,
  record: TransmissionRecord,
  reason: string,
): TransmissionRecord {
  count('TransmissionsRefused')
  return refuseTransmission(record, reason, now()) ?? record
}

async function replace(
  { ledger }: SubmitDependencies,
  next: TransmissionRecord,
): Promise<TransmissionRecord> {
  if (await ledger.replaceTransmission(next)) return next
  // Canceled while its pages were made: the other numbers of the document have not to wait for the event to come again.
  const changed = await ledger.getTransmission(next.id)
  if (changed !== undefined && hasTransmissionEnded(changed)) return changed
  throw new Error(`The record of transmission ${next.id} changed meanwhile; the event comes again.`)
}
