import { describe, expect, it } from 'vitest'
import { type JobToPrint, UNSUPPORTED_FORMAT } from '../printer.ts'
import type { Command, CommandResult } from '../run-command.ts'
import { cupsCommand, submitHeld } from './lp.ts'

const job: JobToPrint = {
  faxId: '20261123T080000Z-0123456789ab',
  format: 'pdf',
  printer: 'office',
  title: 'a fax',
  fileName: '012-003.pdf',
}
const accepted = { stdout: 'request id is office-12 (1 file(s))\n' }
const noDestination = { exitCode: 1, stderr: 'lp: Error - The printer or class does not exist.\n' }
const running = { stdout: 'scheduler is running\n' }
const notRunning = { stdout: 'scheduler is not running\n' }
/** Exactly optional properties do not let a part of a result say undefined. */
const ended: CommandResult = { exitCode: undefined, timedOut: false, stdout: '', stderr: '' }
const HELD = ['-o', 'job-hold-until=indefinite', '-o', 'faxlane-job=a1.b2']

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
  const submitJob = (whole: JobToPrint, options: Parameters<typeof cupsCommand>[1] = {}) =>
    submitHeld(cupsCommand(run, options), { file: '/spool/fax.pdf', job: whole, token: 'a1.b2' })
  const submit = (changed: Partial<JobToPrint> = {}) => submitJob({ ...job, ...changed })
  return { submit, submitJob, asked }
}

const { printer: _, ...withoutPrinter } = job

describe('what lp is asked', () => {
  it('names printer, title and file, holds the job, in plain English and with a time limit', async () => {
    const { submitJob, asked } = commands(accepted)
    await submitJob(job, { server: '127.0.0.1:631', environment: { LC_ALL: 'fr_FR', HOME: '/root' } })
    expect(asked).toEqual([
      {
        path: 'lp',
        arguments: ['-d', 'office', '-t', 'a fax', ...HELD, '--', '/spool/fax.pdf'],
        environment: { LC_ALL: 'C', HOME: '/root', CUPS_SERVER: '127.0.0.1:631' },
        timeoutMilliseconds: 60_000,
      },
    ])
  })

  it('names no printer for the default one', async () => {
    const { asked, submitJob } = commands(accepted)
    await submitJob(withoutPrinter)
    expect(asked[0]?.arguments.slice(0, 2)).toEqual(['-t', 'a fax'])
  })

  it('has the options of the backend, each a word of its own, and the hold behind them', async () => {
    const { submit, asked } = commands(accepted)
    await submit({ options: ['sides=two-sided-long-edge', 'fit-to-page'] })
    expect(asked[0]?.arguments.slice(4)).toEqual([
      ...['-o', 'sides=two-sided-long-edge', '-o', 'fit-to-page'],
      ...HELD,
      ...['--', '/spool/fax.pdf'],
    ])
  })

  it.each([
    ['-o raw; rm -rf /', '-o raw; rm -rf /'],
    ['a\nb\0c\u009bd', 'a b c d'],
    ['Télécopie 📠', 'Télécopie 📠'],
    ['\ud800lone', '\ufffdlone'],
    ['é'.repeat(200), 'é'.repeat(127)],
  ])('keeps the title %j one word of at most 255 bytes', async (title, printable) => {
    const { submit, asked } = commands(accepted)
    await submit({ title })
    expect(asked[0]?.arguments[3]).toBe(printable)
  })

  it('is nothing at all for a printer name that no argument can hold', async () => {
    const { submit, asked } = commands()
    expect(await submit({ printer: 'office\0' })).toMatchObject({ outcome: 'failed' })
    expect(asked).toEqual([])
  })
})

describe('what lp answers', () => {
  it.each([
    ['request id is office-12 (1 file(s))', { id: 12, receipt: 'office-12' }],
    ['request id is down-stairs-2-345 (1 file(s))', { id: 345, receipt: 'down-stairs-2-345' }],
  ])('%s', async (stdout, spooled) => {
    expect(await commands({ stdout: `${stdout}\n` }).submit()).toEqual(spooled)
  })

  it('is no number at all', async () => {
    expect(await commands({ stdout: 'ok\n' }).submit()).toMatchObject({
      outcome: 'retry',
      code: 'no-request-id',
    })
  })

  it.each<[string, object]>([
    [
      'lp: Destination "office" is not accepting jobs.',
      { outcome: 'retry', maybeDelivered: false, code: 'exit 1' },
    ],
    ['lp: Unsupported document-format "image/tiff".', { outcome: 'failed', code: UNSUPPORTED_FORMAT }],
    ['lp: No file in print request.', { outcome: 'failed', code: 'exit 1' }],
    ['lp: Forbidden', { outcome: 'failed' }],
    ['lp: something that nobody has seen', { outcome: 'retry', maybeDelivered: false }],
  ])('%s', async (stderr, outcome) => {
    const answer = await commands({ exitCode: 1, stderr }).submit()
    expect(answer).toMatchObject({ ...outcome, text: `printer office: ${stderr}` })
  })

  it('comes too late: whatever it did is held, so the job is not on paper', async () => {
    expect(await commands({ ...ended, timedOut: true }).submit()).toMatchObject({
      outcome: 'retry',
      maybeDelivered: false,
      code: 'lp-timeout',
    })
    expect(await commands(ended).submit()).toMatchObject({ outcome: 'retry', code: 'lp-signal' })
  })

  it('is that lp is missing, which an installation mends', async () => {
    const { submit } = commands(Object.assign(new Error('spawn lp ENOENT'), { code: 'ENOENT' }))
    expect(await submit()).toMatchObject({ outcome: 'retry', text: expect.stringContaining('cups-client') })
  })
})

describe('a destination that lp does not find', () => {
  it('is a failure when the scheduler runs and lp says it again', async () => {
    const { submit, asked } = commands(noDestination, running, noDestination)
    expect(await submit()).toEqual({
      outcome: 'failed',
      code: 'exit 1',
      text: 'printer office: lp: Error - The printer or class does not exist.',
    })
    expect(asked.map(({ path }) => path)).toEqual(['lp', 'lpstat', 'lp'])
  })

  it('is a failure too when there is no default printer', async () => {
    const none = { exitCode: 1, stderr: 'lp: Error - No default destination.\n' }
    expect(await commands(none, running, none).submit()).toMatchObject({ outcome: 'failed' })
  })

  it('may be there once the scheduler runs', async () => {
    expect(await commands(noDestination, notRunning).submit()).toMatchObject({ outcome: 'retry' })
  })

  it('is there when the scheduler came up between the questions', async () => {
    expect(await commands(noDestination, running, accepted).submit()).toMatchObject({ receipt: 'office-12' })
  })
})
