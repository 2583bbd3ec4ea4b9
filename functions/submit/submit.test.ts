import { beforeEach, describe, expect, it } from 'vitest'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { outgoingKey, transmissionIdOf } from '../../shared/transmission/keys.ts'
import type { OutboundProfile } from '../../shared/transmission/outbound-profile.ts'
import { makeMemoryTransmissions } from '../ledger/memory-transmissions.ts'
import { cancelTransmission } from '../ledger/transmission-transitions.ts'
import type { Metric } from '../metrics.ts'
import { type FaxDocument, PdfRefused, type RasteriseOptions } from './rasterise/rasterise-pdf.ts'
import { type SubmitDependencies, submit } from './submit.ts'

const KEY = outgoingKey({ site: 'main', documentId: '20261125T090000Z-0123456789ab' })
const PUT = { key: KEY, putAt: new Date('2026-11-25T09:00:01Z'), putBy: 'AROAEXAMPLEEXAMPLE00:ann' }
const ID = transmissionIdOf({ key: KEY, destination: '0112697845', putAt: PUT.putAt })

const PROFILE: OutboundProfile = {
  name: 'default',
  site: 'main',
  country: 'FR',
  callerNumbers: ['0478123456', '0478123457'],
  stationId: 'CABINET',
  header: 'Cabinet Martin',
  headerBy: 'gateway',
  allowInternational: [],
  allowPremium: [],
  senders: [],
  noticesFrom: 'fax@example.org',
  dailyLimit: 3,
  retries: 3,
  retryWaitSeconds: 300,
  resolution: 'fine',
  widthPixels: 1728,
}

const DOCUMENT: FaxDocument = {
  tiff: new Uint8Array(100),
  pages: 2,
  firstPagePng: new Uint8Array(10),
  warnings: ['A font is missing.'],
  lineSeconds: 12.5,
}

function makeWorld() {
  const ledger = makeMemoryTransmissions()
  const did = {
    stored: new Map<string, string>(),
    scheduled: [] as string[],
    told: [] as string[],
    counted: [] as Metric[],
    options: [] as RasteriseOptions[],
  }
  const metadata: Record<string, string> = { to: '01 12 69 78 45', notify: 'ann@example.org' }
  const bucket = new Map([[KEY, { sizeBytes: 4, bytes: new Uint8Array(4), storedAt: PUT.putAt, metadata }]])
  const profiles = [PROFILE]
  const dependencies: SubmitDependencies = {
    ledger,
    rules: { profiles, timeZone: 'Europe/Paris' },
    dailyLimitOf: (outbound) => profiles.find(({ name }) => name === outbound)?.dailyLimit,
    readDocument: async ({ key }) => bucket.get(key),
    rasterise: async (_, options) => {
      did.options.push(options)
      return DOCUMENT
    },
    putObject: async ({ key, contentType }) => void did.stored.set(key, contentType),
    scheduleAttempt: async ({ id }) => void did.scheduled.push(id),
    tellEnd: async ({ id }) => void did.told.push(id),
    count: (metric) => void did.counted.push(metric),
    now: () => new Date('2026-11-25T09:00:02.000Z'),
  }
  return { ledger, did, metadata, bucket, profiles, dependencies }
}

let world: ReturnType<typeof makeWorld>
beforeEach(() => {
  world = makeWorld()
})

const run = async (lastReceive = false): Promise<TransmissionRecord[]> =>
  submit(world.dependencies, PUT, lastReceive)

