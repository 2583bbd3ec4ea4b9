import { describe, expect, it } from 'vitest'
import { type Program, runProgram, type Words } from './command-line.ts'
import { ConfigError } from './read-config.ts'

let got: Words | undefined
const program: Program = {
  name: 'faxlane-edge',
  version: '1.2.3',
  summary: 'uploads faxes',
  epilogue: 'Configuration: /etc/faxlane/edge.conf\n',
  subcommands: {
    run: { summary: 'uploads', help: 'Usage: run\n', options: {}, run: async () => 0 },
    submit: {
      summary: 'hands over',
      help: 'Usage: submit FILE\n',
      options: {
        from: { type: 'string' },
        loud: { type: 'boolean' },
        to: { type: 'string', multiple: true },
      },
      takes: [1, 1],
      run: async (words) => {
        got = words
        return 1
      },
    },
    broken: {
      summary: 'has no configuration',
      help: '',
      options: {},
      run: () => Promise.reject(new ConfigError('edge.conf:1: site is missing.')),
    },
    buggy: { summary: 'throws', help: '', options: {}, run: () => Promise.reject(new TypeError('a bug')) },
  },
}

async function run(...words: string[]) {
  const said = { out: '', err: '' }
  const exitCode = await runProgram(program, words, {
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
  })
  return { exitCode, ...said }
}

describe('a program', () => {
  it.each(['--help', '-h', 'help'])('lists its subcommands on %s', async (word) => {
    const { exitCode, out, err } = await run(word)
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    for (const name of Object.keys(program.subcommands)) expect(out).toContain(`\n  ${name} `)
    expect(out).toContain('/etc/faxlane/edge.conf')
  })

  it('says its version', async () => {
    expect(await run('--version')).toEqual({ exitCode: 0, out: 'faxlane-edge 1.2.3\n', err: '' })
  })

  it.each([[['submit', '--help']], [['submit', 'a.tif', '-h']]])(
    'explains a subcommand on %j',
    async (words) => {
      expect(await run(...words)).toEqual({ exitCode: 0, out: 'Usage: submit FILE\n', err: '' })
    },
  )

  it('gives a subcommand its words, and its exit code back', async () => {
    const { exitCode } = await run('submit', '--from', '0478', '--to', '1', '--to=2', '--', '--from.tif')
    expect(exitCode).toBe(1)
    expect(got).toEqual({ options: { from: '0478', to: ['1', '2'] }, rest: ['--from.tif'] })
  })

  it.each([
    [[], 'a subcommand is missing; there is: run, submit'],
    [['sumbit'], 'there is no subcommand sumbit'],
    [['toString'], 'there is no subcommand toString'],
    [['\u001b[2J'], 'there is no subcommand \\u{1b}[2J'],
    [['submit'], 'a file is missing'],
    [['submit', 'a', 'b'], 'b is too much'],
    [['run', 'a'], 'a is too much'],
    [['submit', '--form', 'x', 'a'], '--form'],
    [['submit', 'a', '--from'], '--from'],
    [['submit', 'a', '--loud=yes'], '--loud'],
  ])('refuses %j as wrong usage', async (words, text) => {
    const { exitCode, out, err } = await run(...words)
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toContain(text)
    expect(err).toContain('faxlane-edge --help')
  })

  it('says what is wrong with its configuration', async () => {
    expect(await run('broken')).toEqual({ exitCode: 2, out: '', err: 'edge.conf:1: site is missing.\n' })
  })

  it('does not hide a bug', async () => {
    await expect(run('buggy')).rejects.toThrow('a bug')
  })
})
