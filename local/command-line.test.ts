import { describe, expect, it } from 'vitest'
import { HELP, readCommandLine, WrongUsage } from './command-line.ts'

describe('the command line', () => {
  it('without words brings the gateway up with the samples', () => {
    expect(readCommandLine([])).toEqual({
      once: false,
      files: [],
      from: '0478123456',
      to: '100',
      homeFolder: undefined,
      config: undefined,
      json: false,
      realTime: false,
      modems: true,
    })
  })

  it('takes files and options in any order', () => {
    const words = [
      'a.tif',
      '--to',
      '+33112697845',
      '--once',
      'b.tif',
      '--from=*31#',
      '--json',
      '--home',
      'x',
      '--real-time',
      '--no-modem',
      '--error=Lost carrier',
    ]
    expect(readCommandLine(words)).toMatchObject({
      once: true,
      files: ['a.tif', 'b.tif'],
      from: '*31#',
      to: '+33112697845',
      homeFolder: 'x',
      json: true,
      realTime: true,
      modems: false,
      error: 'Lost carrier',
    })
  })

  it('asks for help, which names every option', () => {
    expect(readCommandLine(['--help'])).toBeUndefined()
    for (const option of [
      '--once',
      '--from',
      '--to',
      '--error',
      '--home',
      '--config',
      '--json',
      '--real-time',
    ]) {
      expect(HELP).toContain(option)
    }
  })

  it.each([
    [['--frm', '1'], '--frm'],
    [['--once', '--to'], '--to'],
    [['--once', '--to', '12a'], '--to "12a" is no number'],
    [['--once', '--from', '1\r\n2'], '--from "1\\r\\n2" is no number'],
    [['fax.tif'], 'fax.tif is a file to receive, which goes with --once'],
  ])('that does not hold says what is wrong: %j', (words, text) => {
    expect(() => readCommandLine(words)).toThrow(WrongUsage)
    expect(() => readCommandLine(words)).toThrow(text)
  })
})