describe('a document', () => {
  it('becomes pages, a picture and a record that waits for its attempt', async () => {
    expect(await run()).toEqual([
      expect.objectContaining({
        id: ID,
        state: 'waiting',
        destination: '0112697845',
        outbound: 'default',
        sender: PUT.putBy,
        way: 'bucket',
        notify: ['ann@example.org'],
        counted: true,
        settings: expect.objectContaining({ callerNumber: '0478123456', header: 'Cabinet Martin' }),
        rasterised: {
          tiffKey: `transmit/main/${ID}.tif`,
          tiffBytes: 100,
          sha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
          pages: 2,
          pictureKey: `transmit/main/${ID}.png`,
          lineSeconds: 12.5,
          warnings: ['A font is missing.'],
        },
      }),
    ])
    expect([...world.did.stored]).toEqual([
      [`transmit/main/${ID}.tif`, 'image/tiff'],
      [`transmit/main/${ID}.png`, 'image/png'],
    ])
    expect(world.did).toMatchObject({ scheduled: [ID], told: [], counted: ['TransmissionsAccepted'] })
  })

  it('has a line above each page that says when, who, from where and which page', async () => {
    await run()
    const [options] = world.did.options
    expect(options).toMatchObject({ resolution: 'fine', widthPixels: 1728 })
    expect(options?.header?.(2, 3)).toBe('2026-11-25 10:00   Cabinet Martin   0478123456   Page 2 of 3')
  })

  it('for a later time says that time on its pages', async () => {
    world.metadata.at = '2026-11-25T21:30:00+01:00'
    expect(await run()).toMatchObject([
      { notBefore: '2026-11-25T20:30:00.000Z', nextAttemptAt: '2026-11-25T20:30:00.000Z' },
    ])
    expect(world.did.options[0]?.header?.(1, 1)).toContain('2026-11-25 21:30')
  })

  it('to several is rasterised once, and sent to each once', async () => {
    world.metadata.to = '0112697845, 01.12.69.78.46, +33112697845'
    const records = await run()
    expect(records.map(({ destination }) => destination)).toEqual(['0112697845', '0112697846'])
    expect(new Set(records.map(({ documentKey }) => documentKey)).size).toBe(1)
    expect(world.did.options).toHaveLength(1)
    expect(world.did.scheduled).toHaveLength(2)
  })

  it('is taken as its sender wishes, where the table lets it', async () => {
    Object.assign(world.metadata, { from: '04 78 12 34 57', header: 'B%C3%BCro', resolution: 'standard' })
    expect(await run()).toMatchObject([
      { settings: { callerNumber: '0478123457', header: 'Büro', resolution: 'standard' } },
    ])
  })

  it('that comes again is sent once', async () => {
    const first = await run()
    expect(await run()).toEqual(first)
    expect(world.did.options).toHaveLength(1)
    expect(world.did.counted).toEqual(['TransmissionsAccepted'])
    // The site's agent claims an attempt, so a second word about it does no harm, and a lost first one would.
    expect(world.did.scheduled).toEqual([ID, ID])
  })

  it.each(['putObject', 'scheduleAttempt', 'rasterise'] as const)(
    'that was cut off in %s is done at the next time',
    async (step) => {
      const whole = world.dependencies[step]
      world.dependencies[step] = async () => {
        throw new Error('cut off')
      }
      await expect(run()).rejects.toThrow('cut off')
      Object.assign(world.dependencies, { [step]: whole })
      expect(await run()).toMatchObject([{ state: 'waiting' }])
      expect(world.did.scheduled).toEqual([ID])
      expect(world.did.counted).toEqual(['TransmissionsAccepted'])
    },
  )

  it('whose record was written before, by who checked its sender, is sent as that says', async () => {
    const [accepted] = await run()
    if (accepted === undefined) throw new Error('There was to be a record.')
    const { rasterised: _, nextAttemptAt: __, ...rest } = accepted
    world = makeWorld()
    world.profiles.splice(0)
    await world.ledger.addTransmission({
      ...rest,
      state: 'accepted',
      way: 'mail',
      sender: 'ann@example.org',
      counted: true,
    })
    expect(await run()).toMatchObject([{ state: 'waiting', way: 'mail', sender: 'ann@example.org' }])
  })

  it('that was canceled before is not even looked at', async () => {
    const [accepted] = await run()
    if (accepted === undefined) throw new Error('There was to be a record.')
    world = makeWorld()
    const canceled = cancelTransmission(accepted, 'as asked', new Date())
    await world.ledger.addTransmission(canceled ?? accepted)
    expect(await run()).toMatchObject([{ state: 'canceled' }])
    expect(world.did).toMatchObject({ options: [], scheduled: [], told: [ID] })
  })

  it('that is canceled while its pages are made holds up none of the other numbers', async () => {
    world.metadata.to = '0112697845, 0112697846'
    const { ledger, dependencies } = world
    const { rasterise } = dependencies
    dependencies.rasterise = async (...given) => {
      const record = await ledger.getTransmission(ID)
      const canceled = record && cancelTransmission(record, 'as asked', dependencies.now())
      expect(canceled && (await ledger.replaceTransmission(canceled))).toBe(true)
      return rasterise(...given)
    }
    expect((await run()).map(({ state }) => state)).toEqual(['canceled', 'waiting'])
    expect(world.did.scheduled).toHaveLength(1)
    expect(await ledger.getTransmission(ID)).toMatchObject({ state: 'canceled' })
  })
})

