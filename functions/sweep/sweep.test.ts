import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeFaxId } from '../../shared/fax-id.ts'
import type { HeartbeatRecord } from '../../shared/ledger/heartbeat-record.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'
import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import { whatIsStuck } from '../../shared/ledger/stuck.ts'
import type { DispatchRequest } from '../../shared/messages.ts'
import { delivered, failed } from '../../shared/outcome.ts'
import { claim, openDelivery, settle } from '../ledger/delivery-transitions.ts'
import type { Metric } from '../metrics.ts'
import { arrivedObjects } from '../receive/s3-event.ts'
import { announcement } from './announcement.ts'
import { pair, type StoredFax, type StoredObject } from './pair.ts'
import { sequenceGaps } from './sequence-gaps.ts'
import { sweep } from './sweep.ts'

const NOON = new Date('2026-11-25T12:00:00Z')
const minutesAgo = (minutes: number) => new Date(NOON.getTime() - minutes * 60_000)

function storedAt(at: Date, name = 'x'): StoredFax {
  const faxId = makeFaxId(at, name)
  return { faxId, site: 'main', key: `incoming/main/${faxId}.tif`, sizeBytes: 100, storedAt: at }
}

function entryOf(
  { faxId: id, site, key, storedAt }: StoredFax,
  changes: Partial<FaxEntry['fax']> = {},
  deliveries: DeliveryRecord[] = [],
): FaxEntry {
  const receivedAt = storedAt.toISOString()
  const backends = deliveries
    .filter(({ fallbackOf }) => fallbackOf === undefined)
    .map(({ backend }) => backend)
  const fax: FaxEntry['fax'] = {
    id,
    site,
    state: 'routed',
    backends,
    facts: { receivedAt },
    tiffKey: key,
    tiffBytes: 100,
    openedAt: receivedAt,
    revision: 1,
    ...changes,
  }
  return { fax, deliveries }
}

function deliveryOf(
  stored: StoredFax,
  state: 'waiting' | 'delivered' | 'failed',
  kind = 'mail',
  backend = 'mail',
) {
  const at = stored.storedAt
  const opened = openDelivery(stored.faxId, { name: backend, kind }, at)
  if (state === 'waiting') return opened
  const outcome = state === 'delivered' ? delivered('a', 'b') : failed('no')
  return settle(claim(opened, at, 60) ?? opened, outcome, at, undefined)
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items
}

const byId = (one: { faxId: string }, other: { faxId: string }) => (one.faxId < other.faxId ? -1 : 1)

async function swept(
  stored: StoredFax[],
  entries: FaxEntry[],
  deadLetters: { queue: string; messages: number }[] = [],
  documents: StoredObject[] = [],
  heartbeats: HeartbeatRecord[] = [],
  minutes = 2880,
) {
  const counted: Metric[] = []
  const documentsAnnounced: StoredObject[] = []
  const announced: StoredFax[] = []
  const requested: DispatchRequest[] = []
  const sorted = [...entries].sort((one, other) => (one.fax.id < other.fax.id ? -1 : 1))
  const report = await sweep(
    {
      queries: {
        faxesBetween: () => each(sorted),
        stuck: () =>
          each(
            sorted
              .map((entry) => ({ ...entry, stuck: whatIsStuck(entry, NOON) }))
              .filter(({ stuck }) => stuck.length > 0),
          ),
      },
      storedBetween: () => each([...stored].sort(byId)),
      announce: async (one) => void announced.push(one),
      requestDelivery: async (request) => void requested.push(request),
      deadLetters: async () => deadLetters,
      heartbeats: async () => heartbeats,
      transmissions: { ofDay: () => each([]), open: () => each([]) },
      documentsBetween: () => each(documents),
      findDocument: async () => undefined,
      announceDocument: async (document) => void documentsAnnounced.push(document),
      hasSubmissions: async () => false,
      scheduleAttempt: async () => {},
      count: (metric) => void counted.push(metric),
      now: () => NOON,
      faxesDays: 30,
    },
    minutesAgo(minutes),
  )
  return { report, counted, announced, requested, documentsAnnounced }
}

