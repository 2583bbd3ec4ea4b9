import { describe, expect, it } from 'vitest'
import { cupsPrinter } from './cups-printer.ts'
import type { JobToPrint } from './printer.ts'
import type { Command, CommandResult } from './run-command.ts'

const job: JobToPrint = {
  faxId: '20261123T080000Z-0123456789ab',
  format: 'pdf',
  printer: 'office',
  title: 'a fax',
  fileName: '012-003.pdf',
}
const accepted = { stdout: 'request id is office-12 (1 file(s))\n' }
const noDestination = { exitCode: 1, stderr: 'lp: Error - The printer or class does not exist.\n' }
/** Exactly optional properties do not let a part of a result say undefined. */
const ended: CommandResult = { exitCode: undefined, timedOut: false, stdout: '', stderr: '' }
const running = { stdout: 'scheduler is running\n' }
const notRunning = { stdout: 'scheduler is not running\n' }

/** Answers one command after the other, and keeps what was asked. */
function commands(...answers: (Partial<CommandResult> | Error)[]) {
  const asked: Command[] = []
  const run = async (command: Command): Promise<CommandResult> => {
    asked.push(command)
    const answer = answers.shift()
    if (answer === undefined)
      throw new Error(`nobody expected ${command.path} ${command.arguments.join(' ')}`)
    if (answer instanceof Error) throw answer
    return { exitCode: 0, timedOut: false, stdout: '', stderr: '', ...answer }
  }
  return { run, asked }
}

describe('what lp is asked', () => {
  it('names printer, title and file, in plain English and with a time limit', async () => {
    const { run, asked } = commands(accepted)
    const printer = cupsPrinter(
      { run },
      { server: '127.0.0.1:631', environment: { LC_ALL: 'fr_FR', HOME: '/root' } },
    )
    await printer.print('/work/fax.pdf', job)
    expect(asked).toEqual([
      {
        path: 'lp',
        arguments: ['-d', 'office', '-t', 'a fax', '--', '/work/fax.pdf'],
        environment: { LC_ALL: 'C', HOME: '/root', CUPS_SERVER: '127.0.0.1:631' },
        timeoutMilliseconds: 60_000,
      },
    ])
  })

  it('names no printer for the default one', async () => {
    const { run, asked } = commands(accepted)
    const { printer: _, ...rest } = job
    await cupsPrinter({ run }).print('/work/fax.pdf', rest)
    expect(asked[0]?.arguments).toEqual(['-t', 'a fax', '--', '/work/fax.pdf'])
  })

  it.each([
    ['-o raw; rm -rf /', '-o raw; rm -rf /'],
    ['a\nb\0c\u009bd', 'a b c d'],
    ['Télécopie 📠', 'Télécopie 📠'],
    ['\ud800lone', '\ufffdlone'],
    ['é'.repeat(200), 'é'.repeat(127)],
  ])('keeps the title %j one word of at most 255 bytes', async (title, printable) => {
    const { run, asked } = commands(accepted)
    await cupsPrinter({ run }).print('/work/fax.pdf', { ...job, title })
    expect(asked[0]?.arguments[3]).toBe(printable)
  })

  it('is nothing at all for a printer name that no argument can hold', async () => {
    const { run, asked } = commands()
    const outcome = await cupsPrinter({ run }).print('/work/fax.pdf', { ...job, printer: 'office\0' })
    expect(outcome.outcome).toBe('failed')
    expect(asked).toEqual([])
  })
})

describe('what lp answers', () => {
  it('is a receipt when it took the job', async () => {
    const { run } = commands(accepted)
    expect(await cupsPrinter({ run }).print('/work/fax.pdf', job)).toEqual({
      outcome: 'delivered',
      receipt: 'office-12',
      text: 'request id is office-12 (1 file(s))',
    })
  })

  it.each<[string, Partial<CommandResult>, object]>([
    [
      'lp: Destination "office" is not accepting jobs.',
      { exitCode: 1 },
      { outcome: 'retry', maybeDelivered: false, code: 'exit 1' },
    ],
    ['lp: Unsupported document-format "image/tiff".', { exitCode: 1 }, { outcome: 'failed', code: 'exit 1' }],
    ['lp: No file in print request.', { exitCode: 1 }, { outcome: 'failed' }],
    ['lp: Forbidden', { exitCode: 1 }, { outcome: 'failed' }],
    ['lp: something that nobody has seen', { exitCode: 1 }, { outcome: 'retry', maybeDelivered: false }],
  ])('%s', async (stderr, result, outcome) => {
    const { run } = commands({ ...result, stderr })
    const answer = await cupsPrinter({ run }).print('/work/fax.pdf', job)
    expect(answer).toMatchObject(outcome)
    expect(answer.text).toBe(`printer office: ${stderr}`)
  })

  it('may have come too late: the job may be printed', async () => {
    const { run } = commands({ ...ended, timedOut: true })
    const outcome = await cupsPrinter({ run }).print('/work/fax.pdf', job)
    expect(outcome).toMatchObject({ outcome: 'retry', maybeDelivered: true })
    const killed = commands(ended)
    const unclear = await cupsPrinter(killed).print('/work/fax.pdf', job)
    expect(unclear).toMatchObject({ outcome: 'retry', maybeDelivered: true })
  })

  it('is that lp is missing, which an installation mends', async () => {
    const { run } = commands(Object.assign(new Error('spawn lp ENOENT'), { code: 'ENOENT' }))
    const outcome = await cupsPrinter({ run }).print('/work/fax.pdf', job)
    expect(outcome).toMatchObject({ outcome: 'retry', text: expect.stringContaining('cups-client') })
  })
})

describe('a destination that lp does not find', () => {
  it('is a failure when the scheduler runs and lp says it again', async () => {
    const { run, asked } = commands(noDestination, running, noDestination)
    expect(await cupsPrinter({ run }).print('/work/fax.pdf', job)).toEqual({
      outcome: 'failed',
      code: 'exit 1',
      text: 'printer office: lp: Error - The printer or class does not exist.',
    })
    expect(asked.map(({ path }) => path)).toEqual(['lp', 'lpstat', 'lp'])
  })

  it('is a failure too when there is no default printer', async () => {
    const none = { exitCode: 1, stderr: 'lp: Error - No default destination.\n' }
    const { run } = commands(none, running, none)
    const { printer: _, ...rest } = job
    expect(await cupsPrinter({ run }).print('/work/fax.pdf', rest)).toMatchObject({ outcome: 'failed' })
  })

  it('may be there once the scheduler runs', async () => {
    const { run } = commands(noDestination, notRunning)
    expect(await cupsPrinter({ run }).print('/work/fax.pdf', job)).toMatchObject({
      outcome: 'retry',
      maybeDelivered: false,
    })
  })

  it('is there when the scheduler came up between the questions', async () => {
    const { run } = commands(noDestination, running, accepted)
    expect(await cupsPrinter({ run }).print('/work/fax.pdf', job)).toMatchObject({ receipt: 'office-12' })
  })
})
