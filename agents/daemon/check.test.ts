import { describe, expect, it } from 'vitest'
import { type Check, checkFromConfig, runChecks } from './check.ts'
import { ConfigError } from './read-config.ts'

const good: Check = { name: 'clock', run: async () => ({ ok: true, text: 'right' }) }
const bad: Check = {
  name: 'bucket',
  run: async () => ({ ok: false, text: 'said \u001b[2J no', fix: 'Ask again.' }),
}
const broken: Check = { name: 'queue', run: () => Promise.reject(new Error('no route')) }

async function run(checks: Check[], json = false) {
  const written: string[] = []
  const exitCode = await runChecks(checks, { json }, (text) => void written.push(text))
  return { exitCode, text: written.join('') }
}

describe('checks', () => {
  it('are a line each, and the fix below what is not well', async () => {
    expect(await run([good, bad, broken])).toEqual({
      exitCode: 1,
      text: '✔ clock: right\n✘ bucket: said \\u{1b}[2J no\n    fix: Ask again.\n✘ queue: no route\n',
    })
  })

  it('that are all well end with 0', async () => {
    expect((await run([good, good])).exitCode).toBe(0)
  })

  it('are one document as JSON', async () => {
    const { exitCode, text } = await run([good, bad], true)
    expect(exitCode).toBe(1)
    expect(JSON.parse(text)).toEqual({
      ok: false,
      checks: [
        { name: 'clock', ok: true, text: 'right' },
        { name: 'bucket', ok: false, text: 'said \u001b[2J no', fix: 'Ask again.' },
      ],
    })
  })
})

describe('checks that go by a configuration', () => {
  const check = async (load: () => Promise<{ site: string }>) => {
    const written: string[] = []
    const checksOf = ({ site }: { site: string }) => [{ ...good, name: `clock of ${site}` }]
    const source = { file: '/etc/faxlane/edge.conf', load }
    const exitCode = await checkFromConfig(
      source,
      checksOf,
      { json: false },
      (text) => void written.push(text),
    )
    return { exitCode, text: written.join('') }
  }

  it('begin with it', async () => {
    expect(await check(async () => ({ site: 'paris' }))).toEqual({
      exitCode: 0,
      text: '✔ config: /etc/faxlane/edge.conf holds\n✔ clock of paris: right\n',
    })
  })

  it('end with it where it does not hold', async () => {
    expect(await check(() => Promise.reject(new ConfigError('edge.conf:1: site is missing.')))).toEqual({
      exitCode: 1,
      text: '✘ config: does not hold\n    edge.conf:1: site is missing.\n',
    })
  })

  it('do not hide a bug', async () => {
    await expect(check(() => Promise.reject(new TypeError('x is undefined')))).rejects.toThrow(TypeError)
  })
})
