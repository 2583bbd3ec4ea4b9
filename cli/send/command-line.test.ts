import { describe, expect, it } from 'vitest'
import { readTime } from './at-time.ts'
import { readCommandLine } from './command-line.ts'

const NOW = new Date(2026, 10, 25, 9, 0)
const read = (line: string) => readCommandLine(line.split(' '), NOW)

describe('faxlane send', () => {
  it('takes numbers and a file', () => {
    expect(read('--to 0112697845 a.pdf')).toEqual({
      files: ['a.pdf'],
      site: undefined,
      request: { to: ['0112697845'] },
      wait: false,
      json: false,
      choice: { stack: undefined, home: undefined },
    })
  })

  it('takes all of its options', () => {
    const line =
      '--to 01.12.69.78.45,0112697846 --to 0112697847 --outbound sales --site lyon --from 0478000000 --header Martin --resolution fine --at +2h --notify a@b.org,c@d.org --wait --json --home x a.pdf b.pdf'
    expect(read(line)).toEqual({
      files: ['a.pdf', 'b.pdf'],
      site: 'lyon',
      request: {
        to: ['01.12.69.78.45', '0112697846', '0112697847'],
        outbound: 'sales',
        from: '0478000000',
        header: 'Martin',
        resolution: 'fine',
        at: new Date(2026, 10, 25, 11, 0).toISOString(),
        notify: ['a@b.org', 'c@d.org'],
      },
      wait: true,
      json: true,
      choice: { stack: undefined, home: 'x' },
    })
  })

  it.each([
    ['a.pdf', '--to is missing'],
    ['--to 1', 'a PDF is missing'],
    ['--to fred a.pdf', '--to fred is no number'],
    ['--to 1 --at soon a.pdf', '--at soon is no time'],
    ['--to 1 --site Paris a.pdf', '--site Paris is no site'],
    ['--to 1 --resolution finest a.pdf', '--resolution finest is none: standard, fine, superfine'],
    ['--to 1 --notify me a.pdf', '--notify me is no mail address'],
    ['--to 1 --resolution', '--resolution wants a value'],
    ['--to 1 --resolution --wait a.pdf', '--resolution wants a value; one that begins with a - is written'],
    ['--to 1 --wait=yes a.pdf', '--wait takes no value'],
    ['--to 1 -x a.pdf', 'there is no option -x'],
    [`--to 1 --header ${'x'.repeat(51)} a.pdf`, '--header has 51 characters; at most 50'],
    [`--to ${'1,'.repeat(51)} a.pdf`, '51 numbers; at most 50'],
    ['--to 1 --frm 2 a.pdf', 'there is no option --frm'],
  ])('%s is wrong usage', (line, words) => {
    expect(() => read(line)).toThrow(words)
  })
})

describe('a time', () => {
  it.each([
    ['21:30', new Date(2026, 10, 25, 21, 30)],
    ['8:30', new Date(2026, 10, 26, 8, 30)],
    ['9:00', new Date(2026, 10, 26, 9, 0)],
    ['2026-12-01 08:05', new Date(2026, 11, 1, 8, 5)],
    ['2026-12-01T08:05', new Date(2026, 11, 1, 8, 5)],
    ['+90m', new Date(2026, 10, 25, 10, 30)],
    ['+2d', new Date(2026, 10, 27, 9, 0)],
    ['2026-11-26T08:00:00+01:00', new Date('2026-11-26T07:00:00Z')],
  ])('%s is one', (word, date) => {
    expect(readTime(word, NOW)).toEqual(date)
  })

  it.each(['', 'soon', '24:00', '12:60', '2026-02-30 08:00', '2026-12-01', '+2', '2026-99-99T08:00:00Z'])(
    '%s is none',
    (word) => {
      expect(readTime(word, NOW)).toBeUndefined()
    },
  )
})
