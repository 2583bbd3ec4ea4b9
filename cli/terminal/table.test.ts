import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coloured, plain, screenOf } from './screen.ts'
import { type Column, tableLines } from './table.ts'
import { cutToWidth, textWidth } from './text-width.ts'
import { wrap } from './wrap.ts'

const COLUMNS: Column[] = [
  { title: 'fax' },
  { title: 'from', shrinksTo: 6 },
  { title: 'pages', align: 'right' },
]
const pipe = { columns: Infinity, paint: plain }

describe('a table', () => {
  it('has its columns below each other, numbers to the right', () => {
    const rows = [
      ['20261125', '0478123456', '12'],
      ['20261126', '+33', '1'],
    ]
    expect(tableLines(pipe, COLUMNS, rows)).toEqual([
      'fax       from        pages',
      '20261125  0478123456     12',
      '20261126  +33             1',
    ])
  })

  it('cuts what may be cut, and only as far as need be', () => {
    const rows = [['20261125', '0478123456', '12']]
    expect(tableLines({ columns: 25, paint: plain }, COLUMNS, rows)).toEqual([
      'fax       from      pages',
      '20261125  0478123…     12',
    ])
  })

  it('shows what would move a cursor or turn the reading direction', () => {
    const rows = [['a', '\u001b[2J\u202e\n', '1']]
    expect(tableLines(pipe, COLUMNS, rows)[1]).toBe('a    \\u{1b}[2J\\u{202e}\\u{a}      1')
  })

  it('paints the text of a cell and not the room around it', () => {
    const rows = [['a', { text: 'no', colour: 'red' as const }, '1']]
    const [, line] = tableLines({ columns: 80, paint: coloured }, COLUMNS, rows)
    expect(line).toBe('a    \u001b[31mno\u001b[39m        1')
  })

  it('never is wider than its screen where its columns can give', () => {
    const cell = fc.string({ unit: 'binary', maxLength: 60 })
    const columns: Column[] = [{ title: 'one', shrinksTo: 4 }, { title: 'two', shrinksTo: 4 }, { title: 'n' }]
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, fc.constant('1'))),
        fc.integer({ min: 20, max: 90 }),
        (rows, width) => {
          const lines = tableLines({ columns: width, paint: plain }, columns, rows)
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
          expect(lines).toHaveLength(rows.length + 1)
          expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('the width of text', () => {
  it.each([
    ['fax', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['传真', 4],
    ['ﾌｧｸｽ', 4],
    ['📠', 2],
  ])('%s takes %i columns', (text, columns) => expect(textWidth(text)).toBe(columns))

  it('is kept when a text is cut between two wide characters', () => {
    expect(cutToWidth('传真传真', 6)).toBe('传真…')
  })
})

describe('wrapped text', () => {
  it('breaks at blanks, and keeps a long word whole', () => {
    expect(wrap('one two faxlane/ftp_example_org three', 9)).toEqual([
      'one two',
      'faxlane/ftp_example_org',
      'three',
    ])
  })
})

describe('a screen', () => {
  const write = () => true
  it.each([
    [{ isTTY: true, columns: 100, write }, {}, 100, true],
    [{ isTTY: true, columns: 100, write }, { NO_COLOR: '1' }, 100, false],
    [{ isTTY: true, columns: 100, write }, { NO_COLOR: '' }, 100, true],
    [{ isTTY: true, columns: 0, write }, { TERM: 'dumb' }, 80, false],
    [{ isTTY: true, columns: 10, write }, {}, 40, true],
  ] as const)('%j in %j', (stream, environment, columns, hasColours) => {
    const screen = screenOf(stream, environment)
    expect(screen.columns).toBe(columns)
    expect(screen.paint('red', 'x') !== 'x').toBe(hasColours)
  })

  it('is endless and without colours in a pipe', () => {
    const screen = screenOf({ isTTY: false, columns: 80, write } as never, {})
    expect([screen.columns, screen.paint('red', 'x')]).toEqual([Infinity, 'x'])
    expect(screenOf({ isTTY: false, write } as never, { COLUMNS: '100' }).columns).toBe(100)
  })
})
