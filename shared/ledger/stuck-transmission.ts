import { ANSWER_SECONDS, callSecondsOf } from '../transmission/call-seconds.ts'
import type { TransmissionRecord } from './transmission-record.ts'

export interface StuckTransmission {
  /** For an operator, with the times as the ledger has them. */
  why: string
  /** What sets it going again: its document's event, its attempt, or nothing that is safe. */
  remedy: 'announce' | 'schedule' | 'none'
}

/** A message that `submit` was cut off on comes again after half an hour, four times; an agent that was cut off reports when it is back. */
const PATIENCE_MINUTES = 180

/**
 * Why a transmission should have gone on by now; undefined where it may be on its way. One that waits has a message somewhere, or has lost it: a further
 * one does no harm, since attempts are claimed before they are dialled. One that was dialled is never dialled again: it may have gone out.
 */
export function whyStuck(record: TransmissionRecord, now: Date): StuckTransmission | undefined {
  const { state, site, openedAt, nextAttemptAt = openedAt } = record
  const isPast = (instant: string, seconds = 0) =>
    now.getTime() - Date.parse(instant) > (PATIENCE_MINUTES * 60 + seconds) * 1000
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
      const { dialledAt = openedAt, rasterised, modem } = record
      const callSeconds = rasterised === undefined ? 0 : callSecondsOf(rasterised, modem)
      if (!isPast(dialledAt, ANSWER_SECONDS + callSeconds)) return undefined
      return {
        why: `dialled at ${dialledAt}, and site ${site} has told no end of the call`,
        remedy: 'none',
      }
    }
    default:
      return undefined
  }
}
