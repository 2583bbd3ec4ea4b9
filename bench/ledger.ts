import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { claim, openDelivery, settle } from '../functions/ledger/delivery-transitions.ts'
import { makeDynamoQueries } from '../functions/ledger/dynamo-queries.ts'
import { LEDGER_TABLE, startLedgerTable } from '../functions/ledger/testing/ledger-table.ts'
import { makeFaxId } from '../shared/fax-id.ts'
import { deliveryIndexKeys, faxIndexKeys } from '../shared/ledger/index-keys.ts'
import { isInState } from '../shared/ledger/queries.ts'
import {
  type DeliveryRecord,
  deliverySortKey,
  FAX_SORT_KEY,
  type FaxRecord,
  faxPartition,
} from '../shared/ledger/records.ts'
import { delivered, failed } from '../shared/outcome.ts'

const ENTRIES = 100_000
const DAY = new Date('2026-11-25T00:00:00Z')
const NEXT_DAY = new Date('2026-11-26T00:00:00Z')
const BATCH = 25
/** Of a thousand faxes, one has a delivery that failed. */
const FAILED_EVERY = 1000

/** How long the usual questions take to a ledger with a hundred thousand entries of one day. */
export async function benchLedger(): Promise<void> {
  const { client, stop } = await startLedgerTable()
  try {
    const documents = DynamoDBDocumentClient.from(client)
    // A fax and a delivery of it.
    await fill(documents, ENTRIES / 2)
    const { faxesBetween, faxesInState, faxesOfNumber } = makeDynamoQueries(client, LEDGER_TABLE)
    await time('the whole day, each fax with its delivery', () => count(faxesBetween(DAY, NEXT_DAY)))
    await time('of these the failed ones', async () => {
      let failedOnes = 0
      for await (const entry of faxesBetween(DAY, NEXT_DAY)) if (isInState(entry, 'failed')) failedOnes += 1
      return failedOnes
    })
    await time('the failed ones by their index', () => count(faxesInState('failed')))
    await time('a page of 50', () => count(faxesBetween(DAY, NEXT_DAY, { expected: 50 }), 50))
    await time('a page of 50 of one number', () =>
      count(faxesOfNumber('100', 'destination', { expected: 50 }), 50),
    )
  } finally {
    await stop()
  }
}

async function fill(documents: DynamoDBDocumentClient, faxes: number): Promise<void> {
  for (let first = 0; first < faxes; first += 500) {
    const items = Array.from({ length: 500 }, (_, index) => itemsOf(first + index)).flat()
    const batches = Array.from({ length: items.length / BATCH }, (_, index) =>
      items.slice(index * BATCH, (index + 1) * BATCH).map((Item) => ({ PutRequest: { Item } })),
    )
    await Promise.all(
      batches.map((batch) =>
        documents.send(new BatchWriteCommand({ RequestItems: { [LEDGER_TABLE]: batch } })),
      ),
    )
  }
}

function itemsOf(number: number): Record<string, unknown>[] {
  const at = new Date(DAY.getTime() + number * 1700)
  const id = makeFaxId(at, String(number))
  const facts = {
    receivedAt: at.toISOString(),
    destination: String(100 + (number % 50)),
    source: '0478123456',
  }
  const fax: FaxRecord = {
    id,
    site: 'main',
    state: 'routed',
    backends: ['mail'],
    facts,
    tiffKey: `incoming/main/${id}.tif`,
    tiffBytes: 17150,
    pages: 2,
    openedAt: facts.receivedAt,
    revision: 1,
  }
  const opened = openDelivery(id, { name: 'mail', kind: 'mail' }, at)
  const outcome = number % FAILED_EVERY === 0 ? failed('no') : delivered('id', 'SES took the message')
  const delivery: DeliveryRecord = settle(claim(opened, at, 60) ?? opened, outcome, at, undefined)
  const pk = faxPartition(id)
  return [
    { pk, sk: FAX_SORT_KEY, ...faxIndexKeys(fax), ...fax },
    { pk, sk: deliverySortKey('mail'), ...deliveryIndexKeys(delivery), ...delivery },
  ]
}

async function count(entries: AsyncIterable<unknown>, most = Number.POSITIVE_INFINITY): Promise<number> {
  let read = 0
  for await (const _ of entries) {
    read += 1
    if (read >= most) break
  }
  return read
}

async function time(what: string, work: () => Promise<number>): Promise<void> {
  const started = performance.now()
  const found = await work()
  const seconds = (performance.now() - started) / 1000
  console.log(`${what.padEnd(45)} ${String(found).padStart(6)} faxes ${seconds.toFixed(2).padStart(7)} s`)
}
