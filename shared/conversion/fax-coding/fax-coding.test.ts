import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bitmap, transitionsOf } from '../testing/bitmap.ts'
import { type FaxWriting, writeFax } from '../testing/fax-writer.ts'
import { copyPadded } from './bit-order.ts'
import { RowDecoder } from './row-decoder.ts'
import { END, FaxRowReader, GOOD } from './row-reader.ts'
import { T6Encoder } from './t6-encoder.ts'

/** Rows that resemble the one above, as on paper, and rows that don't. */
const bitmap = fc.integer({ min: 1, max: 90 }).chain((width) => {
  const row = fc.array(fc.boolean(), { minLength: width, maxLength: width })
  const shifted = fc.record({ by: fc.integer({ min: -4, max: 4 }), flip: fc.nat(width) })
  return fc.array(fc.oneof(row, shifted), { minLength: 1, maxLength: 30 }).map((rows) => {
    const bitmap: Bitmap = []
    for (const next of rows) {
      const above = bitmap.at(-1) ?? new Array<boolean>(width).fill(false)
      bitmap.push(
        Array.isArray(next) ? next : above.map((_, x) => (above[x - next.by] ?? false) !== (x === next.flip)),
      )
    }
    return bitmap
  })
})

const WRITINGS: FaxWriting[] = [
  { coding: 'T.4 1-D' },
  { coding: 'T.4 1-D', endOfLines: false },
  { coding: 'T.4 1-D', fillBits: true, endOfBlock: true },
  { coding: 'T.4 2-D', parameterK: 4 },
  { coding: 'T.4 2-D', parameterK: 2, fillBits: true, endOfBlock: true, leastSignificantFirst: true },
  { coding: 'T.6', endOfBlock: true },
  { coding: 'RLE' },
]

/** Reads rows as long as they are good. */
function readRows(coded: Uint8Array, writing: FaxWriting, width: number): number[][] {
  const decoder = new RowDecoder(copyPadded(coded, writing.leastSignificantFirst === true), width)
  const reader = new FaxRowReader(decoder, writing.coding, coded.length)
  const rows: number[][] = []
  while (reader.next() === GOOD) rows.push([...decoder.transitions.subarray(0, decoder.count)])
  expect(reader.next()).toBe(END)
  return rows
}

const changes = (bitmap: Bitmap) =>
  bitmap.map((row) => {
    const { transitions, count } = transitionsOf(row)
    return [...transitions.subarray(0, count)]
  })

describe('decoding', () => {
  it.each(WRITINGS)('gives back what was coded: $coding, $endOfLines $fillBits $endOfBlock', (writing) => {
    fc.assert(
      fc.property(bitmap, (bitmap) => {
        const width = bitmap[0]?.length ?? 0
        // Without an end, up to seven padding bits follow; a narrow T.4 row without frame can't be told from them.
        expect(readRows(writeFax(bitmap, writing), writing, width).slice(0, bitmap.length)).toEqual(
          changes(bitmap),
        )
      }),
    )
  })

  it('reads runs of every length, in one code or several', () => {
    const width = 6_000
    const rows = Array.from({ length: 60 }, (_, index) => {
      const [start, end] = [index * 47, index * 101 + 1]
      return Array.from({ length: width }, (_, x) => x >= start && x < Math.max(end, start + 1))
    })
    for (const writing of WRITINGS)
      expect(readRows(writeFax(rows, writing), writing, width)).toEqual(changes(rows))
  })

  it('never goes on for ever, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...WRITINGS),
        fc.integer({ min: 1, max: 99 }),
        (bytes, { coding }, width) => {
          const decoder = new RowDecoder(copyPadded(bytes, false), width)
          const reader = new FaxRowReader(decoder, coding, bytes.length)
          let rows = 0
          while (reader.next() !== END) {
            rows++
            const columns = [...decoder.transitions.subarray(0, decoder.count)]
            expect(
              columns.every((column, index) => column < width && column > (columns[index - 1] ?? -1)),
            ).toBe(true)
          }
          // The shortest row takes one bit.
          expect(rows).toBeLessThanOrEqual(bytes.length * 8)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('encoding T.6', () => {
  it('then decoding is the identity, and the bits are those that the recommendation gives', () => {
    fc.assert(
      fc.property(bitmap, (bitmap) => {
        const width = bitmap[0]?.length ?? 0
        const encoder = new T6Encoder(width, 0)
        for (const row of bitmap) {
          const { transitions, count } = transitionsOf(row)
          encoder.addRow(transitions, count)
        }
        const coded = encoder.finish()
        expect(coded).toEqual(writeFax(bitmap, { coding: 'T.6', endOfBlock: true }))
        expect(readRows(coded, { coding: 'T.6' }, width)).toEqual(changes(bitmap))
      }),
      { numRuns: 300 },
    )
  })

  it('codes runs of every length', () => {
    const width = 9_000
    const rows = Array.from({ length: 40 }, (_, index) =>
      Array.from({ length: width }, (_, x) => x >= index * 211 && x < index * 223 + 9),
    )
    const encoder = new T6Encoder(width, 0)
    for (const row of rows) {
      const { transitions, count } = transitionsOf(row)
      encoder.addRow(transitions, count)
    }
    expect(readRows(encoder.finish(), { coding: 'T.6' }, width)).toEqual(changes(rows))
  })
})
