import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFaxId } from '../../shared/fax-id.ts'
import type { FaxRecord } from '../../shared/ledger/records.ts'
import { delivered } from '../../shared/outcome.ts'
import { claim, openDelivery, settle } from './delivery-transitions.ts'
import { makeDynamoLedger } from './dynamo-ledger.ts'
import type { Ledger } from './ledger.ts'
import { makeMemoryLedger } from './memory-ledger.ts'
import { LEDGER, startLedgerTable } from './testing/ledger-table.ts'

let client: DynamoDBClient
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ client, stop } = await startLedgerTable())
})

afterAll(() => stop())

const NOON = new Date('2026-11-23T12:00:00Z')

const faxOf = (id: string): FaxRecord => ({
  id,
  site: 'main',
  state: 'received',
  facts: { receivedAt: '2026-11-23T05:41:51.000Z' },
  tiffKey: `incoming/main/${id}.tif`,
  tiffBytes: 17150,
  openedAt: '2026-11-23T05:41:54.000Z',
  revision: 0,
})

// One contract: the ledger that tests use must promise no more and no less than the table.
describe.each<[string, () => Ledger, string]>([
  ['in memory', makeMemoryLedger, '20261123T054151Z-0k3w9x7m2r41'],
  ['in DynamoDB', () => makeDynamoLedger(client, LEDGER), '20261123T054151Z-0k3w9x7m2r42'],
])('the ledger %s', (_, make, faxId) => {
  let ledger: Ledger
  beforeAll(() => {
    ledger = make()
  })

  it('adds a fax once, and gives it back', async () => {
    expect(await ledger.getFax(faxId)).toBeUndefined()
    expect(await ledger.addFax(faxOf(faxId))).toBe(true)
    expect(await ledger.addFax({ ...faxOf(faxId), site: 'other' })).toBe(false)
    expect(await ledger.getFax(faxId)).toEqual(faxOf(faxId))
  })

  it('replaces the revision that the writer saw, and no other', async () => {
    const next: FaxRecord = {
      ...faxOf(faxId),
      state: 'routed',
      backends: ['log'],
      pages: 2,
      convertMilliseconds: 1.5,
      revision: 1,
    }
    expect(await ledger.replaceFax(next)).toBe(true)
    expect(await ledger.replaceFax({ ...next, state: 'refused' })).toBe(false)
    expect(await ledger.getFax(faxId)).toEqual(next)
  })

  it('keeps the deliveries of a fax apart, with their whole history', async () => {
    const opened = openDelivery(faxId, { name: 'mail_sales', kind: 'mail' }, NOON)
    expect(await ledger.addDelivery(opened)).toBe(true)
    expect(await ledger.addDelivery(opened)).toBe(false)
    expect(await ledger.getDelivery(faxId, 'mail')).toBeUndefined()
    const now = new Date('2026-11-23T05:42:00Z')
    const claimed = claim(opened, now, 60) ?? opened
    expect(await ledger.replaceDelivery(claimed)).toBe(true)
    const settled = settle(claimed, delivered('<id>', '250 été'), now, undefined)
    expect(await ledger.replaceDelivery(settled)).toBe(true)
    expect(await ledger.getDelivery(faxId, 'mail_sales')).toEqual(settled)
  })

  it('lets one of many that write at once win', async () => {
    const opened = openDelivery(faxId, { name: 'log', kind: 'log' }, NOON)
    await ledger.addDelivery(opened)
    const claimed = claim(opened, new Date(), 60) ?? opened
    const wins = await Promise.all(Array.from({ length: 8 }, () => ledger.replaceDelivery(claimed)))
    expect(wins.filter((won) => won)).toHaveLength(1)
  })

  it('does not replace what was never added', async () => {
    expect(
      await ledger.replaceDelivery({ ...openDelivery(faxId, { name: 'x', kind: 'log' }, NOON), revision: 1 }),
    ).toBe(false)
  })
})

describe('a write whose answer was lost', () => {
  /** The first answer is lost on the way, after the table took the put; the SDK puts again. */
  async function withLostAnswer<Answer>(write: (ledger: Ledger) => Promise<Answer>): Promise<Answer> {
    let lost = false
    client.middlewareStack.add(
      (next) => async (request) => {
        const answer = await next(request)
        if (lost) return answer
        lost = true
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', $retryable: {} })
      },
      { step: 'finalizeRequest', priority: 'low', name: 'losing' },
    )
    try {
      return await write(makeDynamoLedger(client, LEDGER))
    } finally {
      client.middlewareStack.remove('losing')
    }
  }

  it('has taken, and says so', async () => {
    const fax = faxOf('20261123T054151Z-0k3w9x7m2r43')
    expect(await withLostAnswer((ledger) => ledger.addFax(fax))).toBe(true)
    const next: FaxRecord = { ...fax, state: 'refused', reason: 'no TIFF', revision: 1 }
    expect(await withLostAnswer((ledger) => ledger.replaceFax(next))).toBe(true)
    expect(await makeDynamoLedger(client, LEDGER).getFax(fax.id)).toEqual(next)
  })

  it('says no where somebody else wrote the same', async () => {
    const fax = faxOf('20261123T054151Z-0k3w9x7m2r44')
    expect(await makeDynamoLedger(client, LEDGER).addFax(fax)).toBe(true)
    expect(await withLostAnswer((ledger) => ledger.addFax(fax))).toBe(false)
  })
})

it.each([
  ['from its reception on', '2026-11-23T05:41:51Z', '2026-11-23T05:41:54.000Z', '2026-12-23T05:41:51Z'],
  [
    'so too where its site was cut off',
    '2026-11-10T05:41:51Z',
    '2026-11-23T05:41:54.000Z',
    '2026-12-10T05:41:51Z',
  ],
  [
    'from its arrival on where the PBX has no clock',
    '2001-01-01T00:00:00Z',
    '2026-11-23T05:41:54.000Z',
    '2026-12-23T05:41:54Z',
  ],
])(
  'DynamoDB keeps a fax and its deliveries for the days of the ledger: %s',
  async (_, received, openedAt, expiry) => {
    const ledger = makeDynamoLedger(client, { ...LEDGER, LEDGER_DAYS: '30' })
    const id = makeFaxId(new Date(received), 'kept')
    await ledger.addFax({ ...faxOf(id), openedAt })
    await ledger.addDelivery(openDelivery(id, { name: 'mail', kind: 'mail' }, new Date(openedAt)))
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: LEDGER.LEDGER_TABLE,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `FAX#${id}` } },
      }),
    )
    const expected = { N: String(Date.parse(expiry) / 1000) }
    expect(Items.map(({ expiresAt }) => expiresAt)).toEqual([expected, expected])
  },
)
