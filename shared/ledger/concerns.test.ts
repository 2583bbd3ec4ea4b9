import { describe, expect, it } from 'vitest'
import { type Concern, commandOf, concerns, isOpen } from './concerns.ts'
import { DELIVERY_STATES, type DeliveryRecord, FAX_STATES, type FaxRecord } from './records.ts'
import { TRANSMISSION_STATES, type TransmissionRecord } from './transmission-record.ts'

const NOW = new Date('2026-11-25T12:00:00.000Z')
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString()
const ID = '20261125T113000Z-9pncjvmdn1vq'

function fax(changes: Partial<FaxRecord> = {}): FaxRecord {
  return {
    id: ID,
    site: 'main',
    state: 'routed',
    facts: { source: '0478123456', destination: '100', receivedAt: ago(30) },
    tiffKey: `incoming/main/${ID}.tif`,
    tiffBytes: 100,
    pages: 1,
    backends: ['mail'],
    openedAt: ago(30),
    closedAt: ago(29),
    revision: 1,
    ...changes,
  }
}

function delivery(changes: Partial<DeliveryRecord> = {}): DeliveryRecord {
  return {
    faxId: ID,
    backend: 'mail',
    kind: 'mail',
    state: 'delivered',
    openedAt: ago(29),
    attempts: 1,
    waitedSeconds: 0,
    maybeDelivered: false,
    history: [{ attempt: 1, at: ago(5), result: { outcome: 'failed', text: 'no such user' } }],
    revision: 1,
    ...changes,
  }
}

function transmission(changes: Partial<TransmissionRecord> = {}): TransmissionRecord {
  return {
    id: ID,
    site: 'main',
    state: 'sent',
    destination: '0112697845',
    way: 'http',
    sender: 'ann',
    notify: [],
    documentKey: 'outgoing/main/a.pdf',
    counted: true,
    attempt: 1,
    modem: { ecm: true, maxRate: 14_400 },
    history: [],
    openedAt: ago(30),
    closedAt: ago(5),
    revision: 1,
    ...changes,
  }
}

const kinds = (found: readonly Concern[]) => found.map(({ concern, backend }) => [concern, backend])
const ofFax = (record: FaxRecord, deliveries: DeliveryRecord[] = []) =>
  concerns({ receptions: [{ fax: record, deliveries }], transmissions: [] }, NOW)

describe('concerns of a reception', () => {
  it.each(FAX_STATES)('%s', (state) => {
    const expected = state === 'unrouted' || state === 'refused' ? [[state, undefined]] : []
    expect(kinds(ofFax(fax({ state })))).toEqual(expected)
  })

  it.each(DELIVERY_STATES)('with a delivery that is %s', (state) => {
    const expected = state === 'failed' || state === 'bounced' ? [[state, 'mail']] : []
    expect(kinds(ofFax(fax(), [delivery({ state, leaseUntil: ago(-1) })]))).toEqual(expected)
  })

  it('are those of the fallback, where one took over', () => {
    const gaveUp = delivery({ state: 'failed', fallback: 'log' })
    const log = (state: DeliveryRecord['state']) =>
      delivery({ backend: 'log', kind: 'log', fallbackOf: 'mail', state })
    expect(ofFax(fax(), [gaveUp, log('delivered')])).toEqual([])
    expect(kinds(ofFax(fax(), [gaveUp, log('failed')]))).toEqual([
      ['failed', 'mail'],
      ['failed', 'log'],
    ])
  })

  it('are what came incomplete or damaged, and went well all the same', () => {
    const damaged = fax({ remarks: [{ remark: 'call-broke-off' }] })
    expect(kinds(ofFax(damaged, [delivery()]))).toEqual([['damaged', undefined]])
    expect(kinds(ofFax({ ...damaged, state: 'unrouted' }))).toEqual([
      ['unrouted', undefined],
      ['damaged', undefined],
    ])
  })

  it('are none of what an operator only tried', () => {
    const tried = fax({ state: 'simulated', remarks: [{ remark: 'call-broke-off' }], openedAt: ago(9999) })
    expect(ofFax(tried)).toEqual([])
  })

  it('are what should have gone on by now, with why', () => {
    const { closedAt: _, ...open } = fax({ state: 'received', openedAt: ago(120) })
    expect(ofFax(open)).toMatchObject([{ concern: 'stuck', since: ago(120), why: expect.any(String) }])
  })

  it('count from the end of the delivery, not from when the fax came', () => {
    const old = fax({ openedAt: ago(60 * 24 * 7) })
    expect(ofFax(old, [delivery({ state: 'failed' })])).toMatchObject([{ since: ago(5) }])
  })
})

describe('concerns of a transmission', () => {
  const of = (record: TransmissionRecord) => concerns({ receptions: [], transmissions: [record] }, NOW)

  it.each(TRANSMISSION_STATES)('%s', (state) => {
    const expected = state === 'failed' || state === 'unknown' || state === 'refused' ? [state] : []
    expect(of(transmission({ state })).map(({ concern }) => concern)).toEqual(expected)
  })

  it('are those that have not gone on', () => {
    expect(of(transmission({ state: 'accepted', openedAt: ago(60 * 24) }))).toMatchObject([
      { concern: 'stuck' },
    ])
  })
})

describe('a concern', () => {
  const days = (count: number) => ago(count * 24 * 60)

  it.each<[Concern['of'], Concern['concern'], open: number, over: number]>([
    ['reception', 'failed', 29, 31],
    ['reception', 'bounced', 29, 31],
    ['reception', 'unrouted', 29, 31],
    ['reception', 'refused', 3, 5],
    ['reception', 'damaged', 3, 5],
    ['transmission', 'failed', 3, 5],
    ['transmission', 'unknown', 3, 5],
    ['transmission', 'refused', 3, 5],
  ])('%s %s calls for somebody for some days', (of, concern, open, over) => {
    const since = (at: string) => ({ of, concern, fax: ID, since: at }) as Concern
    expect([isOpen(since(days(open)), NOW), isOpen(since(days(over)), NOW)]).toEqual([true, false])
  })

  it('that is stuck calls until it goes on', () => {
    expect(isOpen({ of: 'reception', concern: 'stuck', fax: ID, since: days(400) }, NOW)).toBe(true)
  })

  it('has a command that lists its kind', () => {
    expect(commandOf({ of: 'reception', concern: 'damaged' })).toBe('faxlane list --state damaged')
    expect(commandOf({ of: 'transmission', concern: 'unknown' })).toBe('faxlane sent --state unknown')
  })
})
