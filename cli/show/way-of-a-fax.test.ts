import { describe, expect, it } from 'vitest'
import type { DeliveryRecord, FaxRecord } from '../../shared/ledger/records.ts'
import { timeline } from './timeline.ts'

const ID = '20261125T090000Z-9pncjvmdn1vq'
const at = (time: string) => `2026-11-25T${time}.000Z`

const FAX: FaxRecord = {
  id: ID,
  site: 'main',
  state: 'routed',
  facts: { receivedAt: at('09:00:00'), status: 'SUCCESS', rate: '14400' },
  tiffKey: `incoming/main/${ID}.tif`,
  tiffBytes: 100,
  pages: 2,
  damagedRows: 1,
  convertMilliseconds: 12,
  backends: ['mail', 'log'],
  openedAt: at('09:00:01'),
  closedAt: at('09:00:03'),
  revision: 1,
}

function delivery(changes: Partial<DeliveryRecord>): DeliveryRecord {
  return {
    faxId: ID,
    backend: 'mail',
    kind: 'mail',
    state: 'delivered',
    openedAt: at('09:00:02'),
    attempts: 1,
    waitedSeconds: 0,
    maybeDelivered: false,
    history: [],
    revision: 1,
    ...changes,
  }
}

const texts = (fax: FaxRecord, deliveries: DeliveryRecord[] = []) =>
  timeline({ fax, deliveries }).map(({ mark, who, text }) => `${mark} ${who}: ${text}`)

describe('a timeline', () => {
  it('is the way of a fax, in order', () => {
    const done = delivery({
      history: [
        { attempt: 1, at: at('09:00:05'), result: { outcome: 'delivered', receipt: 'id-1', text: 'taken' } },
      ],
    })
    expect(texts(FAX, [done])).toEqual([
      '  PBX: reception ended at main; the PBX says: SUCCESS, 14400 bit/s',
      '  receive: arrived, 100 bytes',
      '  receive: converted, 2 pages, 1 damaged row in 12 ms, routed to mail, log',
      '✔ mail: attempt 1: delivered, taken (id-1)',
    ])
  })

  it('says where a fax goes before it says that it is there, though that is on record later', () => {
    const early = delivery({
      history: [
        { attempt: 1, at: at('09:00:02'), result: { outcome: 'delivered', receipt: '', text: 'taken' } },
      ],
    })
    expect(texts(FAX, [early]).map((line) => line.slice(0, 10))).toEqual([
      '  PBX: rec',
      '  receive:',
      '  receive:',
      '✔ mail: at',
    ])
  })

  it.each<[string, Partial<DeliveryRecord>, string[]]>([
    ['waits', { state: 'waiting', attempts: 0 }, ['… mail: waits for its first attempt']],
    [
      'waits again, and may have arrived',
      {
        state: 'waiting',
        nextAttemptAt: at('09:05:00'),
        history: [
          {
            attempt: 1,
            at: at('09:00:05'),
            result: { outcome: 'retry', text: 'no answer', code: 'TimeoutError', maybeDelivered: true },
          },
        ],
      },
      [
        '… mail: attempt 1: TimeoutError no answer; it may have arrived all the same',
        '… mail: attempt 2 is due',
      ],
    ],
    [
      'is under way',
      { state: 'claimed', leaseUntil: at('09:02:00') },
      ['… mail: attempt 1 is under way; it has until then'],
    ],
    [
      'failed',
      {
        state: 'failed',
        history: [
          {
            attempt: 1,
            at: at('09:00:05'),
            result: { outcome: 'failed', text: 'Login incorrect', code: '530' },
          },
        ],
      },
      ['✘ mail: attempt 1: failed: 530 Login incorrect'],
    ],
    [
      'was given up',
      {
        state: 'failed',
        history: [
          {
            attempt: 1,
            at: at('09:00:05'),
            result: { outcome: 'retry', text: 'full', maybeDelivered: false },
          },
        ],
      },
      ['✘ mail: attempt 1: given up: full'],
    ],
    [
      'came back',
      {
        state: 'bounced',
        history: [
          { attempt: 1, at: at('09:00:05'), result: { outcome: 'delivered', receipt: 'x', text: '' } },
          { attempt: 1, at: at('09:00:09'), result: { outcome: 'failed', text: 'user unknown' } },
        ],
      },
      ['✔ mail: attempt 1: delivered (x)', '✘ mail: attempt 1: came back: user unknown'],
    ],
    [
      'is a fallback',
      { state: 'waiting', attempts: 0, fallbackOf: 'ftp_a' },
      ['  mail: in the place of ftp_a, which gave up', '… mail: waits for its first attempt'],
    ],
  ])('of a delivery that %s', (_, changes, expected) => {
    const { closedAt: __, ...fax } = { ...FAX, closedAt: undefined }
    expect(texts(fax, [delivery(changes)]).slice(2)).toEqual(expected)
  })

  it.each<[FaxRecord['state'], Partial<FaxRecord>, string]>([
    [
      'unrouted',
      { reason: 'no section' },
      '✘ receive: converted, 2 pages, 1 damaged row in 12 ms; unrouted: no section',
    ],
    ['missed', { reason: 'no page', pages: undefined }, '✘ receive: missed: no page'],
    ['refused', { pages: undefined }, '✘ receive: refused: no reason is on record'],
    [
      'simulated',
      {},
      '  receive: converted, 2 pages, 1 damaged row in 12 ms, simulated: it would be routed to mail, log',
    ],
  ])('of a fax that was %s', (state, changes, expected) => {
    expect(texts({ ...FAX, ...changes, state }).at(-1)).toBe(expected)
  })
})
