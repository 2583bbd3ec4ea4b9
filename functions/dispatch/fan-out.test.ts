import { describe, expect, it } from 'vitest'
import type { RoutedFax } from '../../shared/messages.ts'
import { failed } from '../../shared/outcome.ts'
import type { BackendOf } from '../../shared/routing-table/deployed-table.ts'
import { reopen, settle } from '../ledger/delivery-transitions.ts'
import { makeMemoryLedger } from '../ledger/memory-ledger.ts'
import { eachOnItsOwn, enqueue, fanOut } from './fan-out.ts'

const NOW = new Date('2026-11-23T12:00:00Z')
const fax: RoutedFax = {
  id: '20261123T054151Z-0k3w9x7m2r4t',
  site: 'berlin',
  facts: { receivedAt: '2026-11-23T05:41:51.000Z' },
  pages: 1,
  tiffKey: 'incoming/berlin/x.tif',
  pdfKey: 'pdf/berlin/x.pdf',
}
const printerAt = (site: string) => {
  const backend: BackendOf<'printer'> = { kind: 'printer', name: 'printer_office', site, format: 'pdf' }
  return { backend, recipients: [] }
}

function world() {
  const ledger = makeMemoryLedger()
  const did: string[] = []
  const dependencies = {
    ledger,
    putFile: async ({ key }: { key: string }) => void did.push(key),
    router: { timeZone: 'UTC', language: 'en' as const },
    enqueueDelivery: async () => {},
    enqueuePrintJob: async (site: string) => {
      const record = await ledger.getDelivery(fax.id, 'printer_office')
      did.push(`${site} gets a job of ${record?.site}`)
    },
    now: () => NOW,
  }
  return { ledger, did, dependencies, routed: { fax, readFile: async () => new Uint8Array() } }
}

describe('a print job', () => {
  it('is of the site that has the printer, whichever received the fax', async () => {
    const { dependencies, did, routed, ledger } = world()
    await fanOut(dependencies, routed, [printerAt('paris')])
    expect(did).toEqual([
      'print/paris/20261123T054151Z-0k3w9x7m2r4t-printer_office.pdf',
      'paris gets a job of paris',
    ])
    // Opened once, and not written again.
    expect(await ledger.getDelivery(fax.id, 'printer_office')).toMatchObject({ revision: 0 })
  })

  it('is of another site from when its printer has moved there, before that site hears of it', async () => {
    const { dependencies, did, routed, ledger } = world()
    await fanOut(dependencies, routed, [printerAt('paris')])
    const opened = await ledger.getDelivery(fax.id, 'printer_office')
    if (opened === undefined) throw new Error('there is no delivery')
    const ended = settle(opened, failed('the printer is gone'), NOW, undefined)
    const again = reopen(ended, NOW)
    for (const next of [ended, again]) expect(await ledger.replaceDelivery(next)).toBe(true)
    await enqueue(dependencies, routed, printerAt('lyon'), again)
    expect(did.at(-1)).toBe('lyon gets a job of lyon')
  })
})

describe('what several are tried for', () => {
  it('is tried for each, and what went wrong is thrown at the end', async () => {
    const tried: number[] = []
    const work = async (item: number) => {
      tried.push(item)
      if (item % 2 === 1) throw new Error(`no ${item}`)
    }
    await expect(eachOnItsOwn([1, 2], work)).rejects.toThrow(/^no 1$/)
    await expect(eachOnItsOwn([1, 2, 3, 4], work)).rejects.toThrow('Error: no 1; Error: no 3')
    await eachOnItsOwn([2, 4], work)
    expect(tried).toEqual([1, 2, 1, 2, 3, 4, 2, 4])
  })
})
