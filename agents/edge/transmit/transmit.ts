import type { TransmissionEvent, TransmitJob } from '../../../shared/transmission/transmit-job.ts'
import { awsFault } from '../../aws-fault.ts'
import { steady } from '../../waiting.ts'
import { type AmiConnection, AmiLost, AmiRefusal } from '../ami/ami-connection.ts'
import type { CallFacts } from './call-facts.ts'
import { claimAttempt, isWornOut } from './claim-attempt.ts'
import { fetchDocument } from './document.ts'
import { followCall } from './follow-call.ts'
import { type EndedEvent, endedWithoutCall } from './judge-call.ts'
import { originateFields } from './originate.ts'
import type { TransmitDependencies, TransmitOptions } from './transmit-dependencies.ts'
import { WatchedCall } from './watched-call.ts'

/** One attempt at one transmission, in hand. */
export interface Attempt {
  name: string
  job: TransmitJob
  /** When it came to this site. */
  since: Date
}

/** `later`: nothing was dialled, and it is to be tried again. `let go`: the next start goes on with it. */
export type AttemptEnd = EndedEvent | 'later' | 'let go'

export interface Signals {
  /** Nothing new is dialled. */
  stopping: AbortSignal
  /** Calls are left to Asterisk. */
  letGo: AbortSignal
}

/**
 * An attempt to its end. What the journal holds is never dialled again: an attempt that Asterisk was told of is looked for and followed, and
 * where it is gone, what became of it is unknown.
 */
export async function transmit(
  { waiting, elapsed, ...others }: TransmitDependencies,
  options: TransmitOptions,
  attempt: Attempt,
  signals: Signals,
): Promise<AttemptEnd> {
  // A machine without a clock of its own gets the time minutes after its start, and a call must not seem hours long by it.
  const dependencies = { ...others, elapsed, waiting: steady(waiting, elapsed), machineNow: waiting.now }
  const known = dependencies.journal.stateOf(attempt.name)
  if (known?.originatingAt === undefined) return await prepareAndDial(dependencies, options, attempt, signals)
  const { originatingAt, answeredAt } = known
  const call = new WatchedCall(
    dependencies,
    attempt.name,
    answeredAt === undefined ? {} : { answeredAt: Date.parse(answeredAt) },
  )
  try {
    const begun = { call, since: new Date(originatingAt), dialledBy: undefined }
    return await follow(dependencies, options, attempt, begun, signals.letGo)
  } finally {
    call.close()
  }
}

/** With the machine's own clock beside the steady one, which does not go on while the machine stands still. */
type DialDependencies = TransmitDependencies & { machineNow: () => Date }

async function prepareAndDial(
  dependencies: DialDependencies,
  options: TransmitOptions,
  attempt: Attempt,
  { stopping, letGo }: Signals,
): Promise<AttemptEnd> {
  const { link, files, waiting } = dependencies
  const { name, job, since } = attempt
  // Just started, or just lost: it may be there in a moment.
  if ((await link.whenUp(options.linkMilliseconds, stopping)) === undefined) {
    if (stopping.aborted) return 'let go'
    // Not claimed meanwhile: it can still be canceled.
    const patienceIsOver = waiting.now().getTime() - since.getTime() > options.patienceMilliseconds
    return patienceIsOver ? await endUndialled(dependencies, options, attempt, 'pbx', link.trouble) : 'later'
  }
  const document = await fetchDocument(files, { folder: options.outgoingFolder, name, job })
  if (document.fetched === 'unfit')
    return await endUndialled(dependencies, options, attempt, 'file', document.why)
  if (stopping.aborted) return 'let go'
  const claimed = await claimAttempt(dependencies, options, attempt)
  if (!(claimed instanceof Date)) return claimed
  await say(dependencies, attempt, { event: 'dialling' })
  // Listens before it dials: a busy line is told within milliseconds.
  const call = new WatchedCall(dependencies, name)
  try {
    const ready = { file: document.path, call, claimedAt: claimed }
    return await dial(dependencies, options, attempt, ready, letGo)
  } finally {
    call.close()
  }
}

/** Whoever says how an attempt ended must have the claim, or it could be canceled in the same moment. */
async function endUndialled(
  dependencies: TransmitDependencies,
  options: TransmitOptions,
  attempt: Attempt,
  cause: 'pbx' | 'file',
  why: string,
): Promise<AttemptEnd> {
  const claimed = await claimAttempt(dependencies, options, attempt)
  return claimed instanceof Date ? endedWithoutCall(cause, why) : claimed
}

