import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect } from 'vitest'
import { SUBCOMMANDS } from '../../cli/subcommands.ts'
import { openDelivery } from '../../functions/ledger/delivery-transitions.ts'
import { deadLettersOf } from '../../shared/deployment-names.ts'
import { makeFaxId } from '../../shared/fax-id.ts'
import type { DeliveryRecord, FaxRecord } from '../../shared/ledger/records.ts'
import { STANDINGS } from '../../shared/ledger/standing.ts'
import { TRANSMISSION_STANDINGS } from '../../shared/ledger/transmission-standing.ts'
import { incomingKey } from '../../shared/object-keys.ts'
import { failed } from '../../shared/outcome.ts'
import type { DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import { runHere, type Stores, startStores } from '../stores.ts'
import { OBEYED, type Places } from './attack.ts'
import { HOSTILE_STRINGS } from './hostile-strings.ts'
import { hostileFacts } from './reception.ts'
import { hostileTransmission } from './sending.ts'

/** What an operator's own table may say, which is not always his own. */
const tableOf = (text: string): DeployedTable => ({
  version: 1,
  timeZone: 'UTC',
  sites: ['main'],
  backends: [
    {
      kind: 'mail',
      name: 'mail',
      subject: [text],
      body: [text],
      from: { address: 'fax@example.org', name: text },
      format: 'pdf',
    },
    { kind: 'log', name: 'log', message: [text] },
  ],
  numbers: { 100: { backends: ['mail', 'log'], recipients: [text] } },
})

const GOOD_TABLE = 'good.conf'

let stores: Stores | undefined
let folder = ''

export async function startTerminal(): Promise<void> {
  stores = await startStores(tableOf('x'))
  folder = await mkdtemp(join(tmpdir(), 'faxlane-terminal-'))
  process.chdir(folder)
  process.env.FAXLANE_HOME = stores.home
  // Nobody is asked for credentials.
  process.env.AWS_EC2_METADATA_DISABLED = 'true'
  await writeFile(GOOD_TABLE, '[log]\nmsg = x\n[dstnum_1]\ndest = log\n')
}

export async function stopTerminal(): Promise<void> {
  delete process.env.FAXLANE_HOME
  process.chdir(tmpdir())
  await stores?.close()
}

/** What a terminal would be shown obeys nothing, and JSON is JSON. */
function check(words: readonly string[], { stdout, stderr }: { stdout: string; stderr: string }): void {
  const shown = (stdout + stderr).replaceAll('\n', '')
  expect(shown, words.join(' ')).not.toMatch(OBEYED)
  if (!words.includes('--json') || stderr !== '') return
  for (const line of stdout.split('\n').filter((line) => line !== ''))
    expect(() => JSON.parse(line)).not.toThrow()
}

async function shown(...words: string[]): Promise<void> {
  if (stores === undefined) throw new Error('The test has not begun.')
  check(words, await stores.faxlane(...words))
}

const AT = new Date()
let faxes = 0

/** A fax of a stranger who filled every field, delivered to servers that answer as he likes. */
async function leaveReception(text: string): Promise<string> {
  faxes += 1
  const id = makeFaxId(AT, `reception ${faxes}`)
  const at = AT.toISOString()
  const facts = { ...hostileFacts(text.slice(0, 400)), receivedAt: at }
  const fax: FaxRecord = {
    ...{
      id,
      site: 'main',
      state: 'routed',
      facts,
      tiffKey: incomingKey({ site: 'main', faxId: id }),
      tiffBytes: 1,
    },
    ...{
      warnings: [text],
      reason: text,
      backends: ['mail'],
      pages: 1,
      pdfKey: `pdf/main/${id}.pdf`,
      pdfBytes: 1,
    },
    ...{ openedAt: at, closedAt: at, revision: 0 },
  }
  await stores?.ledger.addFax(fax)
  const delivery: DeliveryRecord = {
    ...openDelivery(id, { name: 'mail', kind: 'mail' }, AT),
    state: 'failed',
    history: [{ attempt: 1, at, result: failed(text, text.slice(0, 60)) }],
  }
  await stores?.ledger.addDelivery(delivery)
  await stores?.put(fax.tiffKey)
  return id
}

async function leaveTransmission(text: string): Promise<string> {
  faxes += 1
  const id = makeFaxId(AT, `transmission ${faxes}`)
  await stores?.transmissions.addTransmission(hostileTransmission(text.slice(0, 400), { id }))
  return id
}

/** A message that a function gave up on, shown and taken away again: only some are shown. */
async function showDeadLetter(text: string): Promise<void> {
  if (stores === undefined) return
  const sqs = new SQSClient(stores.settings)
  const QueueUrl = `${stores.settings.endpoint}/000000000000/${deadLettersOf(stores.names.arrivals)}`
  // SQS refuses what XML can't hold.
  const MessageBody = JSON.stringify({ text: text.slice(0, 400).replaceAll(/[\ufffe\uffff]/g, '') })
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
  await shown('redrive', '--dry-run')
  await shown('redrive', '--dry-run', '--json')
  const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }))
  sqs.destroy()
}

/** What the commands say of one fax, at a narrow terminal as well. */
async function intoRecords(text: string): Promise<void> {
  const reception = await leaveReception(text)
  const transmission = await leaveTransmission(text)
  for (const id of [reception, transmission]) {
    await shown('show', id)
    await shown('show', id, '--json')
    process.env.COLUMNS = '60'
    await shown('show', id)
    delete process.env.COLUMNS
  }
  await shown('get', reception)
  await shown('retry', reception, '--dry-run')
  await shown('cancel', transmission)
  await shown('forget', text.slice(0, 400).replace(/^-/, '') || 'x')
  await showDeadLetter(text)
}

