import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transmissionPartition } from '../../shared/ledger/transmission-record.ts'
import { delivered } from '../../shared/outcome.ts'
import { openDelivery, settle } from './delivery-transitions.ts'
import { makeDynamoTransmissionQueries } from './dynamo-queries.ts'
import { makeDynamoTransmissions } from './dynamo-transmissions.ts'
import { makeMemoryTransmissions } from './memory-transmissions.ts'
import { ended, sampleTransmission, waitingTransmission } from './sample-transmission.ts'
import { LEDGER, startLedgerTable } from './testing/ledger-table.ts'
import type { TransmissionLedger } from './transmission-ledger.ts'
import { observeTransmission } from './transmission-transitions.ts'

let client: DynamoDBClient
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ client, stop } = await startLedgerTable())
})

afterAll(() => stop())

// One contract: the ledger that tests use must promise no more and no less than the table.
describe.each<[string, () => TransmissionLedger]>([
  ['in memory', makeMemoryTransmissions],
  ['in DynamoDB', () => makeDynamoTransmissions(client, LEDGER)],
])('the ledger of transmissions %s', (_, make) => {
  let ledger: TransmissionLedger
  beforeAll(() => {
    ledger = make()
  })
  const opened = sampleTransmission()

  it('adds a transmission once, and gives it back', async () => {
    expect(await ledger.getTransmission(opened.id)).toBeUndefined()
    expect(await ledger.addTransmission(opened)).toBe(true)
    expect(await ledger.addTransmission({ ...opened, site: 'other' })).toBe(false)
    expect(await ledger.getTransmission(opened.id)).toEqual(opened)
  })

  it('replaces the revision that the writer saw, and no other', async () => {
    const waiting = waitingTransmission()
    expect(await ledger.replaceTransmission(waiting)).toBe(true)
    expect(await ledger.replaceTransmission({ ...waiting, state: 'refused' })).toBe(false)
    const report = {
      attempt: 1,
      at: opened.openedAt,
      progress: ended('busy', { foreign: { hangupCause: 17 } }),
    }
    const again = observeTransmission(waiting, report)
    expect(again && (await ledger.replaceTransmission(again))).toBe(true)
    expect(await ledger.getTransmission(opened.id)).toEqual(again)
  })

  it('keeps the mail about its end', async () => {
    const now = new Date(opened.openedAt)
    const notice = openDelivery(opened.id, { name: 'notice', kind: 'mail' }, now)
    expect(await ledger.getNotice(opened.id, 'notice')).toBeUndefined()
    expect(await ledger.addNotice(notice)).toBe(true)
    expect(await ledger.addNotice(notice)).toBe(false)
    const told = settle(notice, delivered('id', 'SES took it'), now, undefined)
    expect(await ledger.replaceNotice(told)).toBe(true)
    expect(await ledger.replaceNotice(told)).toBe(false)
    expect(await ledger.getNotice(opened.id, 'notice')).toEqual(told)
    expect(await ledger.addNotice({ ...notice, backend: 'notice_later' })).toBe(true)
    expect(await ledger.getNotice(opened.id, 'notice')).toEqual(told)
  })

  it('gives a key to the first request that names it', async () => {
    const request = { digest: 'abc', contentDigest: 'x', documentId: opened.id, expiresAt: 2_000_000_000 }
    expect(await ledger.claimRequest(request)).toEqual(request)
    expect(await ledger.claimRequest({ ...request, documentId: 'another', contentDigest: 'y' })).toEqual(
      request,
    )
  })

  it('counts the transmissions of a day up to their limit', async () => {
    const counted = []
    for (let time = 0; time < 4; time += 1) counted.push(await ledger.countOnDay('default', '2026-11-25', 3))
    expect(counted).toEqual([true, true, true, false])
    expect(await ledger.countOnDay('default', '2026-11-26', 3)).toBe(true)
    expect(await ledger.countOnDay('sales', '2026-11-25', 3)).toBe(true)
  })
})

it('lets the table delete a transmission and its notice when the days of the ledger are over', async () => {
  const ledger = makeDynamoTransmissions(client, { ...LEDGER, LEDGER_DAYS: '10' })
  // Whoever names a document says what time is in it: it would be deleted at once.
  const id = '20010101T090000Z-0123456789ac'
  const opened = sampleTransmission({ id })
  const notice = openDelivery(id, { name: 'notice', kind: 'mail' }, new Date(opened.openedAt))
  const expiries = async () => {
    const items = { TableName: LEDGER.LEDGER_TABLE, KeyConditionExpression: 'pk = :pk' }
    const values = { ':pk': { S: transmissionPartition(id) } }
    const { Items = [] } = await client.send(
      new QueryCommand({ ...items, ExpressionAttributeValues: values }),
    )
    return Items.map(({ expiresAt }) => expiresAt?.N)
  }
  const expected = String(Date.parse('2026-12-05T09:00:00Z') / 1000)
  await ledger.addTransmission(opened)
  await ledger.addNotice(notice)
  expect(await expiries()).toEqual([expected, expected])
  await ledger.replaceTransmission({ ...opened, revision: 1 })
  await ledger.replaceNotice({ ...notice, revision: 1 })
  expect(await expiries()).toEqual([expected, expected])
})

it('finds in DynamoDB those that have not ended, of any age', async () => {
  const ledger = makeDynamoTransmissions(client, LEDGER)
  const ids = [
    '20250101T090000Z-0123456789a1',
    '20261124T090000Z-0123456789a2',
    '20261125T090000Z-0123456789a3',
  ]
  const states = ['waiting', 'sending', 'sent'] as const
  for (const id of ids) await ledger.addTransmission(waitingTransmission({ id, destination: '0100000000' }))
  for (const [index, id = ''] of ids.entries())
    await ledger.replaceTransmission({
      ...waitingTransmission({ id, destination: '0100000000' }),
      state: states[index] ?? 'sent',
      revision: 2,
    })
  const open = []
  const queries = makeDynamoTransmissionQueries(client, LEDGER.LEDGER_TABLE)
  for await (const { id } of queries.open({ oldestFirst: true })) if (ids.includes(id)) open.push(id)
  expect(open).toEqual(ids.slice(0, 2))
})