describe('a document is refused, and its sender told,', () => {
  it.each<[string, Record<string, string>, string]>([
    ['without a number', { to: '' }, 'x-amz-meta-to'],
    ['for a resolution that there is not', { resolution: 'x' }, 'x-amz-meta-resolution'],
    ['for a number abroad', { to: '+4930123456' }, 'international'],
    [
      'for a caller of somebody else',
      { from: '0112345678' },
      'caller_id of the routing table has 0478123456, 0478123457',
    ],
    [
      'for a section that there is not',
      { outbound: 'sales' },
      'no section [outbound_sales]; there is default',
    ],
    ['for a time too far ahead', { at: '2026-12-25T09:00:00Z' }, '14 days at most'],
  ])('%s', async (_, changes, reason) => {
    Object.assign(world.metadata, changes)
    const [record] = await run()
    expect(record).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining(reason),
      closedAt: expect.any(String),
    })
    expect(world.did).toMatchObject({
      options: [],
      scheduled: [],
      told: [record?.id],
      counted: ['TransmissionsRefused'],
    })
  })

  it('by the rasteriser, in its words', async () => {
    world.dependencies.rasterise = async () => {
      throw new PdfRefused('encrypted', 'The PDF wants a password.')
    }
    expect(await run()).toMatchObject([{ state: 'refused', reason: 'The PDF wants a password.' }])
    expect(world.did).toMatchObject({ scheduled: [], told: [ID] })
  })

  it('when it broke everything off each time', async () => {
    expect(await run(true)).toMatchObject([
      { state: 'refused', reason: expect.stringContaining('could not be made in several tries') },
    ])
  })

  it('above the daily limit', async () => {
    world.metadata.to = '0112697841,0112697842,0112697843,0112697844'
    const records = await run()
    expect(records.map(({ state }) => state).sort()).toEqual(['refused', 'waiting', 'waiting', 'waiting'])
    expect(records.find(({ state }) => state === 'refused')?.reason).toContain('daily limit of 3')
  })

  it('when its sender is none of those of the table', async () => {
    world.profiles.splice(0, 1, { ...PROFILE, principals: ['AROASOMEBODYELSE0000:*'] })
    expect(await run()).toMatchObject([{ state: 'refused', reason: expect.stringContaining('may not send') }])
    world = makeWorld()
    world.profiles.splice(0, 1, { ...PROFILE, principals: ['AROAEXAMPLEEXAMPLE00:*'] })
    expect(await run()).toMatchObject([{ state: 'waiting' }])
  })

  it('when it lies where no site is, or is gone', async () => {
    expect(await submit(world.dependencies, { ...PUT, key: 'outgoing/x.pdf' }, false)).toMatchObject([
      { state: 'refused', reason: expect.stringContaining('outgoing/<site>/<name>.pdf') },
    ])
    world.bucket.clear()
    expect(await run()).toMatchObject([
      { state: 'refused', reason: expect.stringContaining('not in the bucket') },
    ])
  })
})
