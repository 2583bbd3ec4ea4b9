import type { TransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { SweepReport } from '../../shared/sweep-report.ts'
import { documentIdOf } from '../../shared/transmission/keys.ts'
import type { StoredObject } from './pair.ts'
import { type StuckTransmission, whyStuck } from './stuck-transmission.ts'
import { unknownDocuments } from './unknown-documents.ts'

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

export type TransmissionSweep = Pick<SweepReport, 'documents' | 'repaired' | 'findings'>

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
  const seen: TransmissionSweep = { documents: { stored: 0, lost: 0 }, repaired: [], findings: [] }
  await announceUnknown(dependencies, seen, range)
  const announced = new Set<string>()
  for await (const record of dependencies.transmissions.open({ oldestFirst: true })) {
    const stuck = whyStuck(record, range.to)
    if (stuck !== undefined) await unstick(dependencies, { seen, announced }, record, stuck)
  }
  return seen
}

async function announceUnknown(
  dependencies: TransmissionSweepDependencies,
  { documents, repaired, findings }: TransmissionSweep,
  { from, to, patienceMinutes }: Range,
): Promise<void> {
  const due: StoredObject[] = []
  for await (const document of dependencies.documentsBetween(from, to)) {
    documents.stored += 1
    if (to.getTime() - document.storedAt.getTime() >= patienceMinutes * 60_000) due.push(document)
  }
  const lost = await unknownDocuments(due, (day) => dependencies.transmissions.ofDay(day), to)
  documents.lost = lost.length
  if (lost.length === 0) return
  const mayBeQueued = await dependencies.hasSubmissions()
  for (const document of lost) {
    // Its ids come from the time of its event, which nobody knows any more: were that event still to come, it would be another fax.
    if (mayBeQueued && documentIdOf(document.key) === undefined) {
      const what = `${document.key} is not on record, and its event may lie with others that submit has not dealt with: faxlane status, faxlane redrive`
      findings.push({ what })
      continue
    }
    await dependencies.announceDocument(document)
    // A section that names its principals refuses it, and without a section nobody is written to.
    const what = `${document.key} was not on record, and is announced again, without who put it: faxlane sent says what became of it`
    repaired.push({ what })
  }
}

async function unstick(
  { findDocument, announceDocument, scheduleAttempt }: TransmissionSweepDependencies,
  { seen, announced }: { seen: TransmissionSweep; announced: Set<string> },
  record: TransmissionRecord,
  { why, remedy }: StuckTransmission,
): Promise<void> {
  const { id: faxId, documentKey } = record
  const find = (advice: string) => void seen.findings.push({ faxId, what: `${why}${advice}` })
  const repair = (what: string) => void seen.repaired.push({ faxId, what: `${why}; ${what}` })
  switch (remedy) {
    case 'schedule':
      await scheduleAttempt(record)
      return repair('handed to it again')
    case 'none':
      return find('. It may have gone out, and is not dialled again. Look there: faxlane-edge status')
    case 'announce': {
      // Under any other name its event would make a second fax of it.
      if (documentIdOf(documentKey) === undefined)
        return find('. Its event lies among the dead letters, or is gone: faxlane redrive, or send it anew')
      const document = await findDocument(documentKey)
      if (document === undefined) return find(`, and ${documentKey} is not in the bucket. Send it anew`)
      // Several numbers share a document, and one event is for all of them.
      if (!announced.has(documentKey)) await announceDocument(document)
      announced.add(documentKey)
      return repair('its document is announced again')
    }
  }
}
