import { ANSWER_SECONDS, callSecondsOf } from '../transmission/call-seconds.ts'
import type { TransmissionRecord } from './transmission-record.ts'

export interface StuckTransmission {
  /** For an operator, with the times as the ledger has them. */
  why: string
  /** What sets it going again: its document's event, or its attempt; or a person has to end it, since it may have gone out. */
  remedy: 'announce' | 'schedule' | 'cancel'
}

/**
 * A message that `submit` was cut off on comes again after half an hour, four times; an agent that was cut off reports when it is back. Far longer than
 * an agent dials by a claim: the time of its call and a minute.
 */
const PATIENCE_MILLISECONDS = 180 * 60_000

/**
 * Why a transmission should have gone on by now; undefined where it may be on its way. One that waits has a message somewhere, or has lost it: a further
 * one does no harm, since attempts are claimed before they are dialled. One that was dialled is never dialled again: it may have gone out.
 */
export function whyStuck(record: TransmissionRecord, now: Date): StuckTransmission | undefined {
  const { state, site, openedAt, nextAttemptAt = openedAt } = record
  const isPast = (instant: string) => now.getTime() - Date.parse(instant) > PATIENCE_MILLISECONDS
  switch (state) {
    case 'accepted':
      if (!isPast(openedAt)) return undefined
      return { why: `accepted at ${openedAt}, and neither made ready nor refused since`, remedy: 'announce' }
    case 'waiting':
      if (!isPast(nextAttemptAt)) return undefined
      return {
        why: `an attempt was due at ${nextAttemptAt}, and site ${site} has not dialled`,
        remedy: 'schedule',
      }
    case 'dialling':
    case 'sending': {
      const { dialledAt = openedAt } = record
      if (now <= waitsForEndUntil(record, dialledAt)) return undefined
      return {
        why: `dialled at ${dialledAt}, and site ${site} has told no end of the call`,
        remedy: 'cancel',
      }
    }
    default:
      return undefined
  }
}

/** Until when the site may still tell how the call of an attempt ended that it claimed or dialled at that time. */
export function waitsForEndUntil(
  { rasterised, modem }: Pick<TransmissionRecord, 'rasterised' | 'modem'>,
  dialledAt: string,
): Date {
  const callSeconds = rasterised === undefined ? 0 : callSecondsOf(rasterised, modem)
  return new Date(Date.parse(dialledAt) + (ANSWER_SECONDS + callSeconds) * 1000 + PATIENCE_MILLISECONDS)
}
