import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blackAndWhite, shareOfBlack } from '../testing/lines.ts'
import { screenFor } from './screen.ts'

const [WIDTH, HEIGHT] = [320, 240]
/** Strokes of two pixels, five apart, in lines: as dense as writing is. */
const isStroke = (x: number, y: number): boolean => x % 7 < 2 && y % 32 < 16

function draw(levelAt: (x: number, y: number) => number, verticalDpi?: number): string[] {
  return blackAndWhite(WIDTH, HEIGHT, levelAt, verticalDpi)
}

/** A page of white around a square in the middle. */
const framed = (levelAt: (x: number, y: number) => number) => (x: number, y: number) =>
  x >= 80 && x < 240 && y >= 60 && y < 180 ? levelAt(x, y) : 255

const inSquare = (lines: readonly string[]): string[] =>
  lines.slice(64, 176).map((line) => line.slice(84, 236))

describe('writing', () => {
  const written = Array.from({ length: HEIGHT }, (_, y) =>
    Array.from({ length: WIDTH }, (_, x) => (isStroke(x, y) ? '#' : '.')).join(''),
  )

  it.each([
    ['black', 0, 255],
    ['grey', 120, 255],
    ['pale', 190, 255],
    ['black on the grey paper of a scan', 40, 190],
    ['grey on yellowed paper', 110, 225],
  ])('%s is ink, and its paper white', (_what, ink, paper) => {
    expect(draw((x, y) => (isStroke(x, y) ? ink : paper))).toEqual(written)
  })

  it('on a light tint stands on white', () => {
    expect(inSquare(draw(framed((x, y) => (isStroke(x, y) ? 0 : 200))))).toEqual(inSquare(written))
  })

  it.each([100, 150, 190, 210])('in white on a sheet of grey %d is not lost', (sheet) => {
    const isLetter = (x: number, y: number): boolean =>
      x >= 100 && x < 160 && y >= 96 && y < 128 && isStroke(x, y)
    const lines = draw((x, y) => (isLetter(x, y) ? 255 : sheet))
    expect(shareOfBlack(lines)).toBeGreaterThan(0.1)
    expect(lines.every((line, y) => [...line].every((pixel, x) => !isLetter(x, y) || pixel === '.'))).toBe(
      true,
    )
  })

  it('a line that falls between two rows, or two columns, is drawn', () => {
    const lines = draw((x, y) => (y === 100 || y === 101 || x === 50 || x === 51 ? 128 : 255))
    expect(lines[100]).toBe('#'.repeat(WIDTH))
    expect(lines.every((line) => line[50] === '#')).toBe(true)
  })

  it('in the stroke of a heading in colour is solid', () => {
    // Strokes of eight pixels, as in letters of 24 points.
    const lines = draw(framed((x) => (x % 32 < 8 ? 110 : 255)))
    expect(inSquare(lines)).toEqual(inSquare(draw(framed((x) => (x % 32 < 8 ? 0 : 255)))))
  })
})

describe('pictures', () => {
  it.each([98, 196, 391])('keep their greys at %d rows to the inch', (verticalDpi) => {
    for (const level of [64, 100, 128, 150]) {
      const share = shareOfBlack(
        inSquare(
          draw(
            framed((x, y) => level + ((x + y) % 5)),
            verticalDpi,
          ),
        ),
      )
      expect(Math.abs(share - (1 - level / 255))).toBeLessThan(0.05)
    }
  })

  it('that slope from black to white are never lighter where they are darker', () => {
    const lines = draw((x) => Math.round((x / WIDTH) * 255))
    const shares = Array.from({ length: 10 }, (_, part) =>
      shareOfBlack(lines.map((line) => line.slice(part * 32, part * 32 + 32))),
    )
    for (const [part, share] of shares.entries())
      expect(share).toBeLessThanOrEqual((shares[part - 1] ?? 1) + 0.01)
  })

  it('keep their dark parts as they are: no step where a grey falls below what a letter may have', () => {
    const lines = draw((x, y) => 100 - Math.round((x / WIDTH) * 70) + ((x + y) % 3))
    const shares = Array.from({ length: 10 }, (_, part) =>
      shareOfBlack(lines.map((line) => line.slice(part * 32, part * 32 + 32))),
    )
    for (const [part, share] of shares.entries())
      expect(Math.abs(share - (1 - (100 - ((part + 0.5) / 10) * 70) / 255))).toBeLessThan(0.08)
  })

  it('a bar of a chart in a light tint, without writing, is not lost', () => {
    expect(shareOfBlack(inSquare(draw(framed(() => 190))))).toBeGreaterThan(0.15)
  })

  it('are made of dots that touch: half as many changes of colour as pixels that are scattered', () => {
    const changes =
      draw(framed(() => 128))
        .join('')
        .match(/#+/g)?.length ?? 0
    expect(changes).toBeLessThan((160 * 120) / 8 + 1000)
  })
})

it('a blank page is white, a black one black', () => {
  expect(draw(() => 255).every((line) => !line.includes('#'))).toBe(true)
  expect(draw(() => 0).every((line) => !line.includes('.'))).toBe(true)
})

it('what is black stays black and what is white stays white, whatever is around', () => {
  const level = fc.constantFrom(0, 255, 60, 128, 200, 230)
  fc.assert(
    fc.property(fc.array(level, { minLength: 64, maxLength: 64 }), (levels) => {
      // Paper enough that it is no scan.
      const at = (x: number, y: number): number =>
        y < 120 ? 255 : (levels[(Math.floor(x / 40) % 8) * 8 + (Math.floor(y / 16) % 8)] ?? 255)
      const wrong = draw(at).filter((line, y) =>
        [...line].some(
          (pixel, x) => (at(x, y) === 255 && pixel !== '.') || (at(x, y) === 0 && pixel !== '#'),
        ),
      )
      expect(wrong).toEqual([])
    }),
    { numRuns: 20 },
  )
})

describe('the screen', () => {
  it.each([
    [98, 4],
    [196, 8],
    [391, 16],
  ])('at %d rows to the inch repeats every %d rows, and has every level once', (verticalDpi, rows) => {
    const { columns, levels } = screenFor(verticalDpi)
    expect([columns, levels.length]).toEqual([8, 8 * rows])
    expect(new Set(levels).size).toBe(levels.length)
  })
})
