import { describe, expect, it } from 'vitest'
import { WrongUsage } from '../subcommand.ts'
import { HELP, readCommandLine } from './command-line.ts'

describe('the words of faxlane convert', () => {
  it.each([
    [['in.tif'], [{ input: 'in.tif', output: 'in.pdf' }]],
    [['a/in.TIFF'], [{ input: 'a/in.TIFF', output: 'a/in.pdf' }]],
    [['a/in'], [{ input: 'a/in', output: 'a/in.pdf' }]],
    [['in.v1.tif'], [{ input: 'in.v1.tif', output: 'in.v1.pdf' }]],
    [['in.tif', '-o', 'x'], [{ input: 'in.tif', output: 'x' }]],
    [['in.tif', '-o', '-'], [{ input: 'in.tif', output: '-' }]],
    [['-'], [{ input: '-', output: '-' }]],
    [['--output=x.pdf', '-'], [{ input: '-', output: 'x.pdf' }]],
    [['--', '-in.tif'], [{ input: '-in.tif', output: '-in.pdf' }]],
    [
      ['a/1.tif', '--out-dir', 'd', 'b/2.tif'],
      [
        { input: 'a/1.tif', output: 'd/1.pdf' },
        { input: 'b/2.tif', output: 'd/2.pdf' },
      ],
    ],
  ])('%j', (words, jobs) => {
    expect(readCommandLine(words).jobs).toEqual(jobs)
  })

  it.each([
    [[], 'no TIFF is named'],
    [[''], 'a name is empty'],
    [['a.tif', 'b.tif'], 'b.tif is a second TIFF; more than one go with --out-dir'],
    [['a.tif', '-o'], '-o'],
    [['a.tif', '--jsno'], '--jsno'],
    [['a.tif', '--out-dir', 'd', '-o', 'a.pdf'], 'one of them'],
    [['-', '--out-dir', 'd'], 'the standard input has no name'],
    [['a/x.tif', 'b/x.tiff', '--out-dir', 'd'], 'a/x.tif and b/x.tiff would both become x.pdf'],
  ])('%j is wrong usage', (words, text) => {
    expect(() => readCommandLine(words)).toThrow(WrongUsage)
    expect(() => readCommandLine(words)).toThrow(text)
  })

  it('are all in the help', () => {
    for (const option of ['--output', '-o', '--out-dir', '--json', '--help']) expect(HELP).toContain(option)
  })
})
