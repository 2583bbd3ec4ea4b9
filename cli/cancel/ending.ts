import { waitsForEndUntil } from '../../shared/ledger/stuck-transmission.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { Ending } from '../../shared/transmission/ending.ts'

/**
 * How to end an attempt, as its agent would: nobody will dial it; or it was dialled so long ago that its call is over, and only its agent could tell how.
 * A date is from when on the latter can be said.
 */
export function endingOf(
  record: TransmissionRecord,
  dialledAt: string | undefined,
  now: Date,
): Ending | Date {
  if (dialledAt === undefined) return ending(record, 'canceled', 'Canceled by faxlane cancel.', now)
  const from = waitsForEndUntil(record, dialledAt)
  if (now <= from) return from
  const text = `Its site dialled at ${dialledAt} and has told no end of the call; ended by faxlane cancel.`
  return ending(record, 'unknown', text, now)
}

function ending(
  { id, site, attempt, progress }: TransmissionRecord,
  cause: 'canceled' | 'unknown',
  text: string,
  now: Date,
): Ending {
  const { pagesSent = 0, rate, remoteStationId } = progress ?? {}
  const heard = {
    pagesSent,
    ...(rate === undefined ? {} : { rate }),
    ...(remoteStationId === undefined ? {} : { remoteStationId }),
  }
  const ended = { event: 'ended', cause, text, callSeconds: 0, foreign: {}, ...heard } as const
  return { version: 1, site, transmission: { id, attempt, at: now.toISOString(), progress: ended } }
}
