import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  hasTransmissionEnded,
  type TransmissionRecord,
  transmissionRecordSchema,
} from '../../shared/ledger/transmission-record.ts'
import {
  TRANSMISSION_CAUSES,
  type TransmissionCause,
  type TransmissionEvent,
} from '../../shared/transmission/transmit-job.ts'
import { ended, OPENED_AT, sampleTransmission, waitingTransmission } from './sample-transmission.ts'
import {
  cancelTransmission,
  observeTransmission,
  readyTransmission,
  refuseTransmission,
  wasLearntLater,
} from './transmission-transitions.ts'

const at = (seconds: number) => new Date(OPENED_AT.getTime() + seconds * 1000).toISOString()

/** Each report of the attempt that is due, a minute after the one before. */
function told(record: TransmissionRecord, ...events: TransmissionEvent[]): TransmissionRecord {
  return events.reduce(
    (current, progress, index) =>
      observeTransmission(current, { attempt: current.attempt, at: at(60 * (index + 1)), progress }) ??
      current,
    record,
  )
}

const DIALLING: TransmissionEvent = { event: 'dialling' }
const sending = (pagesSent: number): TransmissionEvent => ({ event: 'sending', pagesSent, rate: 14400 })

describe('a transmission', () => {
  it('goes from waiting over dialling and sending to sent', () => {
    const waiting = waitingTransmission()
    expect(waiting).toMatchObject({ state: 'waiting', nextAttemptAt: at(0), attempt: 1 })
    const dialling = told(waiting, DIALLING)
    expect(dialling).toMatchObject({ state: 'dialling', dialledAt: at(60) })
    expect(dialling).not.toHaveProperty('nextAttemptAt')
    expect(told(waiting, DIALLING, sending(1))).toMatchObject({
      state: 'sending',
      dialledAt: at(60),
      progress: { pagesSent: 1 },
    })
    const sent = told(waiting, DIALLING, sending(1), ended('sent', { pagesSent: 2, callSeconds: 60 }))
    expect(sent).toMatchObject({ state: 'sent', closedAt: at(180), history: [{ attempt: 1, pagesSent: 2 }] })
    expect(sent).not.toHaveProperty('reason')
    expect(sent).not.toHaveProperty('progress')
    expect(sent).not.toHaveProperty('dialledAt')
  })

  it('waits for its time', () => {
    expect(waitingTransmission({ notBefore: at(7200) })).toMatchObject({ nextAttemptAt: at(7200) })
  })

  it.each(['busy', 'no-answer', 'congestion', 'pbx'] as const)(
    'is dialled again after %s, as often as the table says',
    (cause) => {
      const once = told(waitingTransmission(), ended(cause))
      expect(once).toMatchObject({
        state: 'waiting',
        attempt: 2,
        nextAttemptAt: at(60 + 300),
        modem: { ecm: true },
      })
      const over = told(waitingTransmission(), ended(cause), ended(cause), ended(cause), ended(cause))
      expect(over).toMatchObject({ state: 'failed', attempt: 4, reason: `It ended: ${cause}.` })
      expect(over.history.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4])
    },
  )

  it('is sent slower and without error correction when the line broke after some pages', () => {
    const broken = ended('line', { pagesSent: 1 })
    const waiting = waitingTransmission()
    expect(told(waiting, broken)).toMatchObject({
      state: 'waiting',
      modem: { ecm: false, maxRate: 9600 },
      nextAttemptAt: at(120),
      history: [{ pagesSent: 1, modem: { ecm: true, maxRate: 14400 } }],
    })
    expect(told(waiting, broken, broken)).toMatchObject({ modem: { ecm: false, maxRate: 4800 } })
    expect(told(waiting, broken, broken, broken)).toMatchObject({ state: 'failed' })
  })

  it('is tried once more when the line broke before the first page: it may be a person who answers', () => {
    const broken = ended('line')
    expect(told(waitingTransmission(), broken)).toMatchObject({ state: 'waiting', attempt: 2 })
    expect(told(waitingTransmission(), broken, broken)).toMatchObject({ state: 'failed' })
  })

  it.each([
    ['unallocated', 'failed'],
    ['rejected', 'failed'],
    ['incompatible', 'failed'],
    ['file', 'failed'],
    ['canceled', 'canceled'],
    ['unknown', 'unknown'],
  ] as const)('is never dialled again by itself after %s', (cause, state) => {
    expect(told(waitingTransmission(), DIALLING, ended(cause))).toMatchObject({
      state,
      reason: `It ended: ${cause}.`,
    })
  })

  it('hears nothing of an earlier attempt, nor of what came before', () => {
    const second = told(waitingTransmission(), ended('busy'))
    expect(observeTransmission(second, { attempt: 1, at: at(90), progress: ended('sent') })).toBeUndefined()
    const two = told(waitingTransmission(), sending(2))
    expect(observeTransmission(two, { attempt: 1, at: at(30), progress: sending(1) })).toBeUndefined()
    expect(observeTransmission(two, { attempt: 1, at: at(90), progress: DIALLING })).toBeUndefined()
  })

  describe('of which nobody knew how it ended, as somebody ended it,', () => {
    const sending1 = told(waitingTransmission(), DIALLING, sending(1))
    const unknown = told(sending1, ended('unknown', { pagesSent: 1 }))
    const learn = (cause: TransmissionCause, record = unknown) =>
      observeTransmission(record, { attempt: 1, at: at(900), progress: ended(cause, { pagesSent: 2 }) })

    it('is sent after all when its agent comes back and says so, with both words in its history', () => {
      const sent = learn('sent')
      expect(sent).toMatchObject({
        state: 'sent',
        closedAt: at(900),
        revision: unknown.revision + 1,
        history: [
          { attempt: 1, cause: 'unknown', pagesSent: 1 },
          { attempt: 1, cause: 'sent', pagesSent: 2 },
        ],
      })
      expect(sent).not.toHaveProperty('reason')
      expect([unknown, sent].map((record) => record && wasLearntLater(record))).toEqual([false, true])
    })

    it.each(['busy', 'no-answer', 'congestion', 'pbx', 'line', 'rejected', 'file'] as const)(
      'has failed after %s, and is not dialled again: its sender may have sent it anew',
      (cause) => {
        const failed = learn(cause)
        expect(failed).toMatchObject({ state: 'failed', attempt: 1, reason: `It ended: ${cause}.` })
        expect(failed).not.toHaveProperty('nextAttemptAt')
      },
    )

    it('learns nothing from one who does not know either, of another attempt, or twice', () => {
      expect(learn('unknown')).toBeUndefined()
      for (const progress of [DIALLING, sending(2)])
        expect(observeTransmission(unknown, { attempt: 1, at: at(900), progress })).toBeUndefined()
      expect(
        observeTransmission(unknown, { attempt: 2, at: at(900), progress: ended('sent') }),
      ).toBeUndefined()
      expect(learn('busy', learn('sent'))).toBeUndefined()
    })

    it('learns nothing once its number was forgotten: the words would bring it back', () => {
      expect(learn('sent', { ...unknown, forgottenAt: at(800) })).toBeUndefined()
    })
  })

  it('is canceled while it waits, and not when it is under way or has ended', () => {
    const waiting = waitingTransmission()
    const canceled = cancelTransmission(waiting, 'as asked', OPENED_AT)
    expect(canceled).toMatchObject({ state: 'canceled', reason: 'as asked' })
    expect(cancelTransmission(sampleTransmission(), 'as asked', OPENED_AT)).toMatchObject({
      state: 'canceled',
    })
    expect(cancelTransmission(told(waiting, DIALLING), 'as asked', OPENED_AT)).toBeUndefined()
    expect(cancelTransmission(told(waiting, ended('sent')), 'as asked', OPENED_AT)).toBeUndefined()
    const pages = waiting.rasterised
    if (canceled === undefined || pages === undefined) throw new Error('It was to be canceled.')
    expect(readyTransmission(canceled, pages, OPENED_AT)).toBeUndefined()
    expect(refuseTransmission(canceled, 'no PDF', OPENED_AT)).toBeUndefined()
  })
})

