import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { visible } from '../shared/visible.ts'
import { CommandFailed, EXIT_CODES, WrongUsage } from './subcommand.ts'
import { SUBCOMMANDS } from './subcommands.ts'
import { fitHelp } from './terminal/fit-help.ts'
import { screenOf, standardOutput } from './terminal/screen.ts'
import { wrap } from './terminal/wrap.ts'

const HELP = `faxlane, the command of those who operate the gateway and send faxes.

Usage: faxlane SUBCOMMAND [OPTIONS]

${Object.entries(SUBCOMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)}  ${summary}`)
  .join('\n')}

faxlane SUBCOMMAND --help tells about one of them, faxlane --version which version this is.
`

/** Runs the command that the words name, and resolves to its exit code. */
export async function main(words: readonly string[]): Promise<number> {
  letNobodyRead(process.stdout)
  letNobodyRead(process.stderr)
  try {
    return await runSubcommand(words)
  } catch (error) {
    if (!(error instanceof WrongUsage || error instanceof CommandFailed)) throw error
    process.stderr.write(`${fitted(`faxlane: ${error.message}`)}\n`)
    return error instanceof WrongUsage ? EXIT_CODES.usage : EXIT_CODES.someFailed
  }
}

/** A text of several lines, such as findings in a table, is laid out already. */
function fitted(text: string): string {
  const { columns } = screenOf(process.stderr, process.env)
  return text.includes('\n') ? text : wrap(text, columns).join('\n')
}

async function runSubcommand([name, ...words]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    standardOutput().write(fitHelp(HELP, standardOutput().columns))
    return EXIT_CODES.done
  }
  if (name === '--version' || name === '-V') {
    standardOutput().write(`faxlane ${await readVersion()}\n`)
    return EXIT_CODES.done
  }
  if (name === undefined) throw new WrongUsage('a subcommand is missing. See faxlane --help.')
  const listed = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined
  if (listed === undefined) {
    const known = Object.keys(SUBCOMMANDS).join(', ')
    throw new WrongUsage(`there is no subcommand ${visible(name)}; there is: ${known}. See faxlane --help.`)
  }
  const subcommand = await listed.load()
  if (!asksForHelp(words)) return subcommand.run(words)
  standardOutput().write(fitHelp(subcommand.help, standardOutput().columns))
  return EXIT_CODES.done
}

async function readVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  return z.object({ version: z.string() }).parse(manifest).version
}

/** Behind `--` stand files, whatever they are called. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  const options = end === -1 ? words : words.slice(0, end)
  return options.includes('--help') || options.includes('-h')
}

/** `faxlane … | head` is no error: the work goes on, only its report is not read. */
function letNobodyRead(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
