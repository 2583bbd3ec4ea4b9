import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDelivery, settle } from '../functions/ledger/delivery-transitions.ts'
import { ended, sampleTransmission, waitingTransmission } from '../functions/ledger/sample-transmission.ts'
import { observeTransmission, refuseTransmission } from '../functions/ledger/transmission-transitions.ts'
import { makeFaxId } from '../shared/fax-id.ts'
import type { FaxRecord } from '../shared/ledger/records.ts'
import { hasTransmissionEnded, type TransmissionRecord } from '../shared/ledger/transmission-record.ts'
import { incomingKey } from '../shared/object-keys.ts'
import { delivered } from '../shared/outcome.ts'
import { outgoingKey, pictureKey, transmissionIdOf, transmitKey } from '../shared/transmission/keys.ts'
import { type Stores, startStores } from './stores.ts'

/** Whose request it is. */
const THEIRS = '0499123456'
const OTHER = '0112697845'
/** The direct line of somebody of ours. */
const OURS = '0491000000'
const AT = new Date()

const TABLE = {
  version: 1 as const,
  timeZone: 'UTC',
  sites: ['main'],
  backends: [{ kind: 'log' as const, name: 'log', message: ['x'] }],
  numbers: {},
  retention: { faxesDays: 30, ledgerDays: 30 },
}

let stores: Stores
beforeEach(async () => {
  stores = await startStores(TABLE)
})
afterEach(() => stores.close())

async function forget(...words: string[]) {
  const { exitCode, stdout, stderr } = await stores.faxlane('forget', '--json', ...words)
  expect(stderr).toBe('')
  return { exitCode, ...JSON.parse(stdout) }
}

/** All that the bucket has, by key. */
async function keys(): Promise<string[]> {
  const folder = join(stores.home, 'bucket')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort()
}

async function receive(facts: FaxRecord['facts'] | object): Promise<string> {
  const id = makeFaxId(AT, JSON.stringify(facts))
  const at = AT.toISOString()
  await stores.ledger.addFax({
    id,
    site: 'main',
    state: 'routed',
    facts: { receivedAt: at, ...facts },
    tiffKey: incomingKey({ site: 'main', faxId: id }),
    tiffBytes: 6,
    backends: ['log'],
    openedAt: at,
    closedAt: at,
    revision: 0,
  })
  const opened = openDelivery(id, { name: 'log', kind: 'log' }, AT)
  await stores.ledger.addDelivery({
    ...opened,
    state: 'delivered',
    history: historyNaming(JSON.stringify(facts)),
  })
  await stores.put(incomingKey({ site: 'main', faxId: id }))
  await stores.put(`pdf/main/${id}.pdf`)
  await stores.put(`print/main/${id}-printer_office.pdf`)
  return id
}

const historyNaming = (text: string) => [
  { attempt: 1, at: AT.toISOString(), result: delivered(`file ${text}`, `taken: ${text}`) },
]

interface Sending {
  to: readonly string[]
  name?: string
  mailKey?: string
  callerNumber?: string
  /** Those that are still under way. */
  calling?: readonly string[]
}

/** A document and what became of it at each number, as `submit` and the agent leave it. */
async function send({
  to,
  name,
  mailKey,
  callerNumber,
  calling = [],
}: Sending): Promise<TransmissionRecord[]> {
  const documentId = name ?? makeFaxId(AT, JSON.stringify(to))
  const documentKey = outgoingKey({ site: 'main', documentId })
  await stores.put(documentKey, { to: to.map(encodeURIComponent).join(',') })
  if (mailKey !== undefined) await stores.put(mailKey)
  const records = to.map((destination) => {
    const id = transmissionIdOf({ key: documentKey, destination, putAt: AT })
    const opening = { id, destination, documentKey, openedAt: new Date().toISOString() }
    const waiting = waitingTransmission({ ...opening, ...(mailKey === undefined ? {} : { mailKey }) })
    const { settings } = waiting
    if (settings === undefined) throw new Error('The sample has settings.')
    const mine = { ...waiting, settings: { ...settings, callerNumber: callerNumber ?? '0100000000' } }
    return calling.includes(destination) ? mine : failed(mine)
  })
  for (const record of records) {
    await stores.transmissions.addTransmission(record)
    await stores.put(transmitKey({ site: 'main', transmissionId: record.id }))
    await stores.put(pictureKey({ site: 'main', transmissionId: record.id }))
    if (hasTransmissionEnded(record)) await addNotice(record)
  }
  return records
}