describe('a sweep', () => {
  it('adds up what was received', async () => {
    const states = ['refused', 'unrouted', 'missed'] as const
    const stored = Array.from({ length: 7 }, (_, index) => storedAt(minutesAgo(60), `fax ${index}`))
    const entries = stored.map((one, index) => {
      const state = states[index - 4]
      if (state !== undefined) return entryOf(one, { state })
      return entryOf(one, {}, [
        deliveryOf(one, (['waiting', 'delivered', 'failed', 'delivered'] as const)[index] ?? 'failed'),
      ])
    })
    const { report } = await swept(stored, entries)
    expect(report).toMatchObject({
      received: 7,
      counts: { delivered: 2, waiting: 1, failed: 1, refused: 1, unrouted: 1, missed: 1, simulated: 0 },
      holds: true,
      repaired: [],
      findings: [],
    })
  })

  it('announces a file of which S3 told nobody, as S3 would have', async () => {
    const [lost, young] = [storedAt(minutesAgo(60), 'lost'), storedAt(minutesAgo(5), 'young')]
    const { report, announced } = await swept([lost, young], [])
    expect(announced).toEqual([lost])
    expect(report).toMatchObject({ received: 2, counts: { waiting: 2 }, holds: true, repairedCount: 1 })
    expect(arrivedObjects(JSON.stringify(announcement('bucket', lost)))).toEqual([
      { key: lost.key, sizeBytes: 100, arrivedAt: lost.storedAt },
    ])
  })

  it('sends again what is stuck, and leaves a print job to the site', async () => {
    const [fax, mail, print] = ['a', 'b', 'c'].map((name) => storedAt(minutesAgo(13_000), name)) as [
      StoredFax,
      StoredFax,
      StoredFax,
    ]
    const { report, announced, requested } = await swept(
      [fax, mail, print],
      [
        entryOf(fax, { state: 'received' }),
        entryOf(mail, {}, [deliveryOf(mail, 'waiting')]),
        entryOf(print, {}, [deliveryOf(print, 'waiting', 'printer', 'printer_a')]),
      ],
    )
    expect(announced.map(({ key }) => key)).toEqual([fax.key])
    expect(requested).toEqual([{ version: 1, faxId: mail.faxId, backend: 'mail', because: 'lost' }])
    expect(report.findings).toEqual([{ faxId: print.faxId, what: expect.stringContaining('printer_a') }])
  })

  it('has a print job given up that no queue holds any more', async () => {
    const print = storedAt(minutesAgo(10 * 24 * 60 + 1))
    const { report, requested } = await swept(
      [print],
      [entryOf(print, {}, [deliveryOf(print, 'waiting', 'printer', 'printer_a')])],
    )
    expect(requested).toEqual([{ version: 1, faxId: print.faxId, backend: 'printer_a', because: 'lost' }])
    expect(report.repaired).toEqual([{ faxId: print.faxId, what: expect.stringMatching(/given up$/) }])
    expect(report.findings).toEqual([])
  })

  it('asks for the fallback of what was given up a while ago, where there is no record of one', async () => {
    const [old, young] = [storedAt(minutesAgo(60), 'old'), storedAt(minutesAgo(20), 'young')]
    const givenUp = (stored: StoredFax) => ({
      ...deliveryOf(stored, 'failed'),
      fallback: 'log',
      maybeDelivered: true,
    })
    const { report, requested } = await swept(
      [old, young],
      [entryOf(old, {}, [givenUp(old)]), entryOf(young, {}, [givenUp(young)])],
    )
    expect(requested).toEqual([
      {
        version: 1,
        faxId: old.faxId,
        backend: 'log',
        because: 'fallback',
        fallbackOf: 'mail',
        maybeDelivered: true,
      },
    ])
    expect([report.repairedCount, report.counts.waiting]).toEqual([1, 2])
    const replaced = deliveryOf(old, 'delivered', 'log', 'log')
    const again = await swept([old], [entryOf(old, {}, [givenUp(old), { ...replaced, fallbackOf: 'mail' }])])
    expect([again.requested, again.report.counts.delivered]).toEqual([[], 1])
  })

  it('makes a delivery that a routed fax should have and has not', async () => {
    const stored = storedAt(minutesAgo(60))
    const { requested, report } = await swept(
      [stored],
      [entryOf(stored, { backends: ['mail', 'log'] }, [deliveryOf(stored, 'delivered')])],
    )
    expect(requested).toMatchObject([{ backend: 'log', because: 'lost' }])
    expect(report.counts.waiting).toBe(1)
  })

  it('tells of a file that is gone, of numbers that never came, and of dead letters', async () => {
    const numbered = [7, 8, 11].map((number) => {
      const stored = storedAt(minutesAgo(600 - number), String(number))
      const facts = { receivedAt: stored.storedAt.toISOString(), sequence: String(number) }
      return { stored, entry: entryOf(stored, { facts }, [deliveryOf(stored, 'delivered')]) }
    })
    const { report } = await swept(
      numbered.slice(1).map(({ stored }) => stored),
      numbered.map(({ entry }) => entry),
      [{ queue: 'faxlane-arrivals-dead', messages: 3 }],
    )
    expect(report.findings.map(({ what }) => what)).toEqual([
      expect.stringContaining('is not in the bucket'),
      expect.stringContaining('numbers 9 to 10'),
      '3 messages lie in faxlane-arrivals-dead: faxlane redrive faxlane-arrivals-dead',
    ])
    expect(report.holds).toBe(true)
  })

  it('does not call a file gone that was uploaded after the bucket was read, nor one whose time is over', async () => {
    const [young, old] = [storedAt(minutesAgo(5), 'young'), storedAt(minutesAgo(31 * 1440), 'old')]
    const entries = [young, old].map((one) => entryOf(one, {}, [deliveryOf(one, 'delivered')]))
    expect((await swept([], entries)).report.findings).toEqual([])
  })

  it('calls for a person when a file is announced night after night, and nobody takes it up', async () => {
    const [today, before] = [storedAt(minutesAgo(600), 'today'), storedAt(minutesAgo(27 * 60), 'before')]
    const { report, announced } = await swept([today, before], [])
    expect(announced).toEqual([before, today])
    expect(report.repaired.map(({ faxId }) => faxId)).toEqual([today.faxId])
    expect(report.findings).toEqual([
      { faxId: before.faxId, what: expect.stringMatching(/27 hours.*faxlane status/) },
    ])
  })

  it.each([
    ['counted when it has looked at a day or more', 1440, ['SweepRan']],
    ['not counted when it was asked to look at an hour', 60, []],
  ])('is %s', async (_, minutes, counted) => {
    expect((await swept([], [], [], [], [], minutes)).counted).toEqual(counted)
  })

  it('counts documents to be sent apart from what was received', async () => {
    const document = { key: 'outgoing/main/letter.pdf', sizeBytes: 1, storedAt: minutesAgo(60) }
    const { report, documentsAnnounced } = await swept([], [], [], [document])
    expect(documentsAnnounced).toEqual([document])
    expect(report).toMatchObject({
      received: 0,
      counts: { waiting: 0 },
      toBeSent: { taken: 1, counts: { waiting: 1, sent: 0 }, holds: true },
      repairedCount: 1,
      findings: [],
    })
  })
})