/** What they say of many. */
export async function showAll(): Promise<void> {
  for (const [, text] of HOSTILE_STRINGS) {
    await leaveReception(text)
    await leaveTransmission(text)
  }
  const counts = Object.fromEntries(STANDINGS.map((standing) => [standing, 0]))
  const toBeSent = Object.fromEntries(TRANSMISSION_STANDINGS.map((standing) => [standing, 0]))
  const findings = HOSTILE_STRINGS.flatMap(([, what]) => [
    { faxId: makeFaxId(AT, what), what },
    { key: what, what },
  ])
  const payload = {
    ...{ from: AT.toISOString(), to: AT.toISOString(), received: 1, counts, holds: false },
    toBeSent: { taken: 1, counts: toBeSent, holds: false },
    ...{ repaired: findings, repairedCount: 1, findings, findingsCount: 2 },
  }
  stores?.serveFunction('faxlane-sweep', async () => ({ ok: true, payload }))
  for (const columns of ['60', '0']) {
    process.env.COLUMNS = columns
    for (const words of [
      ['list', '--limit', '0'],
      ['sent', '--limit', '0'],
      ['status'],
      ['sweep'],
      ['retry', '--failed', '--dry-run'],
    ]) {
      await shown(...words)
      await shown(...words, '--json')
    }
  }
  delete process.env.COLUMNS
}

/** Each word of each command; nothing is written by any of them. */
const WORDS: readonly (readonly string[])[] = [
  ...Object.keys(SUBCOMMANDS).flatMap((name) => [
    [name, '<>'],
    [name, '--<>'],
    [name, 'x', '<>'],
    [name, '--home', '<>'],
  ]),
  ['<>'],
  ...['--number', '--day', '--state', '--limit', '--after'].map((option) => ['list', option, '<>']),
  ...['--backend', '--day'].map((option) => ['retry', '--failed', option, '<>']),
  ...['--day', '--to', '--state', '--limit'].map((option) => ['sent', option, '<>']),
  ['sweep', '--days', '<>'],
  ['simulate', 'none.tif', '--to', '<>'],
  ['simulate', 'none.tif', '--to', '1', '--from', '<>'],
  ['simulate', '<>', '--to', '1', '--table', '<>'],
  ...['--table', '--site', '--pbx'].map((option) => ['pbx', '--check', option, '<>']),
  ['diff', '<>', '--against', '<>'],
  ['explain', '1', '--table', '<>'],
  ['import', 'none.conf', '--recipients', '<>'],
  ...['--to', '--outbound', '--site', '--from', '--header', '--resolution', '--at', '--notify'].map(
    (option) => [...['send', 'none.pdf', '--to', '1', option, '<>']],
  ),
  ['convert', '<>', '<>'],
]

async function intoWords(text: string): Promise<void> {
  // The system takes no NUL in a word, and no word of half a character.
  const word = text.replaceAll('\0', '').toWellFormed().slice(0, 4000)
  for (const template of WORDS) {
    const words = template.map((part) => part.replaceAll('<>', () => word))
    // The first reads what is typed, the second is no word.
    if (words.includes('-') || words.includes('--')) continue
    check(words, await runHere(words))
  }
}

/** Files whose names somebody else chose, converted, looked at, and named in what is said of them. */
async function intoFileNames(text: string): Promise<void> {
  const name = text.replaceAll(/[\0/]/g, '').toWellFormed().slice(0, 60)
  if (name === '' || name === '.' || name === '..') return
  const path = join(folder, 'files', name)
  await mkdir(join(folder, 'files'), { recursive: true })
  await writeFile(path, 'no TIFF, no table\n[x\n')
  for (const words of [
    ['convert', path],
    ['convert', path, '--json'],
    ['explain', '1', '--table', path],
  ])
    check(words, await runHere(words))
  for (const words of [
    ['simulate', path, '--to', '1', '--table', GOOD_TABLE],
    ['diff', path],
    ['import', path, '--dry-run'],
  ])
    check(words, await runHere(words))
}

/** A table with the text wherever one can be written: what is wrong with it, and what holds. */
async function intoTables(text: string): Promise<void> {
  const file = join(folder, 'table.conf')
  const value = text.slice(0, 400)
  const sections = [
    `[mail]\nemail_from = ${value}\n`,
    `[mail]\nemail_from = a@b.org\nsubject = ${value}\n[dstnum_1]\ndest = mail\nemail = a@b.org\n`,
    `[${value}]\n`,
    `[log]\nmsg = x\n[dstnum_${value}]\ndest = log\n`,
    `[log]\nmsg = ${value}\n${value} = 1\n[dstnum_1]\ndest = ${value}\n`,
    `[log]\nmsg = ${value}\n[dstnum_1]\ndest = log\n`,
    `[ftp_a]\nhost = ${value}\nusername = ${value}\ndirectory = ${value}\npassword_secret = ${value}\n`,
    value,
  ]
  for (const table of sections) {
    await writeFile(file, table)
    const words = ['explain', '1', '--table', file]
    check(words, await runHere(words))
  }
  await writeFile(join(stores?.home ?? '', 'routing-table.json'), JSON.stringify(tableOf(value)))
  for (const words of [['explain', '100', '--deployed'], ['diff', GOOD_TABLE], ['status']])
    for (const json of [[], ['--json']]) await shown(...words, ...json)
  await writeFile(join(stores?.home ?? '', 'routing-table.json'), JSON.stringify(tableOf('x')))
}

/** What an operator is shown. */
export const TERMINAL: Places = {
  'records that commands show': intoRecords,
  'the words of commands': intoWords,
  'names of files': intoFileNames,
  'a routing table': intoTables,
}

export const TERMINAL_RUNS = {
  'records that commands show': 5,
  'the words of commands': 5,
  'names of files': 20,
  'a routing table': 5,
}
