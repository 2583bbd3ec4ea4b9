import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import { runChecks } from '../../agents/daemon/check.ts'
import { type Program, runProgram } from '../../agents/daemon/command-line.ts'
import { ConfigError, type OptionSpecs, readConfig } from '../../agents/daemon/read-config.ts'
import { keepStatus, showStatus } from '../../agents/daemon/status.ts'
import { encodeAction } from '../../agents/edge/ami/ami-message.ts'
import { EDGE_OPTIONS, SECTION as EDGE_SECTION, type EdgeConfig } from '../../agents/edge/edge-config.ts'
import { edgeProgram } from '../../agents/edge/edge-program.ts'
import { parseSidecar } from '../../agents/edge/sidecar.ts'
import { parseSpoolName } from '../../agents/edge/spool-names.ts'
import { submitFax } from '../../agents/edge/submit-fax.ts'
import { folderPrinter } from '../../agents/print/folder-printer.ts'
import { PRINT_OPTIONS, SECTION as PRINT_SECTION } from '../../agents/print/print-config.ts'
import { printProgram } from '../../agents/print/print-program.ts'
import { realWaiting } from '../../agents/waiting.ts'
import { printJobSchema } from '../../shared/messages.ts'
import { OBEYED, type Places } from './attack.ts'
import { hostileFacts } from './reception.ts'

const folder = mkdtempSync(join(tmpdir(), 'faxlane-agents-'))
const quiet = () => undefined

function checkShown(text: string): void {
  expect(text.replaceAll('\n', '')).not.toMatch(OBEYED)
}

/** Undefined where it does not hold, which is said so that a terminal may show it. */
function configOf<Specs extends OptionSpecs>(text: string, section: string, specs: Specs) {
  try {
    return readConfig('agent.conf', Buffer.from(text), section, specs)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    checkShown(error.message)
    return undefined
  }
}

const COMMON = 'site = main\nregion = eu-west-1\nbucket = faxlane-000000000000-eu-west-1\n'

/** Each option of both, one after the other: what is taken can be no more than a folder, a name or a number where it is used. */
function intoConfiguration(text: string): void {
  for (const option of Object.keys(EDGE_OPTIONS)) {
    const config = configOf(
      `[edge]\n${COMMON.replace(new RegExp(`^${option} = .*\n`, 'm'), '')}${option} = ${text}\n`,
      EDGE_SECTION,
      EDGE_OPTIONS,
    )
    if (config !== undefined) checkEdgeConfig(config)
  }
  for (const option of Object.keys(PRINT_OPTIONS)) {
    const config = configOf(`[print]\n${COMMON}${option} = ${text}\n`, PRINT_SECTION, PRINT_OPTIONS)
    expect(config?.cupsServer ?? '').not.toMatch(/\p{Cc}/u)
  }
  for (const whole of [`[${text}]\n`, `${text}\n`, `[edge]\n${text} = x\n`])
    configOf(whole, EDGE_SECTION, EDGE_OPTIONS)
}

function checkEdgeConfig({
  spool,
  outgoingFolder,
  amiUser = 'x',
  dialContext,
  transmitContext,
  amiHost,
}: EdgeConfig): void {
  for (const path of [spool, outgoingFolder]) expect(path).toMatch(/^\/[^\p{Cc}]*$/u)
  expect(amiHost).toMatch(/^[A-Za-z0-9.:-]+$/)
  const action = encodeAction('Originate', [
    ...([
      ['Username', amiUser],
      ['Context', transmitContext],
      ['Channel', `Local/1@${dialContext}`],
    ] as const),
  ])
  expect(action.split('\r\n')).toHaveLength(6)
}

/** What the other side said last, in the status and in the checks, as text and as JSON. */
async function intoStatus(text: string): Promise<void> {
  const stateFolder = join(folder, 'state')
  mkdirSync(stateFolder, { recursive: true })
  const keeper = keepStatus({ waiting: realWaiting, log: quiet }, { version: '1', site: 'main', stateFolder })
  keeper.error(text)
  keeper.success(text)
  keeper.sending({ calls: 1, pbx: text })
  await keeper.close()
  const checks = [
    { name: 'AWS', run: async () => ({ ok: false, text, fix: text }) },
    { name: 'PBX', run: async () => Promise.reject(new Error(text)) },
  ]
  for (const json of [false, true]) {
    let shown = ''
    const write = (piece: string) => {
      shown += piece
    }
    await showStatus({ stateFolder, unit: 'faxlane-edge' }, { json }, write)
    if (json) expect(JSON.parse(shown).lastError.text).toBe(text)
    else expect(shown.split('\n')).toHaveLength(8)
    await runChecks(checks, { json }, write)
    checkShown(shown)
  }
}