it('whatever reports come, in whatever order and however often, a transmission holds', () => {
  const event = fc.oneof(
    fc.constant(DIALLING),
    fc.nat(3).map(sending),
    fc
      .tuple(fc.constantFrom(...TRANSMISSION_CAUSES), fc.nat(2))
      .map(([cause, pagesSent]) => ended(cause, { pagesSent })),
  )
  const report = fc.record({
    attempt: fc.integer({ min: 1, max: 8 }),
    at: fc.nat(1000).map(at),
    progress: event,
  })
  fc.assert(
    fc.property(fc.array(report, { maxLength: 40 }), (reports) => {
      let record = waitingTransmission()
      for (const one of [...reports, ...reports]) {
        const next = observeTransmission(record, one)
        if (next === undefined) continue
        expect(hasTransmissionEnded(record) && record.state !== 'unknown').toBe(false)
        expect(next.revision).toBe(record.revision + 1)
        transmissionRecordSchema.parse(next)
        record = next
      }
      // Each attempt ends once, in order; after one that may have gone out comes what was learnt of it, and nothing else.
      const history = wasLearntLater(record) ? record.history.toSpliced(-2, 1) : record.history
      if (wasLearntLater(record)) expect(record.history.at(-2)?.cause).toBe('unknown')
      expect(history.map(({ attempt }) => attempt)).toEqual(history.map((_, index) => index + 1))
      expect(history.slice(0, -1).filter(({ cause }) => cause === 'unknown' || cause === 'sent')).toEqual([])
      expect(record.attempt).toBe(history.length + (hasTransmissionEnded(record) ? 0 : 1))
      expect(history.length).toBeLessThanOrEqual(1 + 3 + 2)
    }),
    { numRuns: 300 },
  )
})
