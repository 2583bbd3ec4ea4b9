import { resolve } from 'node:path'
import { delivered, failed, type Outcome, retry } from '../../shared/outcome.ts'
import type { JobToPrint, Printer } from './printer.ts'
import type { CommandResult, RunCommand } from './run-command.ts'

export interface CupsOptions {
  /** HOST:PORT or a socket's path, for a CUPS that is not where lp looks by itself. */
  server?: string
  /** CUPS's clients have no time limit of their own: against a stopped cupsd, lp waits for ever. */
  timeoutMilliseconds?: number
  environment?: NodeJS.ProcessEnv
}

const TIMEOUT_MILLISECONDS = 60_000

/** IPP's name(MAX), RFC 8011 section 5.1.3; CUPS takes more, and then shows the job as broken. */
const TITLE_BYTES = 255

/**
 * Prints through CUPS's `lp`, which returns when the scheduler has its own copy of the file.
 */
export function cupsPrinter({ run }: { run: RunCommand }, options: CupsOptions = {}): Printer {
  const { server, timeoutMilliseconds = TIMEOUT_MILLISECONDS } = options
  const environment = {
    ...(options.environment ?? process.env),
    // The answers are read, so they must not be translated.
    LC_ALL: 'C',
    ...(server === undefined ? {} : { CUPS_SERVER: server }),
  }
  const cups = (path: string, ...words: string[]) =>
    run({ path, arguments: words, environment, timeoutMilliseconds })
  return {
    print: async (file, job) => {
      const { printer } = job
      if (printer?.includes('\0')) return failed('the name of the printer holds a NUL character')
      const lp = () => cups('lp', ...lpArguments(file, job))
      const first = await startedOrUndefined(lp)
      if (first === undefined) return retry('lp is not there; install cups-client', { code: 'ENOENT' })
      if (!saysNoDestination(first)) return outcomeOf(first, printer)
      // Without a scheduler lp has no destinations to look in, and says the same as for a wrong name.
      const status = await cups('lpstat', '-r')
      if (!status.stdout.includes('scheduler is running')) return retry('the CUPS scheduler is not running')
      // It may have come up between the two questions.
      return outcomeOf(await lp(), printer)
    },
  }
}

function lpArguments(file: string, { printer, title }: JobToPrint): string[] {
  const destination = printer === undefined ? [] : ['-d', printer]
  return [...destination, '-t', printableTitle(title), '--', resolve(file)]
}

/** The title ends in IPP, on banner pages and in PostScript comments. */
function printableTitle(title: string): string {
  let printable = ''
  for (const character of title.toWellFormed().replaceAll(/\p{Cc}/gu, ' ')) {
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

/** Answers that no waiting changes. Whatever else lp says may pass, and the queue's dead letters catch it if it does not. */
const LASTING =
  /printer or class does not exist|no default destination|unsupported document-format|no file in print request|forbidden|unauthorized|not authorized/i

function outcomeOf(result: CommandResult, printer: string | undefined): Outcome {
  const { exitCode, timedOut, stdout, stderr } = result
  const said = (stderr.trim() || stdout.trim()).slice(0, 500)
  if (exitCode === 0) {
    const requestId = /request id is (\S+)/.exec(stdout)?.[1]
    return delivered(requestId ?? 'lp named no request id', said)
  }
  if (timedOut) return retry('lp got no answer from CUPS in time and was ended', { maybeDelivered: true })
  if (exitCode === undefined) return retry(`lp was ended by a signal: ${said}`, { maybeDelivered: true })
  const code = `exit ${exitCode}`
  const text = `${printer === undefined ? "CUPS's default printer" : `printer ${printer}`}: ${said}`
  return LASTING.test(stderr) ? failed(text, code) : retry(text, { code })
}
