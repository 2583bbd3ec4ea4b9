import type { Modem, RasterisedPages } from '../ledger/transmission-record.ts'

/** How long a number may ring. */
export const ANSWER_SECONDS = 60
const HANDSHAKE_SECONDS = 180
/** Repeated frames, pages and slower speeds than the fastest. */
const LINE_FACTOR = 3
const LONGEST_CALL_SECONDS = 14_400
const FASTEST_RATE = 14_400

/** How long the call of an attempt may last in all. */
export function callSecondsOf({ lineSeconds }: RasterisedPages, { maxRate }: Modem): number {
  const atThatRate = lineSeconds * (FASTEST_RATE / maxRate)
  return Math.min(LONGEST_CALL_SECONDS, Math.ceil(HANDSHAKE_SECONDS + LINE_FACTOR * atThatRate))
}
