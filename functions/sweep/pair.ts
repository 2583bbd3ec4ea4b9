import { secondOfFaxId } from '../../shared/fax-id.ts'
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

/**
 * Brings together what belongs to one fax. Both come in the order of fax ids, which begin with the second, so that no more than what came in one
 * second is in memory. A file finds its record by its key: where two sites had the same name for a fax, one is on record by another.
 */
export async function* pair(
  stored: AsyncIterable<StoredFax>,
  entries: AsyncIterable<FaxEntry>,
): AsyncGenerator<Pair> {
  const objects = bySecond(stored, ({ faxId }) => faxId)
  const records = bySecond(entries, ({ fax }) => fax.id)
  let [object, record] = await Promise.all([objects.next(), records.next()])
  while (object.done !== true || record.done !== true) {
    const objectSecond = object.done === true ? undefined : object.value.second
    const recordSecond = record.done === true ? undefined : record.value.second
    const takesObject =
      objectSecond !== undefined && (recordSecond === undefined || objectSecond <= recordSecond)
    const takesRecord =
      recordSecond !== undefined && (objectSecond === undefined || recordSecond <= objectSecond)
    yield* match(
      takesObject && object.done !== true ? object.value.items : [],
      takesRecord && record.done !== true ? record.value.items : [],
    )
    if (takesObject) object = await objects.next()
    if (takesRecord) record = await records.next()
  }
}

function* match(stored: readonly StoredFax[], entries: readonly FaxEntry[]): Generator<Pair> {
  const unmatched = new Map(entries.map((entry) => [entry.fax.tiffKey, entry]))
  for (const one of stored) {
    const entry = unmatched.get(one.key)
    unmatched.delete(one.key)
    yield { stored: one, ...(entry === undefined ? {} : { entry }) }
  }
  for (const entry of unmatched.values()) yield { entry }
}

interface OfSecond<Item> {
  second: string
  items: Item[]
}

async function* bySecond<Item>(
  items: AsyncIterable<Item>,
  idOf: (item: Item) => string,
): AsyncGenerator<OfSecond<Item>, undefined> {
  let group: OfSecond<Item> | undefined
  for await (const item of items) {
    const second = secondOfFaxId(idOf(item))
    if (group?.second !== second) {
      if (group !== undefined) yield group
      group = { second, items: [] }
    }
    group.items.push(item)
  }
  if (group !== undefined) yield group
  return undefined
}
