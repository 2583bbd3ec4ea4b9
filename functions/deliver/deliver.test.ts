import { describe, expect, it } from 'vitest'
import type { DeliveryMessage, DispatchRequest } from '../../shared/messages.ts'
import { delivered, failed, type Outcome, retry } from '../../shared/outcome.ts'
import type { BackendOf } from '../../shared/routing-table/deployed-table.ts'
import { openDelivery, reopen } from '../ledger/delivery-transitions.ts'
import { makeMemoryLedger } from '../ledger/memory-ledger.ts'
import type { Metric } from '../metrics.ts'
import type { NoticeEvent } from '../notify/notice-event.ts'
import { FileGone } from '../storage/file-gone.ts'
import type { Attempt } from './attempt.ts'
import { type DeliverDependencies, DeliveryHeldElsewhere, deliver } from './deliver.ts'

const FAX_ID = '20261123T054151Z-0k3w9x7m2r4t'
const NOON = new Date('2026-11-23T12:00:00Z')
const message: DeliveryMessage & { backend: BackendOf<'log'> } = {
  version: 1,
  fax: {
    id: FAX_ID,
    site: 'main',
    facts: { source: '0478123456', destination: '100', receivedAt: '2026-11-23T05:41:51.000Z' },
    pages: 1,
    tiffKey: `incoming/main/${FAX_ID}.tif`,
    pdfKey: `pdf/main/${FAX_ID}.pdf`,
  },
  backend: { kind: 'log', name: 'log', message: ['a fax'] },
  recipients: [],
  timeZone: 'UTC',
  attempts: 0,
  furtherWaitSeconds: 0,
}

/** The world of one delivery: a ledger, a clock that the test moves, and a backend that answers as told. */
async function world(answers: (Outcome | Error)[], fallback?: string) {
  const ledger = makeMemoryLedger()
  await ledger.addDelivery(openDelivery(FAX_ID, { ...message.backend, fallback }, NOON))
  const attempts: Attempt<'log'>[] = []
  const sentLater: number[] = []
  const counted: Metric[] = []
  const requested: DispatchRequest[] = []
  const told: NoticeEvent[] = []
  const queued = { message }
  const clock = { now: NOON }
  const dependencies: DeliverDependencies<'log'> = {
    ledger,
    attempt: async (attempt) => {
      attempts.push(attempt)
      const answer = answers.shift()
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer left')
      return answer
    },
    sendLater: async (later, waitSeconds) => {
      sentLater.push(waitSeconds)
      queued.message = { ...later, backend: message.backend }
    },
    requestDelivery: async (request) => void requested.push(request),
    tell: async (event) => void told.push(event),
    count: (metric) => void counted.push(metric),
    now: () => clock.now,
    leaseSeconds: 60,
  }
  const record = () => ledger.getDelivery(FAX_ID, 'log')
  const receive = (lastReceive = false) => deliver(dependencies, { message: queued.message, lastReceive })
  return { dependencies, ledger, attempts, sentLater, counted, requested, told, clock, record, receive }
}