describe('objects and records', () => {
  it('are paired by fax, each once, several of a second among them', async () => {
    const ids = fc.uniqueArray(fc.nat({ max: 50 }))
    await fc.assert(
      fc.asyncProperty(ids, ids, async (objects, records) => {
        const of = (number: number) => storedAt(minutesAgo(Math.floor(number / 5)), String(number))
        const pairs = []
        const sorted = [...objects.map(of)].sort(byId)
        const entries = [...records.map(of)].sort(byId).map((one) => entryOf(one))
        for await (const one of pair(each(sorted), each(entries))) {
          if (one.stored !== undefined && one.entry !== undefined)
            expect(one.stored.faxId).toBe(one.entry.fax.id)
          pairs.push(one.stored?.faxId ?? one.entry?.fax.id ?? '')
        }
        const all = [...new Set([...objects, ...records])].map((number) => of(number).faxId).sort()
        expect(pairs.sort()).toEqual(all)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a file with the name of another site’s fax', () => {
  it('is paired with its own record, and is neither missed nor announced', async () => {
    const first = storedAt(minutesAgo(60), 'a name')
    const second = { ...first, site: 'berlin', key: first.key.replace('main', 'berlin') }
    const renamed = entryOf(second, { id: makeFaxId(first.storedAt, 'another name'), site: 'berlin' })
    const { report, announced } = await swept([first, second], [entryOf(first), renamed])
    expect(report).toMatchObject({ received: 2, holds: true, repairedCount: 0, findingsCount: 0 })
    expect(announced).toEqual([])
  })
})

describe('gaps in a count', () => {
  const numbers = (...list: number[]) =>
    list.map((number, index) => ({ number, receivedAt: minutesAgo(1000 - index) }))
  const lookedAt = { from: minutesAgo(2880), now: NOON, patienceMinutes: 120 }
  it.each([
    ['none', numbers(5, 6, 7), []],
    ['one', numbers(5, 7), [{ first: 6, last: 6 }]],
    [
      'several in a row, and one more',
      numbers(5, 9, 11),
      [
        { first: 6, last: 8 },
        { first: 10, last: 10 },
      ],
    ],
    ['none for numbers out of order', numbers(5, 7, 6, 9, 8), []],
    ['none between an old count and a new one', numbers(5001, 5002, 1, 2), []],
    [
      'none between a count and that of an agent whose state was lost',
      numbers(1_790_000_001, 1_790_090_000),
      [],
    ],
    ['nothing at all', [], []],
  ])('are %s', (_, list, gaps) => {
    expect(sequenceGaps(list, lookedAt)).toEqual(gaps)
  })

  it('are not asked for before their time', () => {
    const late = [
      { number: 5, receivedAt: minutesAgo(1000) },
      { number: 7, receivedAt: minutesAgo(5) },
    ]
    expect(sequenceGaps(late, lookedAt)).toEqual([])
  })

  it('are not asked for at the edge of what is looked at: 6 was received before it, and was first tried after 5', () => {
    const edge = [
      { number: 5, receivedAt: minutesAgo(2879) },
      { number: 7, receivedAt: minutesAgo(2870) },
      { number: 8, receivedAt: minutesAgo(1000) },
    ]
    expect(sequenceGaps(edge, lookedAt)).toEqual([])
  })
})

describe('numbers that an agent gave, and after which nothing came', () => {
  const heartbeat = (waiting: number, ...marks: [number: number, minutes: number][]): HeartbeatRecord => ({
    ...{ site: 'main', agent: 'edge', waiting },
    ...{ at: NOON.toISOString(), heardAt: NOON.toISOString() },
    marks: marks.map(([number, minutes]) => ({ number, heardAt: minutesAgo(minutes).toISOString() })),
  })
  const numbered = (number: number) => {
    const stored = storedAt(minutesAgo(600), String(number))
    const facts = { receivedAt: stored.storedAt.toISOString(), sequence: String(number) }
    return { stored, entry: entryOf(stored, { facts }, [deliveryOf(stored, 'delivered')]) }
  }
  const found = async (heard: HeartbeatRecord) => {
    const { stored, entry } = numbered(7)
    const { report } = await swept([stored], [entry], [], [], [heard])
    return report.findings.map(({ what }) => what)
  }

  it.each([
    ['they are missed', heartbeat(0, [7, 300], [9, 150]), 'numbers 8 to 9'],
    ['those are missed that do not wait', heartbeat(1, [9, 150]), 'numbers 8 to 9'],
  ])('%s', async (_, heard, numbers) => {
    expect(await found(heard)).toEqual([expect.stringContaining(numbers)])
  })

  it.each([
    ['all came', heartbeat(0, [7, 150])],
    ['they wait there', heartbeat(2, [9, 150])],
    ['they may be on their way', heartbeat(0, [7, 150], [9, 100])],
    ['the count is another', heartbeat(0, [90_000, 150])],
    ['it gives no numbers', heartbeat(0)],
  ])('nobody is called when %s', async (_, heard) => {
    expect(await found(heard)).toEqual([])
  })
})
