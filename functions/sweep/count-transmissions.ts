import { timeOfFaxId } from '../../shared/fax-id.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import {
  STANDING_OF_STATE,
  TRANSMISSION_STANDINGS,
  type TransmissionStanding,
} from '../../shared/ledger/transmission-standing.ts'
import { documentIdOf } from '../../shared/transmission/keys.ts'
import type { StoredObject } from './pair.ts'

/** Between S3's clocks: an event has a time of its own, and a listing leaves out the fraction of a second. */
const CLOCK_MILLISECONDS = 5000
const DAY_MILLISECONDS = 86_400_000

export interface CountedTransmissions {
  taken: number
  counts: Record<TransmissionStanding, number>
  /** Documents of which no transmission was made, each of which counts as one that waits. */
  unknown: StoredObject[]
}

/**
 * What was taken from then and before, each transmission once: those of the documents that were put in that time, and those whose ids are of it.
 * `ofDay`: the transmissions whose ids are of this day.
 */
export async function countTransmissions(
  documents: readonly StoredObject[],
  ofDay: (day: string) => AsyncIterable<TransmissionRecord>,
  { from, to }: { from: Date; to: Date },
): Promise<CountedTransmissions> {
  const byKey = new Map(documents.map((document) => [document.key, document]))
  const known = new Set<string>()
  let taken = 0
  const zeros = TRANSMISSION_STANDINGS.map((standing) => [standing, 0])
  const counts = Object.fromEntries(zeros) as CountedTransmissions['counts']
  for (const day of daysOf(documents, { from, to })) {
    for await (const record of ofDay(day)) {
      const document = byKey.get(record.documentKey)
      const isKnown = document !== undefined && isOf(record, document)
      if (isKnown) known.add(document.key)
      const takenAt = timeOfFaxId(record.id)
      if (!isKnown && (takenAt < from || takenAt >= to)) continue
      taken += 1
      counts[STANDING_OF_STATE[record.state]] += 1
    }
  }
  const unknown = documents.filter(({ key }) => !known.has(key))
  counts.waiting += unknown.length
  return { taken: taken + unknown.length, counts, unknown }
}

/** An object that was put again under its name is another document, unless its name is an id. */
function isOf({ id }: TransmissionRecord, { key, storedAt }: StoredObject): boolean {
  if (documentIdOf(key) !== undefined) return true
  // Not the other way: S3 dates an upload in parts by its beginning, and announces its end.
  return timeOfFaxId(id).getTime() >= storedAt.getTime() - CLOCK_MILLISECONDS
}

/** In UTC, of the ids that these transmissions have: of their time, or of whatever time a document has in its name. */
function daysOf(documents: readonly StoredObject[], { from, to }: { from: Date; to: Date }): Set<string> {
  const days = new Set<string>()
  const midnight = Math.floor((from.getTime() - CLOCK_MILLISECONDS) / DAY_MILLISECONDS) * DAY_MILLISECONDS
  for (let day = midnight; day <= to.getTime(); day += DAY_MILLISECONDS) days.add(dayOf(new Date(day)))
  for (const { key } of documents) {
    const documentId = documentIdOf(key)
    if (documentId !== undefined) days.add(dayOf(timeOfFaxId(documentId)))
  }
  return days
}

const dayOf = (instant: Date) => instant.toISOString().slice(0, 10)
