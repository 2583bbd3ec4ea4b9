import { describe, expect, it } from 'vitest'
import { makeFaxId } from '../../shared/fax-id.ts'
import { dayOfFaxId } from '../../shared/ledger/index-keys.ts'
import { whyStuck } from '../../shared/ledger/stuck-transmission.ts'
import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { outgoingKey, transmissionIdOf } from '../../shared/transmission/keys.ts'
import { sampleTransmission, waitingTransmission } from '../ledger/sample-transmission.ts'
import { arrivedObjects } from '../receive/s3-event.ts'
import { announcement } from './announcement.ts'
import type { StoredObject } from './pair.ts'
import { sweepTransmissions } from './sweep-transmissions.ts'

const NOON = new Date('2026-11-25T12:00:00.000Z')
const minutesAgo = (minutes: number) => new Date(NOON.getTime() - minutes * 60_000)
const instant = (minutes: number) => minutesAgo(minutes).toISOString()

function documentAt(minutes: number, key?: string): StoredObject {
  const storedAt = minutesAgo(minutes)
  const named = outgoingKey({ site: 'main', documentId: makeFaxId(storedAt, 'document') })
  return { key: key ?? named, sizeBytes: 5000, storedAt }
}

/** As `submit` records it when its event came, so long after the listing's time. */
function recordOf({ key, storedAt }: StoredObject, eventSeconds = 0): TransmissionRecord {
  const putAt = new Date(storedAt.getTime() + eventSeconds * 1000)
  const id = transmissionIdOf({ key, destination: '0112697845', putAt })
  return sampleTransmission({ id, documentKey: key, state: 'sent', openedAt: putAt.toISOString() })
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items
}

interface World {
  documents?: StoredObject[]
  records?: TransmissionRecord[]
  hasSubmissions?: boolean
}

async function swept({ documents = [], records = [], hasSubmissions = false }: World) {
  const announced: string[] = []
  const scheduled: string[] = []
  const report = await sweepTransmissions(
    {
      transmissions: {
        ofDay: (day) => each(records.filter(({ id }) => dayOfFaxId(id) === day)),
        open: () => each(records.filter((record) => !hasTransmissionEnded(record))),
      },
      documentsBetween: (from, to) =>
        each(documents.filter(({ storedAt }) => storedAt >= from && storedAt < to)),
      findDocument: async (wanted) => documents.find(({ key }) => key === wanted),
      announceDocument: async ({ key }) => void announced.push(key),
      hasSubmissions: async () => hasSubmissions,
      scheduleAttempt: async ({ id }) => void scheduled.push(id),
    },
    { from: minutesAgo(2880), to: NOON, patienceMinutes: 30 },
  )
  return { report, announced, scheduled }
}

const LETTER = 'outgoing/main/letter 17 é.pdf'
const NO_TIME = 'outgoing/main/20269999T999999Z-9pncjvmdn1vq.pdf'

describe('a document under outgoing/', () => {
  const byId = documentAt(60)
  const byName = documentAt(60, LETTER)
  it.each<[string, World, { waiting: number; announced: string[]; findings: number }]>([
    [
      'named by an id is announced',
      { documents: [byId] },
      { waiting: 1, announced: [byId.key], findings: 0 },
    ],
    [
      'named by an id is announced, whatever else is queued',
      { documents: [byId], hasSubmissions: true },
      { waiting: 1, announced: [byId.key], findings: 0 },
    ],
    ['of any name is announced', { documents: [byName] }, { waiting: 1, announced: [LETTER], findings: 0 }],
    [
      'of any name is left to a person while its event may be queued',
      { documents: [byName], hasSubmissions: true },
      { waiting: 1, announced: [], findings: 1 },
    ],
    [
      'of a form like an id that is no time is as one of any name',
      { documents: [documentAt(60, NO_TIME)], hasSubmissions: true },
      { waiting: 1, announced: [], findings: 1 },
    ],
    ['may be on its way', { documents: [documentAt(20)] }, { waiting: 1, announced: [], findings: 0 }],
    [
      'is known by its record',
      { documents: [byId, byName], records: [recordOf(byId), recordOf(byName, 0.8)] },
      { waiting: 0, announced: [], findings: 0 },
    ],
    [
      'named by an id of another day is known by that day',
      {
        documents: [{ ...documentAt(9000), storedAt: minutesAgo(60) }],
        records: [recordOf(documentAt(9000))],
      },
      { waiting: 0, announced: [], findings: 0 },
    ],
    [
      'is known though its upload took until after midnight',
      { documents: [documentAt(750, LETTER)], records: [recordOf(documentAt(750, LETTER), 3600)] },
      { waiting: 0, announced: [], findings: 0 },
    ],
    [
      'that was put again under its name is not known by the one before',
      { documents: [byName], records: [recordOf(documentAt(120, LETTER))] },
      { waiting: 1, announced: [LETTER], findings: 0 },
    ],
    [
      'that is no PDF of a site is announced as well, for its refusal',
      { documents: [documentAt(60, 'outgoing/stray')] },
      { waiting: 1, announced: ['outgoing/stray'], findings: 0 },
    ],
  ])('%s', async (_, world, expected) => {
    const { report, announced } = await swept(world)
    const { waiting } = report.counts
    expect({ waiting, announced, findings: report.findings.length }).toEqual(expected)
    expect(report.repaired).toHaveLength(expected.announced.length)
  })

  it('is announced as S3 would have, but for who put it', () => {
    expect(arrivedObjects(JSON.stringify(announcement('bucket', byName)))).toEqual([
      { key: LETTER, sizeBytes: 5000, arrivedAt: byName.storedAt },
    ])
  })
})