function failed(record: TransmissionRecord): TransmissionRecord {
  const { destination } = record
  const progress = ended('unallocated', {
    text: `${destination} does not exist.`,
    remoteStationId: destination,
    foreign: { hangupCause: 1, hangupText: `no ${destination}`, statusText: destination },
  })
  return (
    observeTransmission(record, { attempt: 1, at: AT.toISOString(), progress }) ??
    expect.unreachable('it was waiting')
  )
}

async function addNotice({ id, destination }: TransmissionRecord): Promise<void> {
  const opened = openDelivery(id, { name: 'notice', kind: 'mail' }, AT)
  const sent = settle(opened, delivered(`message about ${destination}`, `to ${destination}`), AT, undefined)
  await stores.transmissions.addNotice({ ...sent, history: historyNaming(destination) })
}

/** As text, with numbers however they are written. */
const wholeLedger = async () => JSON.stringify(await stores.items()).replaceAll(/[\s().-]/g, '')

describe('faxlane forget, of a stranger’s number', () => {
  it('removes all that was received from it and sent to it, and nothing of others', async () => {
    const received = await receive({ source: THEIRS, stationId: THEIRS, callId: THEIRS, destination: '100' })
    const kept = await receive({ source: OTHER, destination: '100' })
    const [toThem, toOther] = await send({ to: [THEIRS, OTHER] })
    const [byMail] = await send({ to: [`${THEIRS}`], name: 'by-mail', mailKey: 'mail-in/a0b1' })
    const refused = refuseTransmission(
      sampleTransmission({ id: makeFaxId(AT, 'refused'), destination: '04 99 12.34-56' }),
      `04 99 12.34-56 is not allowed.`,
      AT,
    )
    if (refused === undefined) throw new Error('It was open.')
    await stores.transmissions.addTransmission(refused)

    const asked = await forget(THEIRS)
    const found = {
      receptions: 1,
      transmissions: 3,
      roles: { from: 1, sentTo: 3, receivedOn: 0, sentFrom: 0 },
    }
    expect(asked).toMatchObject({ exitCode: 0, done: false, ...found, objectVersions: 0 })
    expect(await wholeLedger()).toContain(THEIRS)

    const done = await forget(THEIRS, '--yes', '--by', 'the DPO')
    expect(done).toMatchObject({ exitCode: 0, done: true, ...found, underWay: [] })
    // Of the fax TIFF, PDF and a copy for printing; of each of two that were sent pages, picture and document; and the mail.
    expect(done.objectVersions).toBe(3 + 2 * 3 + 1)
    expect(done.outOfReach).toEqual({ log: 1, notice: 2 })
    expect(await wholeLedger()).not.toContain(THEIRS)
    expect(await keys()).toEqual(
      [
        ...[`incoming/main/${kept}.tif`, `pdf/main/${kept}.pdf`, `print/main/${kept}-printer_office.pdf`],
        ...[`transmit/main/${toOther?.id}.png`, `transmit/main/${toOther?.id}.tif`],
      ].sort(),
    )

    const items = await stores.items()
    const itemOf = (id: string | undefined) =>
      items.find(({ pk, sk }) => `${pk}`.endsWith(`#${id}`) && !`${sk}`.startsWith('DELIVERY'))
    expect(itemOf(received)).toMatchObject({
      state: 'routed',
      forgottenAt: expect.any(String),
      facts: { destination: '100' },
    })
    expect(itemOf(toThem?.id)).toMatchObject({
      state: 'failed',
      destination: '***456',
      forgottenAt: expect.any(String),
      history: [{ cause: 'unallocated', text: 'forgotten', foreign: { hangupCause: 1 } }],
    })
    expect(itemOf(byMail?.id)).not.toHaveProperty('mailKey')
    expect(itemOf(toOther?.id)).toEqual(
      expect.objectContaining({ destination: OTHER, revision: toOther?.revision }),
    )
    const note = items.find(({ pk }) => `${pk}`.startsWith('FORGOTTEN#'))
    expect(note).toMatchObject({ number: '***456', by: 'the DPO', receptions: 1, transmissions: 3 })

    expect(await forget(THEIRS, '--yes')).toMatchObject({
      receptions: 0,
      transmissions: 0,
      objectVersions: 0,
    })
    expect((await stores.faxlane('sent', '--to', THEIRS)).stdout).toBe('No fax was to be sent that fits.\n')
    expect((await stores.faxlane('show', toThem?.id ?? '')).stdout).not.toContain(THEIRS)
  })

  it('leaves what is under way, and a document that another number’s fax still needs', async () => {
    const [toThem, toOther] = await send({ to: [THEIRS, OTHER], calling: [OTHER] })
    const before = await keys()
    const { exitCode, underWay, transmissions } = await forget(THEIRS, '--yes')
    expect({ exitCode, underWay, transmissions }).toEqual({
      exitCode: 1,
      underWay: [toOther?.id],
      transmissions: 0,
    })
    expect(await keys()).toEqual(before)
    expect((await stores.transmissions.getTransmission(toThem?.id ?? ''))?.destination).toBe(THEIRS)
  })

  it('waits for the mail about its end', async () => {
    const [toThem] = await send({ to: [THEIRS] })
    const notice = await stores.transmissions.getNotice(toThem?.id ?? '', 'notice')
    if (notice === undefined) throw new Error('It has a notice.')
    await stores.transmissions.replaceNotice({ ...notice, state: 'waiting', revision: notice.revision + 1 })
    expect(await forget(THEIRS, '--yes')).toMatchObject({ transmissions: 0, underWay: [toThem?.id] })
  })

  it('leaves a document that took another’s place under a name of somebody’s choice', async () => {
    await send({ to: [THEIRS], name: 'letter' })
    await new Promise((later) => setTimeout(later, 1100))
    await stores.put('outgoing/main/letter.pdf', { to: OTHER })
    await forget(THEIRS, '--yes')
    expect(await keys()).toEqual(['outgoing/main/letter.pdf'])
    expect(await wholeLedger()).not.toContain(THEIRS)
  })

  it('touches no longer keys that begin alike, nor a number that it is a part of', async () => {
    await send({ to: [THEIRS], name: 'letter' })
    await stores.put('outgoing/main/letter.pdf.pdf')
    const [longer] = await send({ to: [`${THEIRS}0`] })
    await forget(THEIRS, '--yes')
    expect(await keys()).toContain('outgoing/main/letter.pdf.pdf')
    expect((await stores.transmissions.getTransmission(longer?.id ?? ''))?.forgottenAt).toBeUndefined()
  })
})

describe('faxlane forget, of a number of ours', () => {
  it('says what stays, and with --own removes what was received on it and sent from it', async () => {
    const received = await receive({ source: OTHER, destination: OURS })
    const [sentFrom] = await send({ to: [OTHER], callerNumber: OURS })
    expect(await forget(OURS, '--yes')).toMatchObject({ receptions: 0, transmissions: 0, receivedOnIt: 1 })
    expect(await wholeLedger()).toContain(OURS)
    const done = await forget(OURS, '--own', '--yes')
    expect(done).toMatchObject({ exitCode: 0, roles: { from: 0, sentTo: 0, receivedOn: 1, sentFrom: 1 } })
    expect(await keys()).toEqual([])
    expect(await wholeLedger()).not.toContain(OURS)
    const story = await wholeLedger()
    // Who called, and who was called, asked for nothing.
    expect(story).toContain(OTHER)
    expect([received, sentFrom?.id].every((id) => story.includes(`${id}`.replace('-', '')))).toBe(true)
  })
})
