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
    if (waiting.now().getTime() - claimedAt.getTime() <= claimMilliseconds(job, options)) return 'later'
    return endedWithoutCall('unknown', 'another agent had claimed it, or this one before its memory was lost')
  }
  if (journal.stateOf(name)?.job === undefined) await journal.write({ entry: 'claimed', name, job })
  return claimedAt
}

/** How long a claim stands: the longest that its call may last. */
function claimMilliseconds({ answerSeconds, callSeconds }: TransmitJob, options: TransmitOptions): number {
  return (answerSeconds + callSeconds) * 1000 + options.graceMilliseconds
}

/**
 * Whether a claim is too old to dial by: hours after its call must have been over an operator may end an attempt of which nothing was heard, and its sender may have sent
 * the fax again. A clock that was put back makes no claim younger.
 */
export function isWornOut(claimedAt: Date, job: TransmitJob, options: TransmitOptions, now: Date): boolean {
  return Math.abs(now.getTime() - claimedAt.getTime()) > claimMilliseconds(job, options)
}
