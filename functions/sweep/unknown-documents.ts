import { timeOfFaxId } from '../../shared/fax-id.ts'
import { dayOfFaxId } from '../../shared/ledger/index-keys.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { documentIdOf } from '../../shared/transmission/keys.ts'
import type { StoredObject } from './pair.ts'

/** Between S3's clocks: an event has a time of its own, and a listing leaves out the fraction of a second. */
const CLOCK_SECONDS = 5
const DAY_MILLISECONDS = 86_400_000

/** The documents of which no transmission was made. `ofDay`: the transmissions whose ids are of this day. */
export async function unknownDocuments(
  documents: readonly StoredObject[],
  ofDay: (day: string) => AsyncIterable<TransmissionRecord>,
  now: Date,
): Promise<StoredObject[]> {
  const unknown = new Map(documents.map((document) => [document.key, document]))
  for (const day of daysOf(documents, now)) {
    for await (const record of ofDay(day)) {
      const document = unknown.get(record.documentKey)
      if (document !== undefined && isOf(record, document)) unknown.delete(document.key)
    }
  }
  return [...unknown.values()]
}

/** An object that was put again under its name is another document, unless its name is an id. */
function isOf({ id }: TransmissionRecord, { key, storedAt }: StoredObject): boolean {
  if (documentIdOf(key) !== undefined) return true
  // Not the other way: S3 dates an upload in parts by its beginning, and announces its end.
  return timeOfFaxId(id).getTime() >= storedAt.getTime() - CLOCK_SECONDS * 1000
}

/** In UTC: of the ids that transmissions of these documents have. */
function daysOf(documents: readonly StoredObject[], now: Date): Set<string> {
  const days = new Set<string>()
  let earliest = Number.POSITIVE_INFINITY
  for (const { key, storedAt } of documents) {
    const documentId = documentIdOf(key)
    if (documentId === undefined) earliest = Math.min(earliest, storedAt.getTime() - CLOCK_SECONDS * 1000)
    else days.add(dayOfFaxId(documentId))
  }
  const midnight = Math.floor(earliest / DAY_MILLISECONDS) * DAY_MILLISECONDS
  for (let day = midnight; day <= now.getTime(); day += DAY_MILLISECONDS)
    days.add(new Date(day).toISOString().slice(0, 10))
  return days
}
