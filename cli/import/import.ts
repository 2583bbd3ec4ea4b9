import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { LARGEST_TABLE_BYTES, readTable } from '../../shared/routing-table/read-table.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { FileProblem } from '../file-problem.ts'
import { makeFolder, readInput, writeOutput } from '../files.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { CommandFailed, EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { readBeside } from '../table-file.ts'
import { screenOf } from '../terminal/screen.ts'
import { readWords, wrongUsage } from '../words.ts'
import { type Imported, importXivo } from './import-xivo.ts'
import { readRecipients } from './recipients.ts'
import { describe, type ImportReport } from './report.ts'

const HELP = `Brings a XiVO's xivo_fax.conf over, and says what was silently broken there.

Usage: faxlane import xivo_fax.conf [--recipients CSV] [--out FILE] [--force] [--dry-run] [--json]
       faxlane import xivo_fax.conf --set-passwords

  --recipients CSV  lines of DID,address: who gets the mails of a number, which XiVO had at its incoming calls; default,address
                    is for all numbers that are not in the list
  --out FILE        the routing table to write; bodies of mails are put beside it. Without it the table goes to the standard
                    output, and the report to standard error
  --force           write over files that are there already
  --dry-run         write nothing: only say what would be written, and how
  --show-passwords  print the commands that set the passwords with the passwords in them, instead of their places
  --set-passwords   put the passwords into their secrets, which the deployment of the new table has made. Nothing else is written
  --json            the report as one JSON object
  --help            this text
${GATEWAY_HELP}
Comments and order stay. Passwords leave the file: password_secret takes their place.

Exit code: 0 the new table can be deployed, or all passwords are set; 1 something is left to you (the table is written all the
same), 2 wrong usage.
`

export const importTable: Subcommand = { help: HELP, run }

function readCommandLine(words: readonly string[]) {
  const { values, positionals } = readWords('import', words, {
    recipients: { type: 'string' },
    out: { type: 'string', default: '-' },
    force: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    'show-passwords': { type: 'boolean', default: false },
    'set-passwords': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const [file, second] = positionals
  if (file === undefined) throw wrongUsage('import', 'the XiVO file is missing')
  if (second !== undefined) throw wrongUsage('import', `${visible(second)} is a second file; one at a time`)
  const { out: output, stack, home } = values
  if (resolve(output) === resolve(file)) {
    throw wrongUsage('import', '--out would write over the file that is imported')
  }
  if (!values['set-passwords'] && (stack ?? home) !== undefined) {
    throw wrongUsage('import', 'a gateway is asked only with --set-passwords')
  }
  if (values['set-passwords'] && (output !== '-' || values['dry-run'])) {
    throw wrongUsage('import', '--set-passwords writes no table and goes without --out and --dry-run')
  }
  return { ...values, file, output }
}
type CommandLine = ReturnType<typeof readCommandLine>

async function run(words: readonly string[]): Promise<number> {
  const command = readCommandLine(words)
  const { file, recipients } = command
  const imported = importXivo({
    bytes: await readInput(file, LARGEST_TABLE_BYTES),
    recipients:
      recipients === undefined
        ? new Map()
        : recipientsFrom(await readInput(recipients, LARGEST_TABLE_BYTES), recipients),
    readFile: (path) => readBeside(file, path),
    secretPrefix: 'faxlane/',
  })
  if (command['set-passwords']) return setPasswords(command, imported.secrets)
  if (!command['dry-run']) await writeImported(command, imported)
  const report = reportOf(command, imported)
  const screen = screenOf(command.output === '-' ? process.stderr : process.stdout, process.env)
  screen.write(command.json ? `${visibleJson(report)}\n` : describe(screen, report))
  return report.findings.length === 0 ? EXIT_CODES.done : EXIT_CODES.someFailed
}

async function writeImported({ output, force }: CommandLine, { text, files }: Imported): Promise<void> {
  if (output !== '-') {
    const paths = files.map(({ name }) => join(dirname(output), name))
    if (!force) assertNew([output, ...paths])
    await makeFolder(dirname(output))
    for (const { name, bytes } of files) await writeOutput(join(dirname(output), name), bytes)
  }
  await writeOutput(output, Buffer.from(text))
}

/** What has no secret yet is said; the rest is set. */
async function setPasswords(
  { json, stack, home }: CommandLine,
  secrets: Imported['secrets'],
): Promise<number> {
  const { withGateway } = await import('../gateway/with-gateway.ts')
  const results = await withGateway('import', { stack, home }, async ({ putPassword }) => {
    const done = []
    for (const { name, section, password } of secrets)
      done.push({ name, section, result: await putPassword(name, password) })
    return done
  })
  for (const one of results) {
    const hint = one.result === 'set' ? '' : ': deploy the new table first, which makes it'
    process.stdout.write(
      json
        ? `${visibleJson(one)}\n`
        : `${one.name}, the password of [${visible(one.section)}]: ${one.result}${hint}\n`,
    )
  }
  if (results.length === 0 && !json) process.stdout.write('The file has no passwords.\n')
  return results.every(({ result }) => result === 'set') ? EXIT_CODES.done : EXIT_CODES.someFailed
}

function recipientsFrom(bytes: Uint8Array, file: string): ReadonlyMap<string, readonly string[]> {
  const { byNumber, problems } = readRecipients(new TextDecoder().decode(bytes))
  if (problems.length === 0) return byNumber
  throw new CommandFailed(
    `${visible(file)} can't be used:\n${problems.map((text) => `  ${text}\n`).join('')}Nothing was written.`,
  )
}

function assertNew(paths: readonly string[]): void {
  const there = paths.find((path) => existsSync(path))
  if (there !== undefined) {
    throw new FileProblem(
      `${visible(there)} is there already. Write elsewhere with --out, or over it with --force.`,
    )
  }
}

function reportOf({ file, output, ...command }: CommandLine, imported: Imported): ImportReport {
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
    hasRecipients: command.recipients !== undefined,
    files: output === '-' ? [] : imported.files.map(({ name }) => join(dirname(output), name)),
    secrets: imported.secrets.map(({ name, section, password }) => ({
      name,
      section,
      command: `aws secretsmanager put-secret-value --secret-id ${name} --secret-string ${quoted(command['show-passwords'] ? password : `the password of [${section}]`)}`,
    })),
    findings,
    notes,
  }
}

/** For a POSIX shell. What a terminal would obey is left to its printf, so that the command can be shown. */
function quoted(text: string): string {
  const inQuotes = (plain: string) => `'${plain.replaceAll("'", `'\\''`)}'`
  if (visible(text) === text) return inQuotes(text)
  const octal = (byte: number) => `\\0${byte.toString(8).padStart(3, '0')}`
  const escaped = [...text].map((character) =>
    character === '\\' || visible(character) !== character
      ? [...Buffer.from(character)].map(octal).join('')
      : character,
  )
  return `"$(printf %b ${inQuotes(escaped.join(''))})"`
}
