import { describe, expect, it } from 'vitest'
import { claim, openDelivery, settle } from '../../functions/ledger/delivery-transitions.ts'
import type { DeliveryRecord, FaxRecord } from '../../shared/ledger/records.ts'
import { delivered, failed, type Outcome, retry } from '../../shared/outcome.ts'
import { changes, type FaxStory, hasEnded } from './changes.ts'

const FAX_ID = '20261123T054151Z-0k3w9x7m2r4t'
const NOON = new Date('2026-11-23T12:00:00Z')
const received: FaxRecord = {
  id: FAX_ID,
  site: 'main',
  state: 'received',
  facts: { receivedAt: NOON.toISOString() },
  tiffKey: `incoming/main/${FAX_ID}.tif`,
  tiffBytes: 17150,
  openedAt: NOON.toISOString(),
  revision: 0,
}
const stored = {
  pdfKey: `pdf/main/${FAX_ID}.pdf`,
  pdfBytes: 17800,
  pages: 1,
  damagedRows: 1,
  warnings: ['a row was lost'],
  convertMilliseconds: 8.4,
}
const routed: FaxRecord = { ...received, ...stored, state: 'routed', backends: ['mail', 'log'], revision: 1 }

const where = (delivery: DeliveryRecord, receipt: string) => `${delivery.backend}/${receipt}`
const fileOf = (key: string) => `bucket/${key}`
const between = (before: FaxStory, after: FaxStory) => changes(before, after, where, fileOf)

function deliveryAfter(backend: string, ...attempts: [Outcome, number | undefined][]): DeliveryRecord {
  return attempts.reduce(
    (record, [outcome, wait]) => settle(claim(record, NOON, 60) ?? record, outcome, NOON, wait),
    openDelivery(FAX_ID, { name: backend, kind: 'mail' }, NOON),
  )
}

describe('what is shown', () => {
  it('starts when the fax is converted, with the backends that it goes to', () => {
    expect(between({ deliveries: [] }, { fax: received, deliveries: [] })).toEqual([])
    expect(between({ fax: received, deliveries: [] }, { fax: routed, deliveries: [] })).toEqual([
      {
        event: 'converted',
        fax: FAX_ID,
        pages: 1,
        damagedRows: 1,
        warnings: ['a row was lost'],
        milliseconds: 8.4,
        bytes: 17800,
        where: `bucket/pdf/main/${FAX_ID}.pdf`,
      },
      { event: 'routed', fax: FAX_ID, backends: ['mail', 'log'] },
    ])
  })

  it('is each attempt once, and the place of what was delivered', () => {
    const waiting = deliveryAfter('mail', [retry('busy', { code: '421' }), 10])
    const done = deliveryAfter(
      'mail',
      [retry('busy', { code: '421' }), 10],
      [delivered('id.eml', 'ok'), undefined],
    )
    const first = between({ fax: routed, deliveries: [] }, { fax: routed, deliveries: [waiting] })
    expect(first).toEqual([
      {
        event: 'retry',
        fax: FAX_ID,
        backend: 'mail',
        attempt: 1,
        text: '421 busy',
        nextAttemptAt: '2026-11-23T12:00:10.000Z',
      },
    ])
    expect(between({ fax: routed, deliveries: [waiting] }, { fax: routed, deliveries: [done] })).toEqual([
      { event: 'delivered', fax: FAX_ID, backend: 'mail', attempt: 2, where: 'mail/id.eml', text: 'ok' },
    ])
    expect(between({ fax: routed, deliveries: [done] }, { fax: routed, deliveries: [done] })).toEqual([])
  })

  it.each([
    ['what the other side refused', [[failed('no such user', '550'), undefined]], '550 no such user', 1],
    [
      'the last of several attempts',
      [
        [retry('busy'), 10],
        [retry('busy still'), undefined],
      ],
      'busy still',
      2,
    ],
  ] as [string, [Outcome, number | undefined][], string, number][])(
    'calls failed %s',
    (_, attempts, text, attempt) => {
      const events = between(
        { fax: routed, deliveries: [] },
        { fax: routed, deliveries: [deliveryAfter('mail', ...attempts)] },
      )
      expect(events.at(-1)).toEqual({ event: 'failed', fax: FAX_ID, backend: 'mail', attempt, text })
      expect(events).toHaveLength(attempts.length)
    },
  )

  it('names the reason of a fax without deliveries', () => {
    const refused: FaxRecord = { ...received, state: 'refused', reason: 'no TIFF' }
    expect(between({ deliveries: [] }, { fax: refused, deliveries: [] })).toEqual([
      { event: 'refused', fax: FAX_ID, text: 'no TIFF' },
    ])
    const unrouted: FaxRecord = { ...received, ...stored, state: 'unrouted', reason: 'no section' }
    expect(between({ deliveries: [] }, { fax: unrouted, deliveries: [] }).map(({ event }) => event)).toEqual([
      'converted',
      'unrouted',
    ])
  })
})

describe('a fax has ended', () => {
  const done = deliveryAfter('mail', [delivered('x', 'y'), undefined])
  const lost = { ...deliveryAfter('log', [failed('no'), undefined]) }
  it.each<[string, FaxStory, boolean]>([
    ['not before it is in the ledger', { deliveries: [] }, false],
    ['not while it is converted', { fax: received, deliveries: [] }, false],
    ['not before its deliveries are made', { fax: routed, deliveries: [done] }, false],
    [
      'not while one waits',
      { fax: routed, deliveries: [done, deliveryAfter('log', [retry('busy'), 10])] },
      false,
    ],
    ['when all have, however', { fax: routed, deliveries: [done, lost] }, true],
    ['when it is refused', { fax: { ...received, state: 'refused' }, deliveries: [] }, true],
  ])('%s', (_, story, ended) => {
    expect(hasEnded(story)).toBe(ended)
  })
})
