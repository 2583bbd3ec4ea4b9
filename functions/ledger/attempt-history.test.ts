import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DeliveryRecord, deliveryRecordSchema } from '../../shared/ledger/records.ts'
import { delivered, failed, type Outcome, retry } from '../../shared/outcome.ts'
import { claim, openDelivery, settle } from './delivery-transitions.ts'

const NOON = new Date('2026-11-25T12:00:00Z')
const opened = openDelivery('20261125T110000Z-0k3w9x7m2r4t', { name: 'ftp_a', kind: 'ftp' }, NOON)

function recordAfter(outcomes: readonly Outcome[]): DeliveryRecord {
  let record: DeliveryRecord = opened
  for (const outcome of outcomes)
    record = settle({ ...(claim(record, NOON, 60) ?? record), state: 'claimed' }, outcome, NOON, 60)
  return record
}
const times = (count: number, outcome: Outcome) => Array.from({ length: count }, () => outcome)

describe('the history of a delivery', () => {
  it('is whole as long as it is short', () => {
    const { history, historyLeftOut } = recordAfter(times(55, retry('busy')))
    expect([history.map(({ attempt }) => attempt), historyLeftOut]).toEqual([
      Array.from({ length: 55 }, (_, index) => index + 1),
      undefined,
    ])
  })

  it('keeps how it began and how it goes now, and says how many are left out', () => {
    const { history, historyLeftOut, attempts } = recordAfter([...times(199, retry('busy')), failed('no')])
    const kept = history.map(({ attempt }) => attempt)
    expect([attempts, kept.length, kept.slice(0, 6), kept.at(-1), historyLeftOut]).toEqual([
      200,
      55,
      [1, 2, 3, 4, 5, 151],
      200,
      145,
    ])
  })

  it('cuts what the other side says where it goes on and on, between two characters', () => {
    const text = `x${'é'.repeat(2000)}`
    for (const outcome of [retry(text, { code: text }), failed(text, text), delivered(text, text, text)]) {
      const [attempt] = recordAfter([outcome]).history
      for (const said of Object.values(attempt?.result ?? {}).filter((value) => `${value}`.startsWith('x')))
        expect(said).toBe(`x${'é'.repeat(498)}…`)
    }
  })

  it('never comes near to what DynamoDB takes as an item', () => {
    const text = fc.string({ unit: 'binary', maxLength: 5000 })
    const outcome = text.map((said) => retry(said, { code: said }))
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 5 }), fc.nat({ max: 100 }), (outcomes, count) => {
        const record = recordAfter(Array.from({ length: count }, () => outcomes).flat())
        expect(deliveryRecordSchema.parse(record)).toEqual(record)
        expect(record.history.length + (record.historyLeftOut ?? 0)).toBe(record.attempts)
        const said = record.history.flatMap(({ result }) => [result.text, result.code ?? ''])
        expect(said.reduce((sum, one) => sum + Buffer.byteLength(one), 0)).toBeLessThanOrEqual(110_000)
      }),
      { numRuns: 20 },
    )
  })
})
