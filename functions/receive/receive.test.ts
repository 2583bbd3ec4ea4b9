import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Conversion, ConversionRefused, convertTiffToPdf } from '../../shared/conversion/convert.ts'
import { drawTestPage } from '../../shared/conversion/testing/bitmap.ts'
import { writeFax } from '../../shared/conversion/testing/fax-writer.ts'
import { faxTags, writeTiff } from '../../shared/conversion/testing/tiff-writer.ts'
import { type Facts, factsToMetadata } from '../../shared/facts.ts'
import { LARGEST_TIFF_BYTES } from '../../shared/largest-tiff.ts'
import type { Remark } from '../../shared/ledger/remarks.ts'
import {
  type DeliveryMessage,
  deliveryMessageSchema,
  type PrintJob,
  printJobSchema,
} from '../../shared/messages.ts'
import { incomingKey } from '../../shared/object-keys.ts'
import type { Backend, DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { makeMemoryLedger } from '../ledger/memory-ledger.ts'
import type { Metric } from '../metrics.ts'
import type { NoticeEvent } from '../notify/notice-event.ts'
import { type ReceiveDependencies, receive } from './receive.ts'
import { arrivedObjects } from './s3-event.ts'

const FAX_ID = '20261123T054151Z-0k3w9x7m2r4t'
const KEY = incomingKey({ site: 'paris', faxId: FAX_ID })
const ARRIVED = { key: KEY, sizeBytes: 6, arrivedAt: new Date('2026-11-23T05:41:53Z') }
const TIFF = new TextEncoder().encode('a TIFF')
const PDF = new TextEncoder().encode('a PDF')

const log: Backend = { kind: 'log', name: 'log', message: ['a fax'] }
const mail: Backend = {
  kind: 'mail',
  name: 'mail',
  subject: ['fax'],
  body: [],
  from: { address: 'fax@example.org', name: 'Fax' },
  format: 'pdf',
}
const printer: Backend = {
  kind: 'printer',
  name: 'printer_office',
  printer: 'office',
  site: 'lyon',
  format: 'tiff',
}
const table: DeployedTable = {
  version: 1,
  timeZone: 'Europe/Paris',
  sites: ['paris', 'lyon'],
  backends: [log, mail, printer],
  numbers: { '100': { backends: ['mail', 'printer_office', 'log'], recipients: ['office@example.org'] } },
}

const page: Conversion['pages'][number] = {
  widthPixels: 1728,
  heightPixels: 2292,
  xDpi: 204,
  yDpi: 196,
  coding: 'T.4 2-D',
  treatment: 'copied',
  damagedRows: 0,
  warnings: [],
}

/** The world around one function: what it reads is set by the test, what it does is kept. */
function makeWorld() {
  const ledger = makeMemoryLedger()
  const did = {
    stored: new Map<string, Uint8Array>(),
    deliveries: [] as DeliveryMessage[],
    printJobs: [] as [string, PrintJob][],
    counted: [] as Metric[],
    told: [] as NoticeEvent[],
  }
  const facts: Facts = { source: '0478123456', destination: '100', receivedAt: '2026-11-23T05:41:51.000Z' }
  const bucket = new Map([[KEY, { bytes: TIFF, sizeBytes: TIFF.length, facts }]])
  const dependencies: ReceiveDependencies = {
    ledger,
    readTiff: async ({ key, largestBytes }) => {
      const object = bucket.get(key)
      if (object === undefined) return undefined
      const { bytes, sizeBytes } = object
      const metadata = factsToMetadata(object.facts)
      return { sizeBytes, metadata, storedAt: new Date(), ...(sizeBytes <= largestBytes ? { bytes } : {}) }
    },
    putFile: async ({ key, bytes }) => void did.stored.set(key, bytes),
    convert: () => ({
      pdf: PDF,
      pages: [page, { ...page, damagedRows: 2, warnings: ['two rows were lost'] }],
      warnings: ['the file breaks off'],
      unreadablePages: [],
    }),
    router: makeRouter(table),
    enqueueDelivery: async (message) => void did.deliveries.push(message),
    enqueuePrintJob: async (site, job) => void did.printJobs.push([site, job]),
    count: (metric) => void did.counted.push(metric),
    tell: async (event) => void did.told.push(event),
    now: () => new Date('2026-11-23T05:41:54Z'),
  }
  return { ledger, bucket, facts, dependencies, did }
}

let world: ReturnType<typeof makeWorld>
beforeEach(() => {
  world = makeWorld()
})

describe('a fax that arrives', () => {
  it('is converted, stored, routed, and handed to every backend of its number', async () => {
    const { dependencies, did, ledger } = world
    const record = await receive(dependencies, ARRIVED)
    expect(record).toMatchObject({
      id: FAX_ID,
      site: 'paris',
      state: 'routed',
      pages: 2,
      damagedRows: 2,
      warnings: ['the file breaks off', 'page 2: two rows were lost'],
      pdfKey: `pdf/paris/${FAX_ID}.pdf`,
      backends: ['mail', 'printer_office', 'log'],
      facts: { source: '0478123456', destination: '100' },
    })
    expect(did.stored.get(`pdf/paris/${FAX_ID}.pdf`)).toEqual(PDF)
    expect(did.deliveries.map(({ backend, recipients }) => [backend.name, recipients])).toEqual([
      ['mail', ['office@example.org']],
      ['log', []],
    ])
    for (const message of did.deliveries) expect(deliveryMessageSchema.parse(message)).toEqual(message)
    expect([...ledger.deliveries.values()].map(({ backend, state }) => [backend, state])).toEqual([
      ['mail', 'waiting'],
      ['printer_office', 'waiting'],
      ['log', 'waiting'],
    ])
    expect(did.counted).toEqual(['FaxesReceived', 'ConversionTime'])
  })

  it('reaches its other backends where the first one has no queue, each once, however often it is announced', async () => {
    const { dependencies, did, ledger } = world
    const broken: ReceiveDependencies = {
      ...dependencies,
      router: makeRouter({
        ...table,
        numbers: { '100': { backends: ['printer_office', 'mail'], recipients: ['office@example.org'] } },
      }),
      enqueuePrintJob: async () => {
        throw new Error('QueueDoesNotExist')
      },
    }
    await expect(receive(broken, ARRIVED)).rejects.toThrow('QueueDoesNotExist')
    expect(did.deliveries.map(({ backend }) => backend.name)).toEqual(['mail'])
    const mailed = await ledger.getDelivery(FAX_ID, 'mail')
    if (mailed !== undefined)
      await ledger.replaceDelivery({ ...mailed, state: 'delivered', attempts: 1, revision: 1 })
    await expect(receive(broken, ARRIVED)).rejects.toThrow('QueueDoesNotExist')
    expect(did.deliveries).toHaveLength(1)
  })

  it('goes to a printer as a job of its site, with a copy where the agent of that site may read', async () => {
    const { dependencies, did } = world
    await receive(dependencies, ARRIVED)
    const [[site, job] = []] = did.printJobs
    expect(site).toBe('lyon')
    expect(printJobSchema.parse(job)).toEqual({
      version: 1,
      faxId: FAX_ID,
      backend: 'printer_office',
      key: `print/lyon/${FAX_ID}-printer_office.tif`,
      format: 'tiff',
      pdfKey: `print/lyon/${FAX_ID}-printer_office.pdf`,
      printer: 'office',
      wantedAt: '2026-11-23T05:41:54.000Z',
      title: 'Damaged: Fax 100 from 0478123456',
      fileName: '100-0478123456-1795412511-7m2r4t.tif',
      pages: 2,
    })
    expect(did.stored.get(job?.key ?? '')).toEqual(TIFF)
    expect(did.stored.get(job?.pdfKey ?? '')).toEqual(PDF)
  })

  it('of a call that broke off is delivered as far as it came, with a warning', async () => {
    const { dependencies, did, bucket, facts } = world
    const said = { status: 'FAILED', error: 'The call dropped prematurely' }
    bucket.set(KEY, { bytes: TIFF, sizeBytes: TIFF.length, facts: { ...facts, ...said } })
    const { state, warnings } = await receive(dependencies, ARRIVED)
    expect({ state, first: warnings?.[0] }).toEqual({
      state: 'routed',
      first:
        'The call broke off, so pages may be missing at the end; the PBX says: The call dropped prematurely.',
    })
    expect(did.counted).toEqual(['FaxesReceived', 'ReceptionsFailed', 'ConversionTime'])
  })

  it('says what of it is missing or damaged, on record, to each that delivers, and to who is told of it', async () => {
    const { dependencies, did, bucket, facts, ledger } = world
    bucket.set(KEY, { bytes: TIFF, sizeBytes: TIFF.length, facts: { ...facts, pages: '4' } })
    const convert: ReceiveDependencies['convert'] = (...given) => ({
      ...dependencies.convert(...given),
      unreadablePages: [2],
    })
    await receive({ ...dependencies, convert }, ARRIVED)
    const remarks = [
      { remark: 'pages-missing', counted: 4, found: 3 },
      { remark: 'pages-unreadable', pages: [2], count: 1 },
      { remark: 'rows-damaged', rows: 2, pages: [3], count: 1 },
    ]
    expect(ledger.faxes.get(FAX_ID)).toMatchObject({ remarks })
    expect(did.deliveries.map(({ fax }) => fax.remarks)).toEqual([remarks, remarks])
    expect(did.told).toEqual([{ cause: 'damaged', faxId: FAX_ID }])
    const [[, job] = []] = did.printJobs
    expect(job).toMatchObject({
      title: 'Incomplete: Fax 100 from 0478123456',
      fileName: '100-0478123456-1795412511-7m2r4t-incomplete.tif',
    })
  })

  const drawn = { tags: faxTags(64, 8, 4), segments: [writeFax(drawTestPage(64, 8), { coding: 'T.6' })] }
  const unreadable = { ...drawn, segments: [new Uint8Array(40)] }
  it.each<[string, Uint8Array, Remark[]]>([
    [
      'a page in the middle that can not be read',
      writeTiff([drawn, unreadable, drawn]),
      [{ remark: 'pages-unreadable', pages: [2], count: 1 }],
    ],
    [
      'a file that breaks off after its first page',
      writeTiff([drawn, drawn]).slice(0, -60),
      [{ remark: 'pages-missing', counted: 3, found: 1 }],
    ],
    [
      'a file with one page of which the PBX counted three',
      writeTiff([drawn]),
      [{ remark: 'pages-missing', counted: 3, found: 1 }],
    ],
  ])('of which pages are lost is told, by the real conversion of %s', async (_, tiff, remarks) => {
    const { dependencies, did, bucket, facts } = world
    bucket.set(KEY, {
      bytes: new Uint8Array(tiff),
      sizeBytes: tiff.length,
      facts: { ...facts, status: 'SUCCESS', pages: '3' },
    })
    const record = await receive({ ...dependencies, convert: convertTiffToPdf }, ARRIVED)
    expect(record).toMatchObject({ state: 'routed', remarks })
    expect(did.told).toEqual([{ cause: 'damaged', faxId: FAX_ID }])
  })

  it('of which nothing is missing has no remark, and nobody is told', async () => {
    const { dependencies, did, bucket, facts } = world
    bucket.set(KEY, {
      bytes: TIFF,
      sizeBytes: TIFF.length,
      facts: { ...facts, status: 'SUCCESS', pages: '1' },
    })
    const convert: ReceiveDependencies['convert'] = () => ({
      pdf: PDF,
      pages: [page],
      warnings: [],
      unreadablePages: [],
    })
    expect(await receive({ ...dependencies, convert }, ARRIVED)).not.toHaveProperty('remarks')
    expect(did.told).toEqual([])
  })

  it('twice is delivered once', async () => {
    const { dependencies, did } = world
    await receive(dependencies, ARRIVED)
    await receive(dependencies, ARRIVED)
    expect(did.deliveries).toHaveLength(2)
    expect(did.counted).toEqual(['FaxesReceived', 'ConversionTime'])
  })

  it('twice at the same time is recorded and counted once', async () => {
    const { dependencies, did, ledger } = world
    await Promise.all([receive(dependencies, ARRIVED), receive(dependencies, ARRIVED)])
    expect(ledger.faxes.get(FAX_ID)).toMatchObject({ state: 'routed', revision: 1 })
    expect(did.counted).toEqual(['FaxesReceived', 'ConversionTime'])
  })

  it('as an event of S3 tells of it', async () => {
    const event = readFileSync(new URL('../../events/s3-object-created.json', import.meta.url), 'utf8')
    const [object = ARRIVED] = arrivedObjects(event)
    expect(await receive(world.dependencies, object)).toMatchObject({ id: FAX_ID, state: 'routed' })
  })
})

describe('a run that was cut off', () => {
  it('between the ledger and the notice is told by what stands in the ledger', async () => {
    const { dependencies, did, ledger, bucket, facts } = world
    bucket.set(KEY, { bytes: TIFF, sizeBytes: TIFF.length, facts: { ...facts, destination: '999' } })
    const faster: ReceiveDependencies['ledger'] = {
      ...ledger,
      replaceFax: async (next) => {
        await ledger.replaceFax(next)
        return ledger.replaceFax(next)
      },
    }
    expect(await receive({ ...dependencies, ledger: faster }, ARRIVED)).toMatchObject({ state: 'unrouted' })
    expect(did.told).toContainEqual({ cause: 'unrouted', faxId: FAX_ID })
  })

  // Each step that the function takes outside itself, failing once.
  const steps = ['readTiff', 'putFile', 'enqueueDelivery', 'enqueuePrintJob'] as const
  it.each(steps)('in %s is made good by the next one', async (step) => {
    const { dependencies, did, ledger } = world
    const broken = { ...dependencies, [step]: async () => Promise.reject(new Error('cut off')) }
    await expect(receive(broken, ARRIVED)).rejects.toThrow('cut off')
    expect(await receive(dependencies, ARRIVED)).toMatchObject({ state: 'routed' })
    expect(new Set(did.deliveries.map(({ backend }) => backend.name))).toEqual(new Set(['mail', 'log']))
    // Others than the one that failed may have been asked for twice: a job is known by its fax and backend.
    expect(new Set(did.printJobs.map((job) => JSON.stringify(job))).size).toBe(1)
    expect(ledger.deliveries.size).toBe(3)
  })

  it('leaves alone a delivery whose first attempt has begun', async () => {
    const { dependencies, did, ledger } = world
    const closing = { ...ledger, replaceFax: () => Promise.reject(new Error('cut off')) }
    await expect(receive({ ...dependencies, ledger: closing }, ARRIVED)).rejects.toThrow('cut off')
    const begun = ledger.deliveries.get(`${FAX_ID} mail`)
    if (begun === undefined) throw new Error('no delivery was made')
    await ledger.replaceDelivery({ ...begun, state: 'delivered', attempts: 1, revision: 1 })
    await receive(dependencies, ARRIVED)
    expect(did.deliveries.map(({ backend }) => backend.name)).toEqual(['mail', 'log', 'log'])
  })
})

describe('a fax that can not be delivered ends on record', () => {
  it('unrouted, when no section serves its number', async () => {
    const { dependencies, did, bucket, facts } = world
    bucket.set(KEY, { bytes: TIFF, sizeBytes: TIFF.length, facts: { ...facts, destination: '999' } })
    expect(await receive(dependencies, ARRIVED)).toMatchObject({
      state: 'unrouted',
      reason: 'The routing table has no section [dstnum_999] and no [dstnum_default].',
      pdfKey: `pdf/paris/${FAX_ID}.pdf`,
    })
    expect(did.counted).toEqual(['FaxesReceived', 'FaxesUnrouted', 'ConversionTime'])
    expect(did.told).toEqual(expect.arrayContaining([{ cause: 'unrouted', faxId: FAX_ID }]))
    expect(did.deliveries).toEqual([])
  })

  it('refused, with the byte, when it is no TIFF', async () => {
    const { dependencies, did } = world
    const convert = () => {
      throw new ConversionRefused('no TIFF', 4)
    }
    expect(await receive({ ...dependencies, convert }, ARRIVED)).toMatchObject({
      state: 'refused',
      reason: 'no TIFF (at byte 4)',
    })
    expect(did.counted).toEqual(['FaxesReceived', 'FaxesRefused'])
  })

  it('refused unread, when it is larger than memory should hold, with its facts', async () => {
    const { dependencies, bucket, facts } = world
    bucket.set(KEY, { bytes: TIFF, sizeBytes: LARGEST_TIFF_BYTES + 1, facts })
    expect(await receive(dependencies, ARRIVED)).toMatchObject({
      state: 'refused',
      reason: 'The file has 100000001 bytes; at most 100000000 are converted.',
      facts: { destination: '100' },
    })
  })

  it.each([
    [
      { status: 'FAILED', error: 'The call dropped prematurely' },
      'Somebody called, and no page was received; the PBX says: FAILED, The call dropped prematurely.',
    ],
    [{ status: 'SUCCESS' }, 'Somebody called, and no page was received; the PBX says: SUCCESS.'],
    [{}, 'The file is empty, and the PBX did not say why.'],
  ])('missed, when no page came: %j', async (said, reason) => {
    const { dependencies, did, bucket, facts } = world
    bucket.set(KEY, { bytes: new Uint8Array(), sizeBytes: 0, facts: { ...facts, ...said } })
    expect(await receive(dependencies, { ...ARRIVED, sizeBytes: 0 })).toMatchObject({
      state: 'missed',
      reason,
      tiffBytes: 0,
      facts: { source: '0478123456', destination: '100', ...said },
    })
    expect(did.counted).toEqual(['ReceptionsFailed'])
    expect([did.deliveries, did.stored.size]).toEqual([[], 0])
  })

  it('refused, when the object is gone', async () => {
    const { dependencies, bucket } = world
    bucket.clear()
    expect(await receive(dependencies, ARRIVED)).toMatchObject({ state: 'refused' })
  })

  it('refused, when something else lies under incoming/, once', async () => {
    const { dependencies, ledger, did } = world
    const stranger = { ...ARRIVED, key: 'incoming/paris/été (2).tif' }
    const record = await receive(dependencies, stranger)
    expect(record).toMatchObject({ state: 'refused', tiffKey: 'incoming/paris/été (2).tif', site: 'unknown' })
    await receive(dependencies, stranger)
    expect(ledger.faxes.size).toBe(1)
    expect(did.counted).toEqual(['FaxesReceived', 'FaxesRefused'])
  })

  it('but a bug in the conversion is no refusal: it goes back to the queue', async () => {
    const convert = () => {
      throw new TypeError('a bug')
    }
    await expect(receive({ ...world.dependencies, convert }, ARRIVED)).rejects.toThrow('a bug')
    expect(world.ledger.faxes.get(FAX_ID)).toMatchObject({ state: 'received' })
  })
})

describe('a fax that an operator only tries', () => {
  const marked = (facts: Partial<Facts>, bytes = TIFF) => {
    const object = { bytes, sizeBytes: bytes.length, facts: { ...world.facts, simulated: 'yes', ...facts } }
    world.bucket.set(KEY, object)
    return receive(world.dependencies, ARRIVED)
  }

  it('goes the whole way, and nothing of it is delivered, counted or told', async () => {
    const record = await marked({})
    expect(record).toMatchObject({
      state: 'simulated',
      pages: 2,
      backends: ['mail', 'printer_office', 'log'],
    })
    const { did, ledger } = world
    expect([...did.stored.keys()]).toEqual([record.pdfKey])
    expect({ ...did, stored: undefined }).toEqual({
      stored: undefined,
      deliveries: [],
      printJobs: [],
      counted: [],
      told: [],
    })
    expect([ledger.faxes.size, ledger.deliveries.size]).toEqual([1, 0])
    expect(await receive(world.dependencies, ARRIVED)).toEqual(record)
    expect([did.told, did.deliveries]).toEqual([[], []])
  })

  it.each([
    ['a number without a section', { destination: '999' }, TIFF, 'no section [dstnum_999]'],
    ['an empty file', {}, new Uint8Array(), 'no page was received'],
  ])('with %s ends with the reason, and no alarm', async (_, facts, bytes, reason) => {
    expect(await marked({ status: 'FAILED', ...facts }, bytes)).toMatchObject({
      state: 'simulated',
      reason: expect.stringContaining(reason),
    })
    expect([world.did.counted, world.did.told]).toEqual([[], []])
  })
})

describe('a file with the name of another site’s fax', () => {
  const COPY = { ...ARRIVED, key: incomingKey({ site: 'berlin', faxId: FAX_ID }) }
  beforeEach(() => {
    const { bucket, facts } = world
    bucket.set(COPY.key, { bytes: TIFF, sizeBytes: TIFF.length, facts })
  })
  const keysOf = () => [...world.did.stored.keys()].filter((key) => key.startsWith('pdf/')).sort()

  it.each([
    ['first', [COPY, ARRIVED]],
    ['last', [ARRIVED, COPY]],
  ])('that comes %s takes nothing from it: both are delivered, each once', async (_, arrivals) => {
    const { dependencies, did } = world
    const records = []
    for (const object of [...arrivals, ...arrivals]) records.push(await receive(dependencies, object))
    const [first, second] = records
    expect(records.slice(2)).toEqual([first, second])
    expect(first).toMatchObject({ id: FAX_ID, state: 'routed', tiffKey: arrivals[0]?.key })
    expect(second).toMatchObject({ state: 'routed', tiffKey: arrivals[1]?.key })
    expect(second?.id).toMatch(/^20261123T054151Z-/)
    expect(second?.id).not.toBe(FAX_ID)
    expect(keysOf()).toEqual(
      records
        .slice(0, 2)
        .map(({ site, id }) => `pdf/${site}/${id}.pdf`)
        .sort(),
    )
    expect(did.printJobs.map(([, { faxId }]) => faxId)).toEqual([first?.id, second?.id])
  })

  it('at the same moment takes nothing from it either', async () => {
    const { dependencies } = world
    const records = await Promise.all([COPY, ARRIVED].map((object) => receive(dependencies, object)))
    expect(new Set(records.map(({ id }) => id)).size).toBe(2)
    expect(records.map(({ state }) => state)).toEqual(['routed', 'routed'])
  })
})
