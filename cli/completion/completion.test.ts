import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { SUBCOMMANDS } from '../subcommands.ts'
import { fitHelp } from '../terminal/fit-help.ts'
import { faxlane } from '../testing.ts'

/** What bash would offer for the last word. */
function offered(script: string, words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(' ')
  const program = `${script}\nCOMP_WORDS=(faxlane ${line})\nCOMP_CWORD=${words.length}\n_faxlane\nprintf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['--norc', '-c', program], { encoding: 'utf8' }).trim().split('\n')
}

describe('faxlane completion', () => {
  it('bash completes subcommands, options and what they take', async () => {
    const { exitCode, stdout } = await faxlane(['completion', 'bash'], '.')
    expect(exitCode).toBe(0)
    const script = stdout.toString()
    expect(offered(script, [''])).toEqual([...Object.keys(SUBCOMMANDS), '--help'])
    expect(offered(script, ['red'])).toEqual(['redrive'])
    expect(offered(script, ['list', '--st'])).toEqual(['--stack', '--state'])
    expect(offered(script, ['list', '--state', 'da'])).toEqual(['damaged'])
    expect(offered(script, ['sent', '--state', 'd'])).toEqual(['dialling'])
    expect(offered(script, ['send', '--resolution', ''])).toEqual(['standard', 'fine', 'superfine'])
    expect(offered(script, ['retry', '--day', ''])).toEqual(['today', 'yesterday'])
    expect(offered(script, ['convert', 'packag'])).toContain('package.json')
  })

  it('zsh gets the same, with what each subcommand does', async () => {
    const script = (await faxlane(['completion', 'zsh'], '.')).stdout.toString()
    expect(script).toMatch(/^#compdef faxlane\n/)
    for (const name of Object.keys(SUBCOMMANDS)) {
      expect(script).toContain(`\n    '${name}:`)
      expect(script).toContain(`\n    ${name}) options=(`)
    }
    expect(script).toContain(`'list:lists faxes\\: of a day, of a number, in a state'`)
  })

  it('knows no other shell', async () => {
    const { exitCode, stderr } = await faxlane(['completion', 'fish'], '.')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('there is bash, zsh')])
  })
})

describe('every subcommand', async () => {
  const helps = await Promise.all(
    Object.entries(SUBCOMMANDS).map(async ([name, { load }]) => [name, (await load()).help] as const),
  )
  it.each(helps)(
    '%s has a help that says what it does, how it is called, and its exit codes',
    (name, help) => {
      expect(help).toMatch(/^[A-Z].*?\.\n\nUsage: /s)
      expect(help).toContain(`\nUsage: faxlane ${name}`)
      expect(help).toMatch(/\nExit code: 0 .*2 wrong usage\.\n$/s)
      expect(help).toContain('--help')
      for (const line of fitHelp(help, 80).split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    },
  )
})
