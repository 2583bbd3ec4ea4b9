import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RESOLUTIONS } from '../../../shared/transmission/transmit-job.ts'
import { layOutPage, VERTICAL_DPI } from './page-layout.ts'

const FINE = { widthPixels: 1728, resolution: 'fine' } as const
const inches = (width: number, height: number) => ({ widthPoints: width * 72, heightPoints: height * 72 })

describe('a page on the fax', () => {
  it.each([
    ['A4', inches(8.27, 11.69), { heightRows: 2291, left: 20, width: 1687, rows: 2291, quarterTurns: 0 }],
    ['Letter, a hair wider than the paper', inches(8.5, 11), { heightRows: 2149, left: 0, width: 1728 }],
    ['Legal, as long as it is', inches(8.5, 14), { heightRows: 2735, width: 1728 }],
    ['A4 across, turned', inches(11.69, 8.27), { heightRows: 2291, width: 1687, quarterTurns: 1 }],
    [
      'A5 across, which fits as it is',
      inches(8.27, 5.83),
      { heightRows: 1143, width: 1687, quarterTurns: 0 },
    ],
    ['A3, made smaller', inches(11.69, 16.54), { width: 1728, rows: 2349, quarterTurns: 0 }],
    ['a slip, true to size in the middle', inches(3, 5), { left: 558, width: 612, rows: 980 }],
    ['a card, on as much paper as a machine wants to see', inches(3, 1), { heightRows: 392, rows: 196 }],
    ['a receipt of two feet', inches(3, 24), { heightRows: 4704, width: 612 }],
  ])('%s', (_what, page, expected) => {
    expect(layOutPage(page, FINE)).toMatchObject(expected)
  })

  it('of B4 and A3 has the room of their paper', () => {
    expect(layOutPage(inches(9.84, 13.9), { ...FINE, widthPixels: 2048 })).toMatchObject({
      width: 2007,
      rows: 2724,
    })
    expect(layOutPage(inches(11.69, 16.54), { ...FINE, widthPixels: 2432 })).toMatchObject({ width: 2385 })
  })

  it('is never distorted, never off the paper, and below its header', () => {
    const side = fc.double({ min: 0.001, max: 48, noNaN: true })
    const widths = fc.constantFrom(1728, 2048, 2432)
    fc.assert(
      fc.property(
        side,
        side,
        widths,
        fc.constantFrom(...RESOLUTIONS),
        fc.boolean(),
        (width, height, pixels, resolution, hasHeader) => {
          const headerRows = hasHeader ? Math.round(VERTICAL_DPI[resolution] / 4) : 0
          const layout = layOutPage(inches(width, height), { widthPixels: pixels, resolution }, headerRows)
          const { left, top, rows, heightRows, quarterTurns } = layout
          expect(left).toBeGreaterThanOrEqual(0)
          expect(left + layout.width).toBeLessThanOrEqual(pixels)
          expect(top).toBe(headerRows)
          expect(top + rows).toBeLessThanOrEqual(heightRows + 1)
          const [across, along] = quarterTurns === 1 ? [height, width] : [width, height]
          const scale = {
            across: layout.width / 204 / across,
            along: rows / VERTICAL_DPI[resolution] / along,
          }
          // Of fewer pixels, rounding is most of it.
          const least = Math.min(layout.width, rows)
          if (least >= 20) expect(Math.abs(scale.across / scale.along - 1)).toBeLessThan(1.1 / least)
        },
      ),
      { numRuns: 200 },
    )
  })
})
