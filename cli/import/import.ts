import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readTable } from '../../shared/routing-table/read-table.ts'
import { visible } from '../../shared/visible.ts'
import { FileProblem } from '../file-problem.ts'
import { makeFolder, readInput, writeOutput } from '../files.ts'
import { CommandFailed, EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { readBeside } from '../table-file.ts'
import { screenOf } from '../terminal/screen.ts'
import { readWords, wrongUsage } from '../words.ts'
import { type Imported, importXivo } from './import-xivo.ts'
import { readRecipients } from './recipients.ts'
import { describe, type ImportReport } from './report.ts'

const HELP = `Brings a XiVO's xivo_fax.conf over, and says what was silently broken there.

Usage: faxlane import xivo_fax.conf [--recipients CSV] [--out FILE] [--force] [--json]

  --recipients CSV  lines of DID,address: who gets the mails of a number, which XiVO had at its incoming calls; default,address
                    is for all numbers that are not in the list
  --out FILE        the routing table to write; bodies of mails are put beside it. Without it the table goes to the standard
                    output, and the report to standard error
  --force           write over files that are there already
  --show-passwords  print the commands that set the passwords with the passwords in them
  --json            the report as one JSON object
  --help            this text

Comments and order stay. Passwords leave the file: password_secret takes their place.

Exit code: 0 the new table can be deployed, 1 something in it is left to you (it is written all the same), 2 wrong usage.
`

export const importTable: Subcommand = { help: HELP, run }

interface CommandLine {
  file: string
  recipients: string | undefined
  output: string
  force: boolean
  showPasswords: boolean
  json: boolean
}

function readCommandLine(words: readonly string[]): CommandLine {
  const { values, positionals } = readWords('import', words, {
    recipients: { type: 'string' },
    out: { type: 'string', default: '-' },
    force: { type: 'boolean', default: false },
    'show-passwords': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  })
  const [file, second] = positionals
  if (file === undefined) throw wrongUsage('import', 'the XiVO file is missing')
  if (second !== undefined) throw wrongUsage('import', `${visible(second)} is a second file; one at a time`)
  const { recipients, out: output, force, json } = values
  if (resolve(output) === resolve(file))
    throw wrongUsage('import', '--out would write over the file that is imported')
  return { file, recipients, output, force, showPasswords: values['show-passwords'], json }
}

async function run(words: readonly string[]): Promise<number> {
  const command = readCommandLine(words)
  const { file, output } = command
  const bytes = await readInput(file)
  const imported = importXivo({
    bytes,
    recipients:
      command.recipients === undefined
        ? new Map()
        : recipientsFrom(await readInput(command.recipients), command.recipients),
    readFile: (path) => readBeside(file, path),
    secretPrefix: 'faxlane/',
  })
  const written = output === '-' ? [] : imported.files
  if (!command.force)
    assertNew(
      output,
      written.map(({ name }) => name),
    )
  if (output !== '-') await makeFolder(dirname(output))
  for (const { name, bytes: content } of written) await writeOutput(join(dirname(output), name), content)
  await writeOutput(output, Buffer.from(imported.text))
  const report = reportOf(command, imported)
  const stream = output === '-' ? process.stderr : process.stdout
  const screen = screenOf(stream, process.env)
  screen.write(command.json ? `${JSON.stringify(report)}\n` : describe(screen, report))
  return report.findings.length === 0 ? EXIT_CODES.done : EXIT_CODES.someFailed
}

function recipientsFrom(bytes: Uint8Array, file: string): ReadonlyMap<string, readonly string[]> {
  const { byNumber, problems } = readRecipients(new TextDecoder().decode(bytes))
  if (problems.length === 0) return byNumber
  throw new CommandFailed(
    `${visible(file)} can't be used:\n${problems.map((text) => `  ${text}\n`).join('')}Nothing was written.`,
  )
}

function assertNew(output: string, names: readonly string[]): void {
  if (output === '-') return
  const there = [output, ...names.map((name) => join(dirname(output), name))].find((path) => existsSync(path))
  if (there !== undefined) {
    throw new FileProblem(
      `${visible(there)} is there already. Write elsewhere with --out, or over it with --force.`,
    )
  }
}

function reportOf({ file, output, showPasswords }: CommandLine, imported: Imported): ImportReport {
  const table = output === '-' ? file : output
  const carried = new Map(imported.files.map(({ name, bytes }) => [name, bytes]))
  const { findings, notes } = readTable({
    file: output === '-' ? 'fax.conf' : output,
    bytes: Buffer.from(imported.text),
    readFile: (path) => carried.get(path) ?? readBeside(table, path),
  })
  return {
    file,
    output: output === '-' ? 'the standard output' : output,
    remarks: imported.remarks,
    files: output === '-' ? [] : imported.files.map(({ name }) => join(dirname(output), name)),
    secrets: imported.secrets.map(({ name, section, password }) => ({
      name,
      section,
      command: `aws secretsmanager put-secret-value --secret-id ${name} --secret-string ${showPasswords ? quoted(password) : `'the password of [${section}]'`}`,
    })),
    findings,
    notes,
  }
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
