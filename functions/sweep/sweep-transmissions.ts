import { type StuckTransmission, whyStuck } from '../../shared/ledger/stuck-transmission.ts'
import type { TransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { SweepReport } from '../../shared/sweep-report.ts'
import { documentIdOf } from '../../shared/transmission/keys.ts'
import { type CountedTransmissions, countTransmissions } from './count-transmissions.ts'
import type { StoredObject } from './pair.ts'

export interface TransmissionSweepDependencies {
  transmissions: Pick<TransmissionQueries, 'ofDay' | 'open'>
  /** Documents under outgoing/ that were put from then and before, in any order. */
  documentsBetween: (from: Date, to: Date) => AsyncIterable<StoredObject>
  /** Undefined when it is gone. */
  findDocument: (key: string) => Promise<StoredObject | undefined>
  /** Tells `submit` of a document as S3 does. */
  announceDocument: (document: StoredObject) => Promise<void>
  /** Whether an event is on the queue of `submit`, in its hands or among its dead letters. */
  hasSubmissions: () => Promise<boolean>
  /** Has the attempt that a record waits for handed to its site. */
  scheduleAttempt: (record: TransmissionRecord) => Promise<void>
}

export type TransmissionSweep = Pick<SweepReport, 'repaired' | 'findings'> &
  Omit<CountedTransmissions, 'unknown'>

interface Range {
  from: Date
  to: Date
  /** What is younger may be on its way. */
  patienceMinutes: number
}

/** What was put under outgoing/ and never came to `submit`, and what has not gone on since. Safe to repeat: no call is made twice by it. */
export async function sweepTransmissions(
  dependencies: TransmissionSweepDependencies,
  range: Range,
): Promise<TransmissionSweep> {
  const { transmissions, documentsBetween } = dependencies
  const documents: StoredObject[] = []
  for await (const document of documentsBetween(range.from, range.to)) documents.push(document)
  const { unknown, ...counted } = await countTransmissions(
    documents,
    (day) => transmissions.ofDay(day),
    range,
  )
  const seen: TransmissionSweep = { ...counted, repaired: [], findings: [] }
  await announceUnknown(dependencies, seen, unknown, range)
  const announced = new Set<string>()
  for await (const record of transmissions.open({ oldestFirst: true })) {
    const stuck = whyStuck(record, range.to)
    if (stuck !== undefined) await unstick(dependencies, { seen, announced }, record, stuck)
  }
  return seen
}

async function announceUnknown(
  { hasSubmissions, announceDocument }: TransmissionSweepDependencies,
  { repaired, findings }: TransmissionSweep,
  unknown: readonly StoredObject[],
  { to, patienceMinutes }: Range,
): Promise<void> {
  const lost = unknown.filter(({ storedAt }) => to.getTime() - storedAt.getTime() >= patienceMinutes * 60_000)
  if (lost.length === 0) return
  const mayBeQueued = await hasSubmissions()
  for (const document of lost) {
    // Its ids come from the time of its event, which nobody knows any more: were that event still to come, it would be another fax.
    if (mayBeQueued && documentIdOf(document.key) === undefined) {
      const what =
        'it is not on record, and its event may lie with others that submit has not dealt with: faxlane status, faxlane redrive'
      findings.push({ key: document.key, what })
      continue
    }
    await announceDocument(document)
    // A section that names its principals refuses it, and without a section nobody is written to.
    const what =
      'it was not on record, and is announced again, without who put it: faxlane sent says what became of it'
    repaired.push({ key: document.key, what })
  }
}

async function unstick(
  { findDocument, announceDocument, scheduleAttempt }: TransmissionSweepDependencies,
  { seen, announced }: { seen: TransmissionSweep; announced: Set<string> },
  record: TransmissionRecord,
  { why, remedy }: StuckTransmission,
): Promise<void> {
  const { id: faxId, documentKey } = record
  const find = (advice: string) => void seen.findings.push({ faxId, what: `${why}. ${advice}` })
  const repair = (what: string) => void seen.repaired.push({ faxId, what: `${why}; ${what}` })
  const sendAnew = `send it anew, and end this one: faxlane cancel ${faxId}`
  switch (remedy) {
    case 'schedule':
      await scheduleAttempt(record)
      return repair('handed to it again')
    case 'cancel':
      return find(
        `It may have gone out, and is not dialled again. Its agent tells when it is back (faxlane-edge status there); to end it before that: faxlane cancel ${faxId}`,
      )
    case 'announce': {
      // Under any other name its event would make a second fax of it.
      if (documentIdOf(documentKey) === undefined)
        return find(`Its event lies among the dead letters: faxlane redrive; or it is gone: ${sendAnew}`)
      const document = await findDocument(documentKey)
      if (document === undefined) return find(`Its document is not in the bucket: ${sendAnew}`)
      // Several numbers share a document, and one event is for all of them.
      if (!announced.has(documentKey)) await announceDocument(document)
      announced.add(documentKey)
      return repair('its document is announced again')
    }
  }
}
