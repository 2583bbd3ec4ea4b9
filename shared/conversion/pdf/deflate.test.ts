import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Deflater } from './deflate.ts'

describe('pieces deflated to one stream', () => {
  it('inflate to what they were, and the sum at the end is right', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.nat(20_000).map((length) => new Uint8Array(length).fill(255)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const deflater = new Deflater()
        for (const each of pieces) deflater.add(each)
        expect(inflateSync(deflater.finish()).equals(Buffer.concat(pieces))).toBe(true)
      }),
    )
  })
})
