import { rm } from 'node:fs/promises'
import { maskNumber } from '../../../shared/mask.ts'
import { PREFIXES } from '../../../shared/object-keys.ts'
import {
  type TransmissionReport,
  type TransmitJob,
  transmitJobSchema,
} from '../../../shared/transmission/transmit-job.ts'
import { awsFault } from '../../aws-fault.ts'
import { postpone } from '../../queue/postpone.ts'
import { whileKeptInvisible } from '../../queue/while-kept-invisible.ts'
import type { QueueMessage } from '../../queue/work-queue.ts'
import { documentPath } from './document.ts'
import type { EndedEvent } from './judge-call.ts'
import { attemptName } from './originate.ts'
import { type Attempt, reportOf, type Signals, transmit } from './transmit.ts'
import type { TransmitDependencies, TransmitOptions } from './transmit-dependencies.ts'

/** What is in hand at the moment. */
export interface InHand extends Signals {
  /** Names of attempts: a message of one of these is nobody else's now. */
  names: Set<string>
}

/**
 * One message until it is off the queue, or back on it. Resolves in any case. The order is what keeps a job from being lost: journal,
 * then report, then removal; killed in between, the message comes again, and the journal answers it.
 */
export async function serveTransmission(
  dependencies: TransmitDependencies,
  options: TransmitOptions,
  inHand: InHand,
  message: QueueMessage,
): Promise<void> {
  const { log, told } = dependencies
  const job = parseJob(message.body, options.site)
  if (typeof job === 'string') {
    // Not removed: the queue hands it to the dead letters, where somebody looks at it.
    return log('no-transmit-job', { messageId: message.id, receives: message.receives, reason: job }, 'error')
  }
  const attempt = { name: attemptName(job), job, since: message.firstReceivedAt }
  try {
    await serveAttempt(dependencies, options, inHand, { message, attempt })
  } catch (error) {
    const reason = awsFault(error).text
    log('transmission-left', { ...logFields(attempt), receives: message.receives, reason }, 'warning')
    told.error(`fax ${attempt.name}: ${reason}`)
    await postpone(dependencies, { postpone: options.postponeAfterFault }, message)
  }
}

function parseJob(body: string, site: string): TransmitJob | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return 'the message is no JSON'
  }
  const { success, data, error } = transmitJobSchema.safeParse(parsed)
  if (!success)
    return error.issues.map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`).join('; ')
  if (data.site !== site) return `the job is for site ${data.site}, and this is ${site}`
  if (!data.key.startsWith(`${PREFIXES.transmit}${site}/`)) return `the key ${data.key} is not of this site`
  return data
}

async function serveAttempt(
  dependencies: TransmitDependencies,
  options: TransmitOptions,
  { names, stopping, letGo }: InHand,
  { message, attempt }: { message: QueueMessage; attempt: Attempt },
): Promise<void> {
  const { queue, reports, journal, log } = dependencies
  const earlier = journal.stateOf(attempt.name)?.ended
  if (earlier !== undefined) {
    log('transmission-again', { ...logFields(attempt), receives: message.receives })
    await reports.send(earlier)
    return await queue.remove(message)
  }
  if (names.has(attempt.name)) return await postpone(dependencies, options, message)
  names.add(attempt.name)
  try {
    const span = { invisibleSeconds: options.invisibleSeconds, stopping: letGo }
    const report = await whileKeptInvisible(dependencies, span, message, (end) =>
      toItsEnd(dependencies, options, attempt, { stopping, letGo: end }),
    )
    if (report === 'later') return await postpone(dependencies, options, message)
    if (report === 'let go') return await queue.keepInvisible(message, 0)
    await reports.send(report)
    await queue.remove(message)
  } finally {
    names.delete(attempt.name)
  }
}

/** Follows a call that an earlier start dialled. Its message may come much later, and is answered from the journal then. */
export async function resumeAttempt(
  dependencies: TransmitDependencies,
  options: TransmitOptions,
  { names, stopping, letGo }: InHand,
  name: string,
): Promise<void> {
  const { journal, reports, log } = dependencies
  const job = journal.stateOf(name)?.job
  if (job === undefined || names.has(name)) return
  names.add(name)
  log('transmission-resumed', { attempt: name })
  try {
    const report = await toItsEnd(
      dependencies,
      options,
      { name, job, since: dependencies.waiting.now() },
      { stopping, letGo },
    )
    if (typeof report !== 'string') await reports.send(report)
  } catch (error) {
    log('transmission-left', { attempt: name, reason: awsFault(error).text }, 'warning')
  } finally {
    names.delete(name)
  }
}

async function toItsEnd(
  dependencies: TransmitDependencies,
  options: TransmitOptions,
  attempt: Attempt,
  signals: Signals,
): Promise<TransmissionReport | 'later' | 'let go'> {
  const { journal, waiting, log } = dependencies
  const ended = await transmit(dependencies, options, attempt, signals)
  if (typeof ended === 'string') return ended
  const report = reportOf(attempt.job, ended, waiting.now())
  await journal.write({ entry: 'ended', name: attempt.name, report }).catch((error: Error) => {
    // The result is worth more than the memory of it: it is reported, and the message goes.
    log('result-not-kept', { attempt: attempt.name, reason: error.message }, 'error')
  })
  tell(dependencies, attempt, ended)
  // What stays is cleared at the next start.
  await rm(documentPath(options.outgoingFolder, attempt.name), { force: true }).catch((error: Error) =>
    log('document-not-removed', { attempt: attempt.name, reason: error.message }, 'warning'),
  )
  return report
}

/** For somebody to look at: what has to do with this site, and not with who was called. */
const TROUBLE: ReadonlySet<EndedEvent['cause']> = new Set(['pbx', 'file', 'unknown'])

function tell({ log, told }: TransmitDependencies, attempt: Attempt, ended: EndedEvent): void {
  const { cause, text, pagesSent, callSeconds, foreign } = ended
  const said = foreign.statusText ?? foreign.hangupText ?? ''
  const level = TROUBLE.has(cause) ? 'error' : 'info'
  log('transmission', { ...logFields(attempt), cause, pagesSent, callSeconds, said }, level)
  if (cause === 'sent') told.success(`fax ${attempt.name}: ${text}`)
  else told.error(`fax ${attempt.name}: ${text}`)
}

function logFields({ name, job: { destination, pages } }: Attempt): Record<string, string | number> {
  return { attempt: name, to: maskNumber(destination), pages }
}