const WORDS = [
  ['<>'],
  ['run', '<>'],
  ['check', '--<>'],
  ['status', '--config', '<>'],
  ['check', '--config', '<>'],
  ['submit', '<>'],
]
const SUBMISSIONS = [
  ['submit', '--to=1', '--config', 'FILE', '--', '<>'],
  ['submit', '--to', '1', '--received-at=<>', 'x'],
]

/** The words by which scripts of a PBX call the agents' commands. */
async function intoAgentsWords(text: string): Promise<void> {
  const word = text.replaceAll('\0', '').toWellFormed().slice(0, 2000)
  const file = join(folder, 'edge.conf')
  writeFileSync(file, `[edge]\n${COMMON}spool = ${folder}\n`)
  let shown = ''
  const write = (piece: string) => {
    shown += piece
  }
  const output = { out: write, err: write }
  const run = async (program: Program, template: readonly string[]) => {
    const words = template.map((part) => part.replace('<>', () => word).replace('FILE', file))
    await runProgram(program, words, output)
  }
  for (const words of [...WORDS, ...SUBMISSIONS]) await run(edgeProgram({}, output), words)
  for (const words of WORDS) await run(printProgram({}, output), words)
  checkShown(shown)
}

/** What is handed over lands in the spool under a name of ours; what lies there under another is left alone. */
async function intoSpool(text: string): Promise<void> {
  const spool = mkdtempSync(join(folder, 'spool-'))
  const file = join(folder, 'received.tif')
  writeFileSync(file, 'a TIFF')
  const facts = hostileFacts(text.toWellFormed())
  const stem = await submitFax({ spool, largestBytes: 100 }, { file, facts })
  expect(stem).toMatch(/^\d+-[0-9a-f-]{36}$/)
  for (const name of readdirSync(spool))
    expect(basename(name)).toMatch(/^(\.submitted-)?\d+-[0-9a-f-]{36}\.(tif|facts)$/)
  rmSync(spool, { recursive: true })
  for (const name of [text, `${text}.tif`, `a${text}.facts`, `a.${text}`]) {
    const parsed = parseSpoolName(name)
    if (parsed !== undefined) expect(parsed.stem).toMatch(/^[0-9A-Za-z][0-9A-Za-z._-]*$/)
  }
  const { facts: read, oddities } = parseSidecar(text)
  expect(Object.keys(read).length + oddities.length).toBeLessThanOrEqual(text.split('\n').length)
}

/** A job for a folder in the place of paper: a file in it, or nothing. */
async function intoPrintFolder(text: string): Promise<void> {
  const around = mkdtempSync(join(folder, 'printed-'))
  const printed = join(around, 'into')
  const file = join(folder, 'job.pdf')
  writeFileSync(file, '%PDF-1.4')
  const job = {
    ...{
      version: 1,
      faxId: '20260702T093012Z-0123456789ab',
      backend: 'printer_a',
      key: 'print/main/a.pdf',
      format: 'pdf',
    },
    ...{ title: text, fileName: 'a.pdf', pages: 1, printer: 'office' },
  }
  for (const field of ['fileName', 'printer', 'backend'] as const) {
    const { success, data } = printJobSchema.safeParse({ ...job, [field]: text })
    if (success) await folderPrinter(printed).submit(file, data)
  }
  const entries = readdirSync(around, { recursive: true, withFileTypes: true })
  for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
    expect(name).toMatch(/^[0-9A-Za-z+][0-9A-Za-z+.-]*$/)
    expect(parentPath.startsWith(`${printed}/`)).toBe(true)
  }
  rmSync(around, { recursive: true })
}

/** On site. */
export const AGENTS: Places = {
  'the configuration of an agent': intoConfiguration,
  'the status of an agent': intoStatus,
  'the words of an agent’s command': intoAgentsWords,
  'the spool': intoSpool,
  'a folder in the place of a printer': intoPrintFolder,
}

export const AGENTS_RUNS = {
  'the status of an agent': 30,
  'the words of an agent’s command': 40,
  'the spool': 60,
  'a folder in the place of a printer': 60,
}