describe('deliver', () => {
  it('makes one attempt and writes down where the fax is', async () => {
    const { receive, record, counted } = await world([delivered('/faxlane/faxes/log', 'line')])
    await receive()
    expect(await record()).toMatchObject({
      state: 'delivered',
      attempts: 1,
      history: [{ attempt: 1, result: { outcome: 'delivered', receipt: '/faxlane/faxes/log' } }],
    })
    expect(counted).toEqual(['DeliveriesMade'])
  })

  it('does nothing for a message that comes again after the end', async () => {
    const { receive, attempts } = await world([delivered('x', 'y')])
    await receive()
    await receive()
    expect(attempts).toHaveLength(1)
  })

  it('lets one of two invocations act, and keeps the message of the other', async () => {
    const { receive, attempts } = await world([delivered('x', 'y'), delivered('x', 'y')])
    const results = await Promise.allSettled([receive(), receive()])
    expect(attempts).toHaveLength(1)
    const rejected = results.filter((result) => result.status === 'rejected')
    expect(rejected.map(({ reason }) => reason)).toEqual([expect.any(DeliveryHeldElsewhere)])
  })

  it('tries again with growing waits, and after the last one fails and is counted', async () => {
    const { receive, record, sentLater, counted } = await world(
      Array.from({ length: 40 }, () => retry('421 busy')),
    )
    while ((await record())?.state !== 'failed') await receive()
    expect(sentLater.slice(0, 9)).toEqual([60, 60, 120, 240, 480, 960, 1920, 3600, 3600])
    expect(sentLater.reduce((sum, seconds) => sum + seconds)).toBe(86_400)
    expect(await record()).toMatchObject({ attempts: sentLater.length + 1, waitedSeconds: 86_400 })
    expect(counted.slice(-2)).toEqual(['DeliveryAge', 'DeliveriesFailed'])
  })

  it('sends a message that has to wait on back to its queue, and asks the ledger nothing', async () => {
    const { dependencies, attempts, sentLater } = await world([delivered('x', 'y')])
    const waiting = { ...message, furtherWaitSeconds: 1500 }
    expect(await deliver(dependencies, { message: waiting, lastReceive: false })).toBeUndefined()
    expect([attempts, sentLater]).toEqual([[], [1500]])
  })

  it('makes no attempt for a duplicate from before the last one', async () => {
    const { dependencies, attempts, sentLater, record } = await world([retry('busy')])
    await deliver(dependencies, { message, lastReceive: false })
    const before = await record()
    await deliver(dependencies, { message, lastReceive: false })
    expect([attempts.length, sentLater]).toEqual([1, [60]])
    expect(await record()).toEqual(before)
  })

  it('that is given up is told, and asks for its fallback, again when its message comes again', async () => {
    const { receive, requested, told } = await world([failed('530 no', '530')], 'mail')
    await receive()
    const request = { version: 1, faxId: FAX_ID, backend: 'mail', because: 'fallback', fallbackOf: 'log' }
    expect([requested, told]).toEqual([
      [request],
      [{ cause: 'failed', faxId: FAX_ID, backend: 'log', attempts: 1 }],
    ])
    await receive()
    expect(requested).toEqual([request, request])
  })

  it('tells its fallback where the last attempt may have arrived', async () => {
    const { receive, requested } = await world([failed('gone', 'job-gone', { maybeDelivered: true })], 'mail')
    await receive()
    expect(requested).toMatchObject([{ backend: 'mail', maybeDelivered: true }])
  })

  it('ends at once on an outcome that no repetition can mend', async () => {
    const { receive, record, sentLater, counted } = await world([failed('530 Login incorrect.', '530')])
    await receive()
    expect(await record()).toMatchObject({ state: 'failed', history: [{ result: { code: '530' } }] })
    expect(sentLater).toEqual([])
    expect(counted).toEqual(['DeliveriesFailed'])
  })

  it('tells the next attempt that an earlier one may have arrived', async () => {
    const { receive, attempts } = await world([
      retry('answer lost', { maybeDelivered: true }),
      delivered('x', 'y'),
    ])
    await receive()
    await receive()
    expect(attempts.map(({ attempt, maybeDelivered }) => [attempt, maybeDelivered])).toEqual([
      [1, false],
      [2, true],
    ])
  })

  it('gives a fault back to the queue, with its reason on record and the claim free', async () => {
    const { receive, record, attempts, sentLater } = await world([
      new Error('S3 is down'),
      delivered('x', 'y'),
    ])
    await expect(receive()).rejects.toThrow('S3 is down')
    expect(await record()).toMatchObject({
      state: 'claimed',
      leaseUntil: NOON.toISOString(),
      history: [{ result: { text: 'Unexpected: S3 is down' } }],
    })
    expect(sentLater).toEqual([])
    await receive()
    expect(attempts[1]).toMatchObject({ attempt: 2, maybeDelivered: true })
  })

  it('ends as failed when the last receive of its message ends in a fault', async () => {
    const { receive, record, counted } = await world([new Error('S3 is down')])
    await expect(receive(true)).rejects.toThrow('S3 is down')
    expect(await record()).toMatchObject({ state: 'failed' })
    expect(counted).toEqual(['DeliveriesFailed'])
  })

  it('that somebody has asked for is told as that when it is given up once more', async () => {
    const { dependencies, ledger, receive, record, told } = await world([failed('550 no'), failed('550 no')])
    await receive()
    const once = await record()
    if (once === undefined) throw new Error('there is no delivery')
    await ledger.replaceDelivery(reopen(once, NOON))
    await deliver(dependencies, { message: { ...message, attempts: 1 }, lastReceive: false })
    expect(told).toMatchObject([{ attempts: 1 }, { attempts: 2, askedFor: true }])
    expect(told[0]).not.toHaveProperty('askedFor')
  })

  it('is given up when its message comes for the last time after an attempt that stopped the function', async () => {
    const { ledger, receive, record, clock, attempts, requested, told, counted } = await world([], 'mail')
    const waiting = (await record()) ?? openDelivery(FAX_ID, message.backend, NOON)
    const leaseUntil = '2026-11-23T12:01:00.000Z'
    await ledger.replaceDelivery({ ...waiting, state: 'claimed', attempts: 4, leaseUntil, revision: 1 })
    // Not while it may still be at work.
    await expect(receive(true)).rejects.toThrow(DeliveryHeldElsewhere)
    clock.now = new Date(leaseUntil)
    await receive(true)
    expect(attempts).toEqual([])
    expect(await record()).toMatchObject({
      state: 'failed',
      attempts: 4,
      maybeDelivered: true,
      history: [{ attempt: 4, result: { code: 'Stopped' } }],
    })
    // Nobody knows how far the attempts came.
    expect(requested).toMatchObject([{ backend: 'mail', because: 'fallback', maybeDelivered: true }])
    expect([told.length, counted]).toEqual([1, ['DeliveriesFailed']])
  })

  it('is tried a last time after attempts that ended in a fault', async () => {
    const { receive, record } = await world([new Error('S3 is down'), delivered('x', 'y')])
    await expect(receive()).rejects.toThrow('S3 is down')
    await receive(true)
    expect(await record()).toMatchObject({ state: 'delivered', attempts: 2 })
  })

  it('takes over from an invocation that was killed, once its lease has ended', async () => {
    const { ledger, receive, record, clock, attempts } = await world([delivered('x', 'y')])
    const waiting = (await record()) ?? openDelivery(FAX_ID, message.backend, NOON)
    const leaseUntil = '2026-11-23T12:01:00.000Z'
    await ledger.replaceDelivery({ ...waiting, state: 'claimed', attempts: 1, leaseUntil, revision: 1 })
    await expect(receive()).rejects.toThrow(DeliveryHeldElsewhere)
    clock.now = new Date(leaseUntil)
    await receive()
    expect(attempts).toMatchObject([{ attempt: 2, maybeDelivered: true }])
  })

  it('puts back for seconds the message of the next attempt, when it is faster than the ledger', async () => {
    const { dependencies, record, sentLater } = await world([retry('busy')])
    const next: DeliveryMessage[] = []
    const sendLater: typeof dependencies.sendLater = async (later, waitSeconds) => {
      await dependencies.sendLater(later, waitSeconds)
      next.push(later)
      // It is received while its sender has not written yet that the delivery waits.
      if (next.length === 1)
        expect(
          await deliver(
            { ...dependencies, sendLater },
            { message: { ...message, attempts: 1 }, lastReceive: false },
          ),
        ).toBeUndefined()
    }
    await deliver({ ...dependencies, sendLater }, { message, lastReceive: false })
    expect(sentLater).toMatchObject([60, 5])
    expect(next).toMatchObject([{ attempts: 1 }, { attempts: 1 }])
    expect(await record()).toMatchObject({ state: 'waiting', attempts: 1 })
  })

  it('does not overwrite who took over while it was at work', async () => {
    const { dependencies, ledger, record } = await world([])
    const takeOver = async (): Promise<Outcome> => {
      const claimed = await record()
      if (claimed !== undefined)
        await ledger.replaceDelivery({ ...claimed, attempts: 2, revision: claimed.revision + 1 })
      return delivered('x', 'y')
    }
    const work = deliver({ ...dependencies, attempt: takeOver }, { message, lastReceive: false })
    await expect(work).rejects.toThrow(DeliveryHeldElsewhere)
    expect(await record()).toMatchObject({ state: 'claimed', attempts: 2 })
  })

  it('gives a fax up at once whose file is in the bucket no more, and says so', async () => {
    const { receive, record, requested, told } = await world([new FileGone('pdf/main/a.pdf')], 'mail')
    await receive()
    expect(await record()).toMatchObject({
      state: 'failed',
      history: [
        { result: { text: expect.stringMatching(/^pdf\/main\/a\.pdf is not in the bucket any more/) } },
      ],
    })
    expect([requested.length, told.length]).toEqual([1, 1])
  })

  it('throws for a delivery that the ledger does not know', async () => {
    const { ledger, receive } = await world([])
    ledger.deliveries.clear()
    await expect(receive()).rejects.toThrow(`The ledger has no delivery of fax ${FAX_ID} to log.`)
  })
})
