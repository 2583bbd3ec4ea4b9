import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { TransmitJob } from '../../shared/transmission/transmit-job.ts'
import { makeMemoryTransmissions } from '../ledger/memory-transmissions.ts'
import { sampleTransmission, waitingTransmission } from '../ledger/sample-transmission.ts'
import { type DueAttempt, dueAttempt, hop } from './due-attempt.ts'
import { schedule, transmitJob } from './schedule.ts'

async function site(record: TransmissionRecord | undefined, now: string) {
  const ledger = makeMemoryTransmissions()
  if (record !== undefined) await ledger.addTransmission(record)
  const sent: { message: DueAttempt; delaySeconds: number }[] = []
  const jobs: TransmitJob[] = []
  return {
    sent,
    jobs,
    run: (message: DueAttempt) =>
      schedule(
        {
          ledger,
          sendLater: async (later, delaySeconds) => void sent.push({ message: later, delaySeconds }),
          sendJob: async (job) => void jobs.push(job),
          now: () => new Date(now),
        },
        message,
      ),
  }
}

const NINE = '2026-11-25T09:00:00.000Z'
const record = waitingTransmission()
const due = dueAttempt(record, 0).message

describe('an attempt', () => {
  it('is handed to its site when it is due', async () => {
    const { run, jobs, sent } = await site(record, NINE)
    expect(await run(due)).toBe('handed over')
    expect(sent).toEqual([])
    expect(jobs).toEqual([
      {
        version: 1,
        transmissionId: record.id,
        site: 'main',
        attempt: 1,
        key: `transmit/main/${record.id}.tif`,
        sizeBytes: 20_000,
        sha256: record.rasterised?.sha256,
        pages: 2,
        destination: '0112697845',
        callerNumber: '0478123456',
        stationId: 'CABINET MARTIN',
        resolution: 'fine',
        ecm: true,
        maxRate: 14400,
        answerSeconds: 60,
        callSeconds: 180 + 3 * 12,
      },
    ])
  })

  it('waits for its time by messages of a quarter of an hour', async () => {
    const { run, sent, jobs } = await site({ ...record, notBefore: '2026-11-25T11:00:01.000Z' }, NINE)
    expect(await run(due)).toBe('waits')
    expect(sent).toEqual([{ message: { ...due, waitSeconds: 7201 - 900 }, delaySeconds: 900 }])
    expect(jobs).toEqual([])
  })

  it('waits for what is left, whatever the clock says', async () => {
    const { run, sent } = await site(record, NINE)
    expect(await run({ ...due, waitSeconds: 60 })).toBe('waits')
    expect(sent).toEqual([{ message: { ...due, waitSeconds: 0 }, delaySeconds: 60 }])
  })

  it.each([
    ['canceled', { ...record, state: 'canceled' as const }],
    ['under way', { ...record, state: 'dialling' as const }],
    ['past', { ...record, attempt: 2 }],
  ])('that is %s goes nowhere', async (_, changed) => {
    const { run, sent, jobs } = await site(changed, NINE)
    expect(await run(due)).toBe('past')
    expect({ sent, jobs }).toEqual({ sent: [], jobs: [] })
  })

  it('that nobody knows is a fault', async () => {
    await expect((await site(undefined, NINE)).run(due)).rejects.toThrow('no transmission')
    expect(() => transmitJob(sampleTransmission())).toThrow('no pages')
  })

  it('leaves the header line to the PBX where the table says so', () => {
    const { settings } = record
    if (settings === undefined) throw new Error('The sample has settings.')
    expect(transmitJob(record)).not.toHaveProperty('header')
    expect(transmitJob({ ...record, settings: { ...settings, headerBy: 'pbx' } }).header).toBe(
      'Cabinet Martin',
    )
  })

  it('gets more time on a slower line', () => {
    expect(transmitJob({ ...record, modem: { ecm: false, maxRate: 4800 } })).toMatchObject({
      ecm: false,
      maxRate: 4800,
      callSeconds: 180 + 3 * 36,
    })
  })
})

it('a wait of any length is the sum of its messages', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 * 86_400 }), (wait) => {
      let [left, waited, hops] = [wait, 0, 0]
      do {
        const { delaySeconds, waitSeconds } = hop(left)
        expect(delaySeconds).toBeLessThanOrEqual(900)
        waited += delaySeconds
        left = waitSeconds
        hops += 1
      } while (left > 0)
      return waited === wait && hops === Math.max(1, Math.ceil(wait / 900))
    }),
    { numRuns: 50 },
  )
})
