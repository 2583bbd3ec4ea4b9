import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliveryRecordSchema } from '../../shared/ledger/records.ts'
import { delivered, failed, retry } from '../../shared/outcome.ts'
import { claim, hasEnded, openDelivery, settle } from './delivery-transitions.ts'

const FAX_ID = '20261123T054151Z-0k3w9x7m2r4t'
const NOON = new Date('2026-11-23T12:00:00Z')
const later = (seconds: number) => new Date(NOON.getTime() + seconds * 1000)
const opened = openDelivery(FAX_ID, { name: 'mail', kind: 'mail' }, NOON)

describe('a delivery', () => {
  it('is held by its first claim until the lease ends', () => {
    const claimed = claim(opened, NOON, 60)
    expect(claimed).toMatchObject({ state: 'claimed', attempts: 1, maybeDelivered: false, revision: 1 })
    expect(claimed && claim(claimed, later(59), 60)).toBeUndefined()
  })

  it('that is taken over after its lease may have been delivered already', () => {
    const claimed = claim(opened, NOON, 60)
    expect(claimed && claim(claimed, later(60), 60)).toMatchObject({ attempts: 2, maybeDelivered: true })
  })

  it('waits for its next attempt, and remembers what the other side said', () => {
    const claimed = claim(opened, NOON, 60) ?? opened
    const settled = settle(claimed, retry('421 busy', { code: '421' }), later(1), 10)
    expect(settled).toMatchObject({
      state: 'waiting',
      nextAttemptAt: '2026-11-23T12:00:11.000Z',
      maybeDelivered: false,
    })
    expect(settled.history).toEqual([
      {
        attempt: 1,
        at: '2026-11-23T12:00:01.000Z',
        result: { outcome: 'retry', text: '421 busy', code: '421', maybeDelivered: false },
      },
    ])
    expect(settled.leaseUntil).toBeUndefined()
  })

  it.each([
    ['delivered', delivered('id', 'ok'), undefined, 'delivered'],
    ['failed', failed('550 no', '550'), undefined, 'failed'],
    ['failed, even when a wait is named', failed('550 no', '550'), 10, 'failed'],
    ['failed when there is no further attempt', retry('timeout'), undefined, 'failed'],
  ] as const)('ends %s', (_, outcome, wait, state) => {
    const settled = settle(claim(opened, NOON, 60) ?? opened, outcome, NOON, wait)
    expect(settled.state).toBe(state)
    expect(hasEnded(settled)).toBe(true)
    expect(claim(settled, later(1e6), 60)).toBeUndefined()
  })

  it('keeps a valid record with rising revisions whatever happens to it, and is never reopened', () => {
    const step = fc.record({
      verb: fc.constantFrom('claim', 'deliver', 'retry', 'fail' as const),
      seconds: fc.nat({ max: 200 }),
      wait: fc.option(fc.nat({ max: 900 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let record = opened
        let clock = 0
        for (const { verb, seconds, wait } of steps) {
          clock += seconds
          const outcomes = { deliver: delivered('x', 'y'), retry: retry('z'), fail: failed('f') }
          if (verb !== 'claim' && record.state !== 'claimed') continue
          const next =
            verb === 'claim'
              ? claim(record, later(clock), 60)
              : settle(record, outcomes[verb], later(clock), wait)
          if (next === undefined) continue
          expect(hasEnded(record)).toBe(false)
          expect(next.revision).toBe(record.revision + 1)
          expect(deliveryRecordSchema.parse(next)).toEqual(next)
          record = next
        }
      }),
    )
  })
})
