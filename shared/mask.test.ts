import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskNumber } from './mask.ts'

describe('maskNumber', () => {
  it.each([
    ['0033112697845', '***845'],
    ['+33112697845', '***845'],
    ['123456', '***456'],
    ['12345', '***45'],
    ['100', '***0'],
    ['7', '***'],
    ['', '***'],
  ])('%s becomes %s', (number, masked) => {
    expect(maskNumber(number)).toBe(masked)
  })

  it('hides at least half of any number, and shows its end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (number) => {
        const kept = maskNumber(number).slice('***'.length)
        expect(number.endsWith(kept)).toBe(true)
        expect(Array.from(kept).length * 2).toBeLessThanOrEqual(Array.from(number).length)
      }),
    )
  })

  it('cuts no character in two', () => {
    expect(maskNumber('📠📠📠📠').isWellFormed()).toBe(true)
  })
})
