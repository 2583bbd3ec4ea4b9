import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { bashScript, optionsIn, zshScript } from '../../cli/completion/scripts.ts'
import { importXivo } from '../../cli/import/import-xivo.ts'
import { readRecipients } from '../../cli/import/recipients.ts'
import { filesOf } from '../../cli/pbx/plan.ts'
import { checkDialplan } from '../../cli/pbx/testing/check-dialplan.ts'
import { TABLE } from '../../cli/pbx/testing/sites.ts'
import { parseXml } from '../../cli/pbx/testing/xml.ts'
import { mailAddress } from '../../shared/routing-table/network-names.ts'
import { PBX_KINDS, type PbxSite } from '../../shared/routing-table/pbx-table.ts'
import { readTable } from '../../shared/routing-table/read-table.ts'
import { runHere } from '../stores.ts'
import { OBEYED, type Places } from './attack.ts'

const folder = mkdtempSync(join(tmpdir(), 'faxlane-generated-'))
/** Nothing may be made by what is run here but what is asked for. */
const shellFolder = mkdtempSync(join(tmpdir(), 'faxlane-shell-'))

/** The words of a command that was printed, as a shell has them. */
function wordsIn(command: string): string[] {
  const script = `aws() { printf '%s\\0' "$@"; }\n${command}`
  const output = execFileSync('/bin/sh', ['-c', script], { cwd: shellFolder, encoding: 'utf8' })
  expect(readdirSync(shellFolder)).toEqual([])
  return output.split('\0').slice(0, -1)
}

const MARK = 'a-secret-that-is-nowhere-else'

/** Each line in turn is written with the text in it. */
const XIVO_LINES = [
  (text: string) => `[${text}]\npassword = ${MARK}`,
  (text: string) => `[ftp_${text}]\nhost = example.org\nusername = x\npassword = ${MARK}`,
  (text: string) =>
    `[ftp_a]\nhost = ${text}\nusername = ${text}\npassword = ${MARK}${text}\ndirectory = ${text}`,
  (text: string) => `[mail]\nsubject = ${text}\nemail_from = ${text}\ncontent_file = ${text}`,
  (text: string) => `[dstnum_${text}]\ndest = mail, ${text}`,
  (text: string) => `[printer]\nname = ${text}\nconvert_to_pdf = ${text}`,
  (text: string) => `[log]\nfile = ${text}\n${text} = ${text}`,
  (text: string) => `; ${text}\n${text}`,
]

/** A XiVO's file of anybody's making becomes a table, and no more; its passwords are nowhere but in the commands that set them. */
async function intoImport(text: string): Promise<void> {
  const { byNumber, problems } = readRecipients(
    `0112697845,${text}\n${text},a@example.org\n"${text}";b@example.org`,
  )
  for (const addresses of byNumber.values())
    for (const address of addresses) expect(mailAddress(address)).toHaveProperty('value')
  expect(problems.join('')).not.toMatch(OBEYED)
  for (const line of XIVO_LINES) {
    const bytes = Buffer.from(`${line(text)}\n`)
    const given = { bytes, recipients: byNumber, readFile: () => undefined, secretPrefix: 'faxlane/' }
    const imported = importXivo(given)
    const { secrets } = imported
    expect(imported.files).toEqual([])
    expect(JSON.stringify([imported.text, imported.remarks])).not.toContain(MARK)
    for (const { name } of secrets) expect(name).toMatch(/^faxlane\/[A-Za-z0-9_.-]+$/)
    // What is wrong in it is found, and nothing of it stops the reader.
    readTable({ file: 'fax.conf', bytes: Buffer.from(imported.text), readFile: () => undefined })
  }
  await intoReport(text)
}

async function intoReport(text: string): Promise<void> {
  const file = join(folder, 'xivo_fax.conf')
  const password = text.replaceAll(/\s+/g, ' ').replaceAll('\0', '').toWellFormed().slice(0, 2000).trim()
  writeFileSync(file, `${XIVO_LINES.map((line) => `${line(text)}\n`).join('')}[ftp_z]\npassword = ${MARK}\n`)
  const shown = await runHere(['import', file, '--dry-run', '--show-passwords'])
  expect((shown.stdout + shown.stderr).replaceAll('\n', '')).not.toMatch(OBEYED)
  writeFileSync(file, `[ftp_z]\nhost = a\nusername = b\npassword = ${MARK}${password.replaceAll(';', '')}\n`)
  const { stderr } = await runHere(['import', file, '--dry-run', '--json', '--show-passwords'])
  const [secret] = JSON.parse(stderr).secrets
  expect(wordsIn(secret.command).slice(-4)).toEqual([
    ...['--secret-id', 'faxlane/ftp_z', '--secret-string', `${MARK}${password.replaceAll(';', '')}`],
  ])
}

