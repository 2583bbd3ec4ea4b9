import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFaxId } from '../../shared/fax-id.ts'
import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'
import type { DeliveryRecord, FaxRecord } from '../../shared/ledger/records.ts'
import { delivered, failed } from '../../shared/outcome.ts'
import { claim, openDelivery, settle } from './delivery-transitions.ts'
import { makeDynamoLedger } from './dynamo-ledger.ts'
import { makeDynamoQueries } from './dynamo-queries.ts'
import type { Ledger } from './ledger.ts'
import { LEDGER, startLedgerTable } from './testing/ledger-table.ts'

let client: DynamoDBClient
let stop: () => Promise<void>
let ledger: Ledger
let queries: LedgerQueries

const MIDNIGHT = new Date('2026-11-24T00:00:00Z')
const at = (hours: number) => new Date(MIDNIGHT.getTime() + hours * 3_600_000)

/** Three days, a fax an hour from 0 to 71, the faxes of even hours to number 100, of the others to 200; from 900 to 902 in turn. */
const faxes = Array.from({ length: 72 }, (_, hour) => faxAt(hour))

function faxAt(hour: number): FaxRecord {
  const receivedAt = at(hour - 24).toISOString()
  const id = makeFaxId(new Date(receivedAt), String(hour))
  return {
    id,
    site: 'main',
    state: hour === 40 ? 'unrouted' : hour === 41 ? 'received' : 'routed',
    facts: { receivedAt, destination: hour % 2 === 0 ? '100' : '200', source: `90${hour % 3}` },
    tiffKey: `incoming/main/${id}.tif`,
    tiffBytes: 17150,
    ...(hour === 12 || hour === 33 ? { remarks: [{ remark: 'call-broke-off' }] } : {}),
    openedAt: receivedAt,
    revision: 0,
  }
}

/** Each routed fax has two deliveries, of which one of every tenth fax failed, and one of the last fax waits. */
function deliveriesOf(fax: FaxRecord, hour: number): DeliveryRecord[] {
  if (fax.state !== 'routed') return []
  const opened = new Date(fax.openedAt)
  const ended = (backend: string, outcome: Parameters<typeof settle>[1]) => {
    const record = openDelivery(fax.id, { name: backend, kind: 'mail' }, opened)
    return settle(claim(record, opened, 60) ?? record, outcome, opened, undefined)
  }
  if (hour === 71)
    return [ended('mail', delivered('a', 'b')), openDelivery(fax.id, { name: 'ftp_a', kind: 'ftp' }, opened)]
  return [
    ended('mail', delivered('a', 'b')),
    ended('ftp_a', hour % 10 === 0 ? failed('no') : delivered('c', 'd')),
  ]
}

beforeAll(async () => {
  ;({ client, stop } = await startLedgerTable())
  ledger = makeDynamoLedger(client, LEDGER)
  queries = makeDynamoQueries(client, LEDGER.LEDGER_TABLE)
  for (const [hour, fax] of faxes.entries()) {
    await ledger.addFax(fax)
    for (const delivery of deliveriesOf(fax, hour)) await ledger.addDelivery(delivery)
  }
})
afterAll(() => stop())

async function hoursOf(entries: AsyncIterable<FaxEntry>): Promise<number[]> {
  const hours: number[] = []
  for await (const { fax } of entries) hours.push(faxes.findIndex(({ id }) => id === fax.id))
  return hours
}
const hours = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

