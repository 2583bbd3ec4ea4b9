import { describe, expect, it } from 'vitest'
import { TRANSMISSION_STATES, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { requestFromMetadata } from '../../shared/transmission/send-request.ts'
import type { GatewayFiles } from '../gateway/gateway.ts'
import { CommandFailed, WrongUsage } from '../subcommand.ts'
import { requestOf, sendAgain } from './send-again.ts'

const RECORD: TransmissionRecord = {
  id: '20261125T090000Z-0123456789ab',
  site: 'lyon',
  state: 'failed',
  destination: '0112697845',
  outbound: 'sales',
  settings: {
    callerNumber: '0478123456',
    header: 'Cabinet Müller',
    headerBy: 'gateway',
    resolution: 'fine',
    widthPixels: 1728,
    retries: 3,
    retryWaitSeconds: 300,
    noticesFrom: 'fax@example.org',
    timeZone: 'Europe/Paris',
  },
  way: 'http',
  sender: 'arn:aws:iam::123456789012:user/ann',
  notify: ['ann@example.org'],
  documentKey: 'outgoing/lyon/20261125T090000Z-0123456789ab.pdf',
  counted: true,
  attempt: 4,
  modem: { ecm: true, maxRate: 14_400 },
  history: [],
  openedAt: '2026-11-25T09:00:00.000Z',
  closedAt: '2026-11-25T09:30:00.000Z',
  revision: 3,
}
const REQUEST = {
  to: ['0112697845'],
  outbound: 'sales',
  from: '0478123456',
  header: 'Cabinet Müller',
  resolution: 'fine',
  notify: ['ann@example.org'],
}

describe('what is asked for again', () => {
  it.each(TRANSMISSION_STATES)('of one that is %s', (state) => {
    const hasEnded = ['sent', 'failed', 'canceled', 'unknown', 'refused'].includes(state)
    const ask = () => requestOf({ ...RECORD, state }, true)
    if (hasEnded) expect(ask()).toEqual(REQUEST)
    else expect(ask).toThrow(/on its way/)
  })

  it('wants the word, and says where it may have arrived', () => {
    expect(() => requestOf(RECORD, false)).toThrow(`faxlane retry ${RECORD.id} --again.`)
    expect(() => requestOf({ ...RECORD, state: 'unknown' }, false)).toThrow('It may have arrived')
  })

  it('of one that was refused before a section was found is its number alone', () => {
    const { outbound: _, settings: __, ...bare } = RECORD
    expect(requestOf({ ...bare, state: 'refused', notify: [] }, true)).toEqual({ to: ['0112697845'] })
  })

  it('is nothing of a number that was forgotten', () => {
    expect(() => requestOf({ ...RECORD, forgottenAt: RECORD.openedAt }, true)).toThrow('was forgotten')
  })
})

describe('sending again', () => {
  const COMMAND = { again: true, 'dry-run': false, wait: false, json: true }

  function world(document: Uint8Array | undefined) {
    const put: Parameters<GatewayFiles['putNew']>[0][] = []
    const files: GatewayFiles = {
      read: async (key) => (key === RECORD.documentKey ? document : undefined),
      putNew: async (file) => void put.push(file),
    }
    return { put, gateway: { files, askLedger: async () => ({}) } }
  }

  it('puts the same document under a new name of the same site', async () => {
    const document = Buffer.from('%PDF-1.7')
    const { put, gateway } = world(document)
    expect(await sendAgain(gateway, RECORD, COMMAND)).toBe(0)
    expect(put).toHaveLength(1)
    const [{ key = '', bytes = Buffer.alloc(0), metadata = {} } = {}] = put
    expect(key).toMatch(/^outgoing\/lyon\/\d{8}T\d{6}Z-[0-9a-z]{12}\.pdf$/)
    expect(key).not.toBe(RECORD.documentKey)
    expect(bytes).toBe(document)
    expect(requestFromMetadata(metadata)).toEqual({ request: REQUEST })
  })

  it('puts nothing on --dry-run, without its document, or with a backend', async () => {
    const { put, gateway } = world(Buffer.from('%PDF-1.7'))
    expect(await sendAgain(gateway, RECORD, { ...COMMAND, 'dry-run': true })).toBe(0)
    await expect(sendAgain(gateway, RECORD, { ...COMMAND, backend: 'log' })).rejects.toThrow(WrongUsage)
    await expect(sendAgain(world(undefined).gateway, RECORD, COMMAND)).rejects.toThrow(CommandFailed)
    expect(put).toEqual([])
  })
})