const waitingSince = (minutes: number) => ({ ...waitingTransmission(), nextAttemptAt: instant(minutes) })
/** Its call may last 216 s, and ring for 60 s. */
const dialled = (minutes: number, state: 'dialling' | 'sending') => {
  const { nextAttemptAt: _, ...record } = waitingTransmission({ openedAt: instant(9000) })
  return { ...record, state, dialledAt: instant(minutes) }
}

describe('a transmission', () => {
  it.each<[string, TransmissionRecord, string | undefined]>([
    ['accepted long ago', sampleTransmission({ openedAt: instant(181) }), 'announce'],
    ['accepted lately', sampleTransmission({ openedAt: instant(179) }), undefined],
    ['that should have been dialled long ago', waitingSince(181), 'schedule'],
    ['that should have been dialled lately', waitingSince(179), undefined],
    ['that waits for its time', waitingSince(-1000), undefined],
    ['dialled long ago', dialled(185, 'dialling'), 'cancel'],
    ['that is sending since long ago', dialled(185, 'sending'), 'cancel'],
    ['whose call may last', dialled(184, 'sending'), undefined],
    ['that was dialled lately, days after it came', dialled(10, 'dialling'), undefined],
    ['that is unknown', sampleTransmission({ state: 'unknown', openedAt: instant(9000) }), undefined],
    ['that is sent', sampleTransmission({ state: 'sent', openedAt: instant(9000) }), undefined],
  ])('%s', (_, record, remedy) => {
    expect(whyStuck(record, NOON)?.remedy).toBe(remedy)
  })

  it('that lost its message is scheduled again, one that was dialled is not', async () => {
    const waiting = waitingSince(300)
    const records = [waiting, dialled(300, 'dialling'), dialled(300, 'sending')]
    const { report, announced, scheduled } = await swept({ records })
    expect({ announced, scheduled }).toEqual({ announced: [], scheduled: [waiting.id] })
    expect(report.repaired).toEqual([{ faxId: waiting.id, what: expect.stringContaining('was due at') }])
    const { id } = dialled(300, 'dialling')
    const what = expect.stringMatching(
      new RegExp(`may have gone out, and is not dialled again.*faxlane cancel ${id}`),
    )
    expect(report.findings).toEqual([
      { faxId: id, what },
      { faxId: id, what },
    ])
  })

  it('that nobody looked at has its document announced, once for all of its numbers', async () => {
    const document = documentAt(6000)
    const accepted = ['0112697845', '0112697846'].map((destination) =>
      sampleTransmission({
        id: transmissionIdOf({ key: document.key, destination, putAt: document.storedAt }),
        documentKey: document.key,
        openedAt: instant(6000),
      }),
    )
    const { report, announced } = await swept({ documents: [document], records: accepted })
    expect(announced).toEqual([document.key])
    expect(report).toMatchObject({ repaired: [{}, {}], findings: [], taken: 0 })
  })

  it.each([
    ['whose document is gone', documentAt(300).key, [], 'is not in the bucket'],
    ['whose event would make another of it', LETTER, [documentAt(300, LETTER)], 'faxlane redrive'],
  ])('%s is left to a person', async (_, documentKey, documents, words) => {
    const id = makeFaxId(minutesAgo(299), 'accepted')
    const record = sampleTransmission({ id, documentKey, openedAt: instant(299) })
    const { report, announced } = await swept({ documents, records: [record] })
    expect(announced).toEqual([])
    expect(report.findings).toEqual([{ faxId: id, what: expect.stringContaining(words) }])
  })
})
