import { describe, expect, it } from 'vitest'
import { bounce, claim, openDelivery, settle } from '../../functions/ledger/delivery-transitions.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import { type DeliveryRecord, wantedAt } from '../../shared/ledger/records.ts'
import { delivered, failed, retry } from '../../shared/outcome.ts'
import type { Backend, DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import { byTable, unknownBackend } from './by-table.ts'
import { retryOf } from './find-failed.ts'

const FAX_ID = '20261123T054151Z-0k3w9x7m2r4t'
const NOON = new Date('2026-11-23T12:00:00Z')
const later = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000)

const opened = (backend: string, kind = 'mail') => openDelivery(FAX_ID, { name: backend, kind }, NOON)
const claimed = (backend: string) => claim(opened(backend), NOON, 60) as DeliveryRecord
const was = {
  delivered: (backend: string) => settle(claimed(backend), delivered('id', 'ok'), NOON, undefined),
  failed: (backend: string) => settle(claimed(backend), failed('no'), NOON, undefined),
  waiting: (backend: string) => settle(claimed(backend), retry('busy'), NOON, 3600),
  bounced: (backend: string) =>
    bounce(
      settle(claimed(backend), delivered('id', 'ok'), NOON, undefined),
      failed('550'),
      NOON,
    ) as DeliveryRecord,
}

function entryOf(deliveries: DeliveryRecord[], changes: Partial<FaxEntry['fax']> = {}): FaxEntry {
  const fax: FaxEntry['fax'] = {
    id: FAX_ID,
    site: 'main',
    state: 'routed',
    facts: { destination: '100', receivedAt: NOON.toISOString() },
    tiffKey: 'incoming/main/x.tif',
    tiffBytes: 1,
    pdfKey: 'pdf/main/x.pdf',
    pages: 1,
    backends: deliveries.map(({ backend }) => backend),
    openedAt: NOON.toISOString(),
    revision: 1,
    ...changes,
  }
  return { fax, deliveries }
}
const ask = (entry: FaxEntry, backend?: string, again = false, at = later(1)) =>
  retryOf(entry, { backend, again }, at).request

describe('what can be tried again', () => {
  it.each([
    ['failed', was.failed('mail')],
    ['bounced', was.bounced('mail')],
  ])('is what %s, with and without its name, and with --again as well', (_, delivery) => {
    const request = { version: 1, faxId: FAX_ID, because: 'retry' }
    expect(ask(entryOf([delivery]))).toEqual(request)
    expect(ask(entryOf([delivery]), 'mail')).toEqual({ ...request, backend: 'mail' })
    expect(ask(entryOf([delivery]), 'mail', true)).toEqual({ ...request, backend: 'mail' })
  })

  it('is nothing of what was delivered', () => {
    expect(() => ask(entryOf([was.delivered('mail')]))).toThrow('nothing of')
    expect(() => ask(entryOf([was.delivered('mail')]), 'mail')).toThrow('With --again')
  })

  it('is what was delivered with --again, from a time after it was wanted before, whatever the clock says', () => {
    const entry = entryOf([was.delivered('mail')])
    expect(ask(entry, 'mail', true)).toMatchObject({ backend: 'mail', againAt: later(1).toISOString() })
    const [delivery = opened('mail')] = entry.deliveries
    expect((ask(entry, 'mail', true, later(-60)).againAt ?? '') > wantedAt(delivery)).toBe(true)
  })

  it('is a backend that the fax did not go to', () => {
    expect(ask(entryOf([was.delivered('mail')]), 'log')).toMatchObject({ backend: 'log' })
  })

  it('is nothing that is on its way, but a print job and what is stuck', () => {
    for (const delivery of [opened('mail'), claimed('mail'), was.waiting('mail')])
      expect(() => ask(entryOf([delivery]), 'mail', true)).toThrow('on its way to mail already')
    expect(ask(entryOf([opened('printer_a', 'printer')]), 'printer_a')).toMatchObject({
      backend: 'printer_a',
    })
    expect(ask(entryOf([opened('mail')]), 'mail', false, later(91))).toMatchObject({ backend: 'mail' })
  })

  it.each([
    [{ state: 'received' }, 'still under way'],
    [{ state: 'simulated' }, 'only simulated'],
    [{ state: 'refused', pdfKey: undefined, reason: 'no TIFF.' }, 'refused: no TIFF. There is nothing of it'],
  ] as const)('is nothing of a fax that is %j', (changes, why) => {
    expect(() => ask(entryOf([], changes), 'mail')).toThrow(why)
  })
})

describe('by the table that is deployed', () => {
  const mail: Backend = {
    kind: 'mail',
    name: 'mail',
    subject: [],
    body: [],
    from: { address: 'fax@example.org', name: '' },
    format: 'pdf',
  }
  const table: DeployedTable = {
    version: 1,
    timeZone: 'UTC',
    sites: ['main'],
    backends: [mail, { kind: 'log', name: 'log', message: [] }],
    numbers: { '100': { backends: ['mail'], recipients: ['a@example.org'] } },
  }
  const parted = (entry: FaxEntry, backend?: string) =>
    byTable([retryOf(entry, { backend, again: false }, NOON)], table)

  it('a name that it does not have is told, with the near one or all', () => {
    expect(unknownBackend('mail', table)).toBeUndefined()
    expect(unknownBackend('mial', table)).toBe('the routing table has no backend mial. Did you mean mail?')
    expect(unknownBackend('nope', table)).toBe('the routing table has no backend nope. It has mail, log')
  })

  it('what failed at a backend that it has no more is not asked for', () => {
    const { possible, impossible } = parted(entryOf([was.failed('ftp_old')]))
    expect(possible).toEqual([])
    expect(impossible).toEqual([expect.stringMatching(/no ftp_old any more.*--backend B.*to mail, log\.$/)])
  })

  it('what failed at another one as well is', () => {
    expect(parted(entryOf([was.failed('ftp_old'), was.failed('mail')]))).toMatchObject({
      possible: [{ request: { faxId: FAX_ID } }],
      impossible: [],
    })
  })

  it('a fax that was unrouted waits for a section of its number', () => {
    const unrouted = (destination: string) =>
      entryOf([], { state: 'unrouted', facts: { destination, receivedAt: NOON.toISOString() } })
    expect(parted(unrouted('100')).possible).toHaveLength(1)
    expect(parted(unrouted('999')).impossible[0]).toContain('still has no section for 999')
    expect(parted(unrouted('999'), 'log').possible).toHaveLength(1)
  })
})