describe('the ledger is asked for', () => {
  it('a fax with its deliveries', async () => {
    const [fax] = faxes
    expect(await queries.fax(fax?.id ?? '')).toEqual({
      fax,
      deliveries: expect.arrayContaining(deliveriesOf(faxAt(0), 0)),
    })
    expect(await queries.fax('20261123T054151Z-0k3w9x7m2r41')).toBeUndefined()
  })

  it('the faxes of a day, newest first, each with its deliveries', async () => {
    expect(await hoursOf(queries.faxesBetween(at(0), at(24)))).toEqual(hours(24, 48).reverse())
    for await (const { fax, deliveries } of queries.faxesBetween(at(0), at(24)))
      expect(deliveries).toHaveLength(fax.state === 'routed' ? 2 : 0)
  })

  it('those of any stretch of time, to the second, on in either order from where a reader stopped', async () => {
    const hour = fc.integer({ min: 0, max: 72 })
    await fc.assert(
      fc.asyncProperty(hour, hour, fc.boolean(), hour, async (from, to, oldestFirst, stop) => {
        const expected = hours(from, Math.max(from, to))
        if (!oldestFirst) expected.reverse()
        const order = { oldestFirst, expected: 5 }
        expect(await hoursOf(queries.faxesBetween(at(from - 24), at(to - 24), order))).toEqual(expected)
        const after = faxes[stop]?.id
        if (after === undefined) return
        const rest = expected.filter((one) => (oldestFirst ? one > stop : one < stop))
        const read = queries.faxesBetween(at(from - 24), at(to - 24), { ...order, after })
        expect(await hoursOf(read)).toEqual(rest)
      }),
      { numRuns: 20 },
    )
  })

  it('those of a number, called or calling', async () => {
    const even = hours(0, 72).filter((hour) => hour % 2 === 0)
    expect(await hoursOf(queries.faxesOfNumber('100', 'destination', { oldestFirst: true }))).toEqual(even)
    const third = hours(0, 72).filter((hour) => hour % 3 === 1)
    expect(await hoursOf(queries.faxesOfNumber('901', 'source'))).toEqual(third.reverse())
    const after = faxes[10]?.id ?? ''
    expect(await hoursOf(queries.faxesOfNumber('100', 'destination', { after }))).toEqual([8, 6, 4, 2, 0])
    expect(await hoursOf(queries.faxesOfNumber('999', 'destination'))).toEqual([])
  })

  it('those in a state, their own or that of a delivery', async () => {
    expect(await hoursOf(queries.faxesInState('failed'))).toEqual([70, 60, 50, 30, 20, 10, 0])
    expect(await hoursOf(queries.faxesInState('unrouted'))).toEqual([40])
    expect(await hoursOf(queries.faxesInState('received'))).toEqual([41])
    expect(await hoursOf(queries.faxesInState('waiting'))).toEqual([71])
    expect(await hoursOf(queries.faxesInState('claimed'))).toEqual([])
  })

  it('those that came incomplete or damaged', async () => {
    expect(await hoursOf(queries.damagedFaxes())).toEqual([33, 12])
    expect(await hoursOf(queries.damagedFaxes({ after: faxes[33]?.id ?? '' }))).toEqual([12])
  })

  it('what is stuck, with what it waits for', async () => {
    const stuck = []
    for await (const { fax, stuck: found } of queries.stuck(at(72))) stuck.push([fax.id, found])
    expect(stuck).toEqual([
      [faxes[41]?.id, [{ why: expect.stringContaining('neither converted nor refused') }]],
      [faxes[71]?.id, [{ backend: 'ftp_a', why: expect.stringContaining('none was made') }]],
    ])
    expect(await hoursOf(queries.stuck(at(17.5)))).toEqual([])
  })

  it('and a fax that went on is found where it is, and not where it was', async () => {
    const fax = faxAt(80)
    await ledger.addFax({ ...fax, state: 'received' })
    const opened = openDelivery(fax.id, { name: 'mail', kind: 'mail' }, at(56))
    await ledger.addDelivery(opened)
    const isIn = async (state: 'received' | 'waiting' | 'claimed' | 'failed') => {
      for await (const entry of queries.faxesInState(state)) if (entry.fax.id === fax.id) return true
      return false
    }
    expect([await isIn('received'), await isIn('waiting')]).toEqual([true, true])
    await ledger.replaceFax({ ...fax, state: 'routed', revision: 1 })
    const claimed = claim(opened, at(56), 60) ?? opened
    await ledger.replaceDelivery(claimed)
    expect([await isIn('received'), await isIn('waiting'), await isIn('claimed')]).toEqual([
      false,
      false,
      true,
    ])
    await ledger.replaceDelivery(settle(claimed, failed('no'), at(56), undefined))
    expect([await isIn('claimed'), await isIn('failed')]).toEqual([false, true])
  })
})
