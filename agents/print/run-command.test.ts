import { describe, expect, it } from 'vitest'
import { runCommand } from './run-command.ts'

const node = (script: string, ...words: string[]) => ({
  path: process.execPath,
  arguments: ['-e', script, '--', ...words],
  environment: { GREETING: 'hello' },
  timeoutMilliseconds: 20_000,
})

describe('runCommand', () => {
  it('hands arguments and environment over as they are, with no shell between', async () => {
    const script = 'console.log(JSON.stringify([process.env.GREETING, ...process.argv.slice(1)]))'
    const words = ['$(id)', '`id`; ls', '-x', "a 'b'", '']
    const { stdout, exitCode } = await runCommand(node(script, ...words))
    expect(JSON.parse(stdout)).toEqual(['hello', ...words])
    expect(exitCode).toBe(0)
  })

  it('tells exit codes, signals and time limits apart', async () => {
    expect(await runCommand(node('console.error("no"); process.exitCode = 3'))).toEqual({
      exitCode: 3,
      timedOut: false,
      stdout: '',
      stderr: 'no\n',
    })
    expect(await runCommand(node('process.kill(process.pid, "SIGKILL")'))).toMatchObject({
      exitCode: undefined,
      timedOut: false,
    })
    expect(
      await runCommand({ ...node('setInterval(() => {}, 1000)'), timeoutMilliseconds: 300 }),
    ).toMatchObject({ exitCode: undefined, timedOut: true })
  })

  it('rejects when there is no such program', async () => {
    await expect(runCommand({ ...node(''), path: '/nowhere/lp' })).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
