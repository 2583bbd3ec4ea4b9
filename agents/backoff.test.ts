import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMilliseconds } from './backoff.ts'

const backoff = { firstMilliseconds: 1000, longestMilliseconds: 300_000 }

describe('backoffMilliseconds', () => {
  it.each([
    [1, 0, 500],
    [1, 1, 1000],
    [2, 1, 2000],
    [5, 0.5, 12_000],
    [9, 1, 256_000],
    [10, 1, 300_000],
    [5000, 1, 300_000],
  ])('after %i failures with chance %f it is %i ms', (failures, random, milliseconds) => {
    expect(backoffMilliseconds(failures, backoff, random)).toBe(milliseconds)
  })

  it('never leaves its bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, random) => {
          const milliseconds = backoffMilliseconds(failures, backoff, random)
          expect(milliseconds).toBeGreaterThanOrEqual(500)
          expect(milliseconds).toBeLessThanOrEqual(300_000)
        },
      ),
    )
  })
})