async function dial(
  dependencies: DialDependencies,
  options: TransmitOptions,
  attempt: Attempt,
  { file, call, claimedAt }: { file: string; call: WatchedCall; claimedAt: Date },
  letGo: AbortSignal,
): Promise<AttemptEnd> {
  const { journal, link, waiting, machineNow } = dependencies
  const { name, job } = attempt
  const { connection } = link
  if (connection === undefined) return 'later'
  const since = waiting.now()
  // At the last moment, by either clock: the machine may have stood still since the claim.
  if ([since, machineNow()].some((now) => isWornOut(claimedAt, job, options, now)))
    return endedWithoutCall(
      'pbx',
      `claimed at ${claimedAt.toISOString()}, and not dialled in the time for that`,
    )
  await journal.write({ entry: 'originating', name, at: since.toISOString() })
  try {
    await connection.ask('Originate', originateFields(job, options, file))
  } catch (error) {
    if (error instanceof AmiRefusal) return endedWithoutCall('pbx', error.message)
    if (!(error instanceof AmiLost)) throw error
    if (!error.maybeTold) {
      await journal.write({ entry: 'claimed', name, job })
      return 'later'
    }
  }
  return await follow(dependencies, options, attempt, { call, since, dialledBy: connection }, letGo)
}

async function follow(
  dependencies: TransmitDependencies,
  options: TransmitOptions,
  attempt: Attempt,
  { call, since, dialledBy }: { call: WatchedCall; since: Date; dialledBy: AmiConnection | undefined },
  letGo: AbortSignal,
): Promise<AttemptEnd> {
  const { answerSeconds, callSeconds } = attempt.job
  // After a restart, the time of the journal may be of a clock that was wrong: the call has all of its time once more, and a bad one twice.
  const now = dependencies.waiting.now().getTime()
  const originatedAt = Math.min(since.getTime(), now)
  const dueAt = now + (answerSeconds + callSeconds) * 1000
  const onChange = progressTeller(dependencies, options, attempt)
  const followed = { call, originatedAt, dueAt, dialledBy, onChange }
  return (await followCall(dependencies, options, followed, letGo)) ?? 'let go'
}

/** Writes down the answer, and reports how far the fax has come, not too often. */
function progressTeller(
  dependencies: TransmitDependencies,
  { reportMilliseconds }: Pick<TransmitOptions, 'reportMilliseconds'>,
  attempt: Attempt,
): (facts: CallFacts) => Promise<void> {
  const { journal, waiting } = dependencies
  let said: string | undefined
  let saidAt = Number.NEGATIVE_INFINITY
  return async ({ answeredAt, pagesSent, rate, remoteStationId, hangup }) => {
    if (answeredAt === undefined || hangup !== undefined) return
    if (journal.stateOf(attempt.name)?.answeredAt === undefined) {
      const at = new Date(answeredAt).toISOString()
      await journal.write({ entry: 'answered', name: attempt.name, at })
    }
    const progress = {
      event: 'sending' as const,
      pagesSent,
      ...(rate !== undefined && { rate }),
      ...(remoteStationId !== undefined && { remoteStationId }),
    }
    const now = waiting.now().getTime()
    if (JSON.stringify(progress) === said || now - saidAt < reportMilliseconds) return
    said = JSON.stringify(progress)
    saidAt = now
    await say(dependencies, attempt, progress)
  }
}

/** Progress that can't be reported holds up no call. */
async function say(
  { reports, waiting, log }: Pick<TransmitDependencies, 'reports' | 'waiting' | 'log'>,
  { name, job }: Pick<Attempt, 'name' | 'job'>,
  progress: TransmissionEvent,
): Promise<void> {
  try {
    await reports.send(reportOf(job, progress, waiting.now()))
  } catch (error) {
    log('progress-not-reported', { attempt: name, reason: awsFault(error).text }, 'warning')
  }
}

export function reportOf({ transmissionId, attempt }: TransmitJob, progress: TransmissionEvent, at: Date) {
  const transmission = { id: transmissionId, attempt, at: at.toISOString(), progress }
  return { version: 1 as const, transmission }
}
