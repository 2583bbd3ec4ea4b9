import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faxIdSchema, makeFaxId, shortFaxId, timeOfFaxId } from './fax-id.ts'

const instant = fc.date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })

describe('a fax id', () => {
  it('is the same for the same fax, and fits its own schema', () => {
    fc.assert(
      fc.property(instant, fc.array(fc.string()), (receivedAt, identity) => {
        const id = makeFaxId(receivedAt, ...identity)
        expect(makeFaxId(receivedAt, ...identity)).toBe(id)
        expect(faxIdSchema.parse(id)).toBe(id)
        expect(id.endsWith(shortFaxId(id))).toBe(true)
      }),
    )
  })

  it('sorts as text in the order of time, and gives its second back', () => {
    fc.assert(
      fc.property(instant, instant, (one, other) => {
        const [a, b] = [makeFaxId(one), makeFaxId(other)]
        const seconds = (date: Date) => Math.floor(date.getTime() / 1000)
        if (seconds(one) < seconds(other)) expect(a < b).toBe(true)
        expect(timeOfFaxId(a).getTime()).toBe(seconds(one) * 1000)
      }),
    )
  })

  it('differs when any part of the identity does, wherever the parts are cut', () => {
    const at = new Date('2026-11-23T05:41:51Z')
    const ids = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['ABC'], []].map((parts) =>
      makeFaxId(at, ...parts),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('needs a time', () => {
    expect(() => makeFaxId(new Date(Number.NaN))).toThrow('valid time of reception')
  })
})
