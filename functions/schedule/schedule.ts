import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { ANSWER_SECONDS, callSecondsOf } from '../../shared/transmission/call-seconds.ts'
import { type TransmitJob, transmitJobSchema } from '../../shared/transmission/transmit-job.ts'
import type { TransmissionLedger } from '../ledger/transmission-ledger.ts'
import { type DueAttempt, dueAttempt } from './due-attempt.ts'

export interface ScheduleDependencies {
  ledger: Pick<TransmissionLedger, 'getTransmission'>
  /** Puts a message on the function's own queue. */
  sendLater: (message: DueAttempt, delaySeconds: number) => Promise<void>
  /** Onto the transmit queue of its site. */
  sendJob: (job: TransmitJob) => Promise<void>
  now: () => Date
}

/**
 * Waits for an attempt's time, message by message, and hands it to the site. It may do so twice: the agent claims an attempt before it dials.
 * The record is asked at the last moment, so that nothing that was canceled meanwhile goes out.
 */
export async function schedule(
  dependencies: ScheduleDependencies,
  { transmissionId, attempt, waitSeconds }: DueAttempt,
): Promise<'waits' | 'handed over' | 'past'> {
  const record = await dependencies.ledger.getTransmission(transmissionId)
  if (record === undefined) throw new Error(`The ledger has no transmission ${transmissionId}.`)
  if (record.state !== 'waiting' || record.attempt !== attempt) return 'past'
  const left = Math.max(waitSeconds, secondsUntil(record.notBefore, dependencies.now()))
  if (left > 0) {
    const { message, delaySeconds } = dueAttempt(record, left)
    await dependencies.sendLater(message, delaySeconds)
    return 'waits'
  }
  await dependencies.sendJob(transmitJob(record))
  return 'handed over'
}

/** By the clock, unlike the waits between attempts: who asked for nine o'clock means nine o'clock. */
function secondsUntil(notBefore: string | undefined, now: Date): number {
  return notBefore === undefined ? 0 : Math.max(0, Math.ceil((Date.parse(notBefore) - now.getTime()) / 1000))
}

/** What the edge agent of the site needs to dial. Throws for a record whose pages are not made. */
export function transmitJob(record: TransmissionRecord): TransmitJob {
  const { id, site, attempt, modem, destination, settings, rasterised } = record
  if (settings === undefined || rasterised === undefined)
    throw new Error(`Transmission ${id} has no pages to send.`)
  const { callerNumber, stationId, header, headerBy, resolution } = settings
  return transmitJobSchema.parse({
    version: 1,
    transmissionId: id,
    site,
    attempt,
    key: rasterised.tiffKey,
    sizeBytes: rasterised.tiffBytes,
    sha256: rasterised.sha256,
    pages: rasterised.pages,
    destination,
    ...(callerNumber === undefined ? {} : { callerNumber }),
    ...(stationId === undefined ? {} : { stationId }),
    ...(headerBy === 'pbx' && header !== undefined ? { header } : {}),
    resolution,
    ecm: modem.ecm,
    maxRate: modem.maxRate,
    answerSeconds: ANSWER_SECONDS,
    callSeconds: callSecondsOf(rasterised, modem),
  })
}
