import type { CallFacts } from '../../agents/edge/transmit/call-facts.ts'

/** A call as the PBX of a site would tell it: what is known after each step, and how long that takes. */
export interface PlayedStep {
  facts: CallFacts
  milliseconds: number
}

const BUSY = '91'
const NO_SUCH_NUMBER = '92'
const RINGING_MILLISECONDS = 500
/** A page of text takes half a minute on the telephone; nobody wants to watch that. */
const PAGE_MILLISECONDS = 500

/**
 * What becomes of a number in a trial: nearly every one answers and takes the fax. So that failures and further attempts can be seen, those that end in
 * 91 are busy, and those in 92 do not exist (Q.850 causes 17 and 1).
 */
export function playCall(
  { destination, pages, maxRate }: { destination: string; pages: number; maxRate: number },
  now: Date,
): PlayedStep[] {
  const refused = destination.endsWith(BUSY)
    ? { cause: 17, text: 'User busy' }
    : destination.endsWith(NO_SUCH_NUMBER)
      ? { cause: 1, text: 'Unallocated (unassigned) number' }
      : undefined
  const at = now.getTime() + RINGING_MILLISECONDS
  if (refused !== undefined) {
    return [{ facts: { pagesSent: 0, hangup: { ...refused, at } }, milliseconds: RINGING_MILLISECONDS }]
  }
  const answered = { answeredAt: at, rate: maxRate, remoteStationId: destination }
  const sending = Array.from({ length: pages }, (_, page) => ({
    facts: { ...answered, pagesSent: page + 1 },
    milliseconds: (page === 0 ? RINGING_MILLISECONDS : 0) + PAGE_MILLISECONDS,
  }))
  const result = { status: 'SUCCESS', error: 'NO_ERROR', statusText: 'OK' }
  const hangup = { cause: 16, text: 'Normal Clearing', at: at + pages * PAGE_MILLISECONDS }
  return [...sending, { facts: { ...answered, pagesSent: pages, result, hangup }, milliseconds: 0 }]
}
