import type { FaxRecord } from '../../../shared/ledger/records.ts'
import type { DeliveryMessage, DispatchRequest, PrintJob } from '../../../shared/messages.ts'
import type { Backend, BackendOf, DeployedTable } from '../../../shared/routing-table/deployed-table.ts'
import { makeRouter } from '../../../shared/routing-table/route.ts'
import { makeMemoryLedger } from '../../ledger/memory-ledger.ts'
import type { Metric } from '../../metrics.ts'
import type { NoticeEvent } from '../../notify/notice-event.ts'
import type { DispatchDependencies } from '../dispatch.ts'

export const FAX_ID = '20261123T054151Z-0k3w9x7m2r4t'
export const NOON = new Date('2026-11-23T12:00:00Z')
/** When a request is worked on. */
export const LATER = new Date('2026-11-23T15:00:00Z')

export const mailOf = (name: string, fallback?: string): BackendOf<'mail'> => ({
  kind: 'mail',
  name,
  ...(fallback === undefined ? {} : { fallback }),
  subject: [],
  body: [],
  from: { address: 'fax@example.org', name: '' },
  format: 'pdf',
})
export const log: BackendOf<'log'> = { kind: 'log', name: 'log', message: [] }
export const printer: BackendOf<'printer'> = {
  kind: 'printer',
  name: 'printer_office',
  site: 'main',
  format: 'pdf',
}

export const fax: FaxRecord = {
  id: FAX_ID,
  site: 'main',
  state: 'routed',
  facts: { destination: '100', receivedAt: NOON.toISOString() },
  tiffKey: `incoming/main/${FAX_ID}.tif`,
  tiffBytes: 6,
  pdfKey: `pdf/main/${FAX_ID}.pdf`,
  pages: 1,
  backends: ['mail'],
  openedAt: NOON.toISOString(),
  revision: 0,
}

interface Given {
  fax?: FaxRecord | undefined
  backends?: readonly Backend[]
  numbers?: DeployedTable['numbers']
}

/** A ledger with one fax, a table that sends its number to the first backend, and what `dispatch` does to the rest of the world. */
export async function makeWorld(given: Given = {}) {
  const { backends = [mailOf('mail'), log] } = given
  const [first] = backends
  const numbers = given.numbers ?? {
    '100': { backends: first === undefined ? [] : [first.name], recipients: ['office@example.org'] },
  }
  const ledger = makeMemoryLedger()
  const record = 'fax' in given ? given.fax : fax
  if (record !== undefined) await ledger.addFax(record)
  const did = { messages: [] as DeliveryMessage[], jobs: [] as PrintJob[], log: [] as string[] }
  const requests: DispatchRequest[] = []
  const told: NoticeEvent[] = []
  const counted: Metric[] = []
  const files = new Map<Uint8Array, string>()
  const dependencies: DispatchDependencies = {
    ledger,
    queries: {
      fax: async (id) => {
        const found = await ledger.getFax(id)
        return found && { fax: found, deliveries: structuredClone([...ledger.deliveries.values()]) }
      },
    },
    router: makeRouter({ version: 1, timeZone: 'UTC', sites: ['main'], backends: [...backends], numbers }),
    readObject: async (key) => {
      const bytes = new Uint8Array(1)
      files.set(bytes, key)
      return bytes
    },
    putFile: async ({ key, bytes }) => void did.log.push(`put ${key} of ${files.get(bytes)}`),
    enqueueDelivery: async (message) => {
      did.messages.push(message)
      did.log.push(`message of ${message.backend.name}`)
    },
    enqueuePrintJob: async (site, job) => {
      did.jobs.push(job)
      did.log.push(`job of ${job.backend} at ${site}`)
    },
    requestDelivery: async (request) => void requests.push(request),
    tell: async (event) => void told.push(event),
    count: (metric) => void counted.push(metric),
    now: () => LATER,
  }
  return { ledger, dependencies, did, requests, told, counted }
}