/** What an admin writes for his PBX, or what somebody wrote for him; the value that stands there without the attack. */
const PBX_OPTIONS: readonly [harmless: string, written: (text: string) => string][] = [
  ['+33 1 12 69 78 45', (text) => `station_id = ${text}`],
  ['ACME, Paris & Lyon', (text) => `header = ${text}`],
  ['The desk -- "A & B" {{ x }} #}', (text) => `name = ${text}`],
  ['old', (text) => `endpoint = ${text}`],
  ['0112697846', (text) => `number = ${text}`],
  ['0112697847', (text) => `did = ${text}`],
  ['201', (text) => `numbers = ${text}`],
  ['site_paris', (text) => `[site_${text}]`],
  ['trunk_provider', (text) => `[trunk_${text}]`],
  ['line_lab', (text) => `[line_${text}]`],
  ['dstnum_0112697845', (text) => `[dstnum_${text}]`],
]

/** Contexts of the PBX itself that the files lean on. */
const FOREIGN = ['from-trunk', 'ext-did', 'default']

function intoPbxFiles(text: string): void {
  for (const [harmless, written] of PBX_OPTIONS) {
    const before = harmless.startsWith('[') || /^[a-z]+_/.test(harmless) ? `[${harmless}]` : harmless
    for (const value of [text, `q${text}`, `${text}q`]) {
      const line = written(value)
      const table = TABLE.replace(before.startsWith('[') ? before : written(before), () => line)
      const site = siteOf(table)
      if (site !== undefined) for (const kind of PBX_KINDS) checkFiles(site, kind)
    }
  }
  const spool = siteOf(TABLE.replace('[site_paris]', () => `[site_paris]\nspool = ${text}`))
  if (spool !== undefined) for (const kind of PBX_KINDS) checkFiles(spool, kind)
}

/** Undefined for a table that does not hold. */
function siteOf(table: string): PbxSite | undefined {
  return readTable({ file: 'fax.conf', bytes: Buffer.from(table), readFile: () => undefined }).pbx?.sites[0]
}

const LINES_OF = new Map(
  PBX_KINDS.flatMap((kind) => {
    const site = siteOf(TABLE)
    return site === undefined
      ? []
      : filesOf(site, kind).map(({ path, text }) => [`${kind}/${path}`, linesIn(text)])
  }),
)

function linesIn(text: string): number {
  return text.split('\n').length
}

/** Files have the lines that they have for a harmless table, and are what their readers take for such a file. */
function checkFiles(site: PbxSite, kind: (typeof PBX_KINDS)[number]): void {
  const files = filesOf(site, kind)
  const dialplan = files.filter(({ path }) => /^(extensions_faxlane|faxlane|faxlane-hooks)\.conf$/.test(path))
  if (dialplan.length > 0) checkDialplan(dialplan.map(({ text }) => text).join('\n'), FOREIGN)
  for (const { path, text } of files) {
    expect(path).toMatch(/^[A-Za-z0-9_./-]+$/)
    expect(path).not.toContain('..')
    expect(linesIn(text), `${kind}/${path}`).toBe(LINES_OF.get(`${kind}/${path}`))
    expect(text.replaceAll('\n', '')).not.toMatch(OBEYED)
    if (path.endsWith('.xml')) parseXml(text)
    if (path.endsWith('.tpl')) expect(text.match(/#\}|\{%/g)).toEqual(['{%', '#}', '{%', '{%'])
    if (path === 'FaxDispatch') execFileSync('/bin/sh', ['-n'], { input: text })
  }
}

/** A help text, a summary, and the word that somebody wants completed in a folder whose files somebody else named. */
function intoCompletion(text: string): void {
  const help = `Usage: faxlane list ${text}\n\n  --limit N\n`
  for (const option of optionsIn(help)) expect(option).toMatch(/^--[a-z][a-z-]*$/)
  const summary = text.replaceAll('\0', '').toWellFormed()
  const zsh = zshScript({ subcommands: [{ name: 'list', summary, options: [] }], values: [] })
  expect(wordsOfZshList(zsh)).toEqual([`list:${summary.replaceAll(':', '\\:')}`])
  const word = summary.slice(0, 200)
  const script = bashScript({
    subcommands: [{ name: 'list', summary, options: optionsIn(help) }],
    values: [],
  })
  const program = `${script}\nCOMP_WORDS=(faxlane list "$1"); COMP_CWORD=2; _faxlane; printf '%s\\n' "\${#COMPREPLY[@]}"`
  const output = execFileSync('bash', ['--norc', '-c', program, 'bash', word], {
    cwd: shellFolder,
    encoding: 'utf8',
  })
  expect(output).toMatch(/^\d+\n$/)
  expect(readdirSync(shellFolder)).toEqual([])
}

/** By a POSIX shell, which reads quotes as zsh does. */
function wordsOfZshList(script: string): string[] {
  const [, list = ''] = /subcommands=\(\n(.*?)\n {2}\)\n/s.exec(script) ?? []
  const output = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${list.trim()}`], {
    cwd: shellFolder,
    encoding: 'utf8',
  })
  return output.split('\0').slice(0, -1)
}

/** What is written into files and scripts for others to read. */
export const GENERATED: Places = {
  'a XiVO’s file that is imported': intoImport,
  'the files for a PBX': intoPbxFiles,
  'the completion of a shell': intoCompletion,
}

export const GENERATED_RUNS = {
  'a XiVO’s file that is imported': 25,
  'the files for a PBX': 60,
  'the completion of a shell': 25,
}
