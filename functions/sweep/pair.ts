import type { FaxEntry } from '../../shared/ledger/queries.ts'

/** As a listing has it. */
export interface StoredObject {
  key: string
  sizeBytes: number
  storedAt: Date
}

/** A file under incoming/, by what its key says. */
export interface StoredFax extends StoredObject {
  faxId: string
  site: string
}

/** A fax as the bucket and as the ledger has it; one of the two may not. */
export interface Pair {
  stored?: StoredFax
  entry?: FaxEntry
}

/** Brings together what belongs to one fax. Both come in the order of fax ids, so that no more than one of each is in memory. */
export async function* pair(
  stored: AsyncIterable<StoredFax>,
  entries: AsyncIterable<FaxEntry>,
): AsyncGenerator<Pair> {
  const [objects, records] = [stored[Symbol.asyncIterator](), entries[Symbol.asyncIterator]()]
  let [object, record] = await Promise.all([objects.next(), records.next()])
  while (object.done !== true || record.done !== true) {
    const objectId = object.done === true ? undefined : object.value.faxId
    const recordId = record.done === true ? undefined : record.value.fax.id
    const takesObject = objectId !== undefined && (recordId === undefined || objectId <= recordId)
    const takesRecord = recordId !== undefined && (objectId === undefined || recordId <= objectId)
    yield {
      ...(takesObject && object.done !== true ? { stored: object.value } : {}),
      ...(takesRecord && record.done !== true ? { entry: record.value } : {}),
    }
    if (takesObject) object = await objects.next()
    if (takesRecord) record = await records.next()
  }
}
