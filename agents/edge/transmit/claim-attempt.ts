import { claimKey } from '../../../shared/transmission/keys.ts'
import type { TransmitJob } from '../../../shared/transmission/transmit-job.ts'
import { endedWithoutCall } from './judge-call.ts'
import type { Attempt, AttemptEnd } from './transmit.ts'
import type { TransmitDependencies, TransmitOptions } from './transmit-dependencies.ts'

/** Since when the attempt is this agent's to dial; or what became of it instead. */
export async function claimAttempt(
  { claims, journal, waiting, log }: TransmitDependencies,
  options: TransmitOptions,
  { name, job }: Attempt,
): Promise<Date | AttemptEnd> {
  const answer = await claims.take(claimKey(job), journal.instance, waiting.now())
  if (answer.claim === 'canceled') return endedWithoutCall('canceled')
  const claimedAt = new Date(answer.at)
  if (answer.claim === 'theirs') {
    log('transmission-claimed-elsewhere', { attempt: name, at: answer.at }, 'warning')
    if (!isWornOut(claimedAt, job, options, waiting.now())) return 'later'
    return endedWithoutCall('unknown', 'another agent had claimed it, or this one before its memory was lost')
  }
  if (journal.stateOf(name)?.job === undefined) await journal.write({ entry: 'claimed', name, job })
  return claimedAt
}

/**
 * A claim is there to dial by for as long as its call may last, and no longer: hours after that an operator may end an attempt of which nothing was heard, and
 * its sender may have sent the fax again. A clock that was put back is no younger claim.
 */
export function isWornOut(
  claimedAt: Date,
  { answerSeconds, callSeconds }: TransmitJob,
  { graceMilliseconds }: TransmitOptions,
  now: Date,
): boolean {
  const age = Math.abs(now.getTime() - claimedAt.getTime())
  return age > (answerSeconds + callSeconds) * 1000 + graceMilliseconds
}
