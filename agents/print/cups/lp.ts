import { resolve } from 'node:path'
import { oneLine } from '../../../shared/one-line.ts'
import { failed, type Outcome, retry } from '../../../shared/outcome.ts'
import { type JobToPrint, UNSUPPORTED_FORMAT } from '../printer.ts'
import type { CommandResult, RunCommand } from '../run-command.ts'
import { TOKEN_ATTRIBUTE } from './cups-questions.ts'

/** Runs one of CUPS's own commands. */
export type CupsCommand = (path: string, ...words: string[]) => Promise<CommandResult>

export interface CupsCommandOptions {
  /** HOST:PORT or a socket's path, for a CUPS that is not where lp looks by itself. */
  server?: string | undefined
  /** CUPS's clients have no time limit of their own: against a stopped cupsd, lp waits for ever. */
  timeoutMilliseconds?: number
  environment?: NodeJS.ProcessEnv
}

const TIMEOUT_MILLISECONDS = 60_000

export function cupsCommand(run: RunCommand, options: CupsCommandOptions): CupsCommand {
  const { server, timeoutMilliseconds = TIMEOUT_MILLISECONDS } = options
  const environment = {
    ...(options.environment ?? process.env),
    // The answers are read, so they must not be translated.
    LC_ALL: 'C',
    ...(server === undefined ? {} : { CUPS_SERVER: server }),
  }
  return (path, ...words) => run({ path, arguments: words, environment, timeoutMilliseconds })
}

/** IPP's name(MAX), RFC 8011 section 5.1.3; CUPS takes more, and then shows the job as broken. */
const TITLE_BYTES = 255

/** Gives a file to `lp`, as a job that is held. Nothing comes out of a printer by this. */
export async function submitHeld(
  cups: CupsCommand,
  { file, job, token }: { file: string; job: JobToPrint; token: string },
): Promise<{ id: number; receipt: string } | Outcome> {
  const { printer } = job
  if (printer?.includes('\0')) return failed('the name of the printer holds a NUL character')
  const lp = () => cups('lp', ...lpArguments(file, job, token))
  const first = await startedOrUndefined(lp)
  if (first === undefined) return retry('lp is not there; install cups-client', { code: 'ENOENT' })
  if (!saysNoDestination(first)) return answerOf(first, printer)
  // Without a scheduler lp has no destinations to look in, and says the same as for a wrong name.
  const status = await cups('lpstat', '-r')
  if (!status.stdout.includes('scheduler is running')) {
    return retry('the CUPS scheduler is not running', { code: 'no-scheduler' })
  }
  // It may have come up between the two questions.
  return answerOf(await lp(), printer)
}

function lpArguments(file: string, { printer, title, options = [] }: JobToPrint, token: string): string[] {
  const settings = [...options, 'job-hold-until=indefinite', `${TOKEN_ATTRIBUTE}=${token}`]
  return [
    ...(printer === undefined ? [] : ['-d', printer]),
    ...['-t', printableTitle(title)],
    ...settings.flatMap((setting) => ['-o', setting]),
    ...['--', resolve(file)],
  ]
}

/** The title ends in IPP, on banner pages and in PostScript comments. */
function printableTitle(title: string): string {
  let printable = ''
  for (const character of oneLine(title)) {
    if (Buffer.byteLength(printable + character) > TITLE_BYTES) break
    printable += character
  }
  return printable
}

async function startedOrUndefined(start: () => Promise<CommandResult>): Promise<CommandResult | undefined> {
  try {
    return await start()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function saysNoDestination({ exitCode, stderr }: CommandResult): boolean {
  return exitCode === 1 && /printer or class does not exist|no default destination/i.test(stderr)
}

const UNSUPPORTED = /unsupported document-format/i
/** Answers that no waiting changes. Whatever else lp says may pass, and the job's expiry catches it if it does not. */
const LASTING =
  /printer or class does not exist|no default destination|no file in print request|forbidden|unauthorized|not authorized/i

function answerOf(
  { exitCode, timedOut, stdout, stderr }: CommandResult,
  printer: string | undefined,
): { id: number; receipt: string } | Outcome {
  const said = (stderr.trim() || stdout.trim()).slice(0, 500)
  if (exitCode === 0) {
    const [, receipt, id] = /request id is (\S+-(\d+))/.exec(stdout) ?? []
    // What it made, if anything, stays held, and is swept up later.
    if (receipt === undefined) return retry(`lp named no request id: ${said}`, { code: 'no-request-id' })
    return { id: Number(id), receipt }
  }
  if (timedOut) return retry('lp got no answer from CUPS in time and was ended', { code: 'lp-timeout' })
  if (exitCode === undefined) return retry(`lp was ended by a signal: ${said}`, { code: 'lp-signal' })
  const text = `${printer === undefined ? "CUPS's default printer" : `printer ${printer}`}: ${said}`
  if (UNSUPPORTED.test(stderr)) return failed(text, UNSUPPORTED_FORMAT)
  const code = `exit ${exitCode}`
  return LASTING.test(stderr) ? failed(text, code) : retry(text, { code })
}
