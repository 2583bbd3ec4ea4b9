import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type PrintJob, printJobSchema, type Report } from '../../shared/messages.ts'
import { type Outcome, retry } from '../../shared/outcome.ts'
import { awsFault } from '../aws-fault.ts'
import type { Backoff } from '../backoff.ts'
import { postpone } from '../queue/postpone.ts'
import { whileKeptInvisible } from '../queue/while-kept-invisible.ts'
import type { QueueMessage, Reports, WorkQueue } from '../queue/work-queue.ts'
import type { ParkedMessages } from './parked-messages.ts'
import { type PrintToEndDependencies, type PrintToEndOptions, printToEnd } from './print-to-end.ts'
import type { PrinterLanes } from './printer-lanes.ts'

export interface PrintAgentDependencies extends PrintToEndDependencies {
  queue: WorkQueue
  reports: Reports<Report>
  /** Told of what a person who looks after the agent wants to see. */
  told?: { success: (text: string) => void; error: (text: string) => void }
  /** Told of what keeps the agent from working, and with undefined when that is over. A printer without paper does not. */
  hindered?: (what: Hindered, by: string | undefined) => void
}

export type Hindered = 'queue' | 'job'

export interface PrintAgentOptions extends PrintToEndOptions {
  /** The agent's own: fetched files lie here until they are printed, and what a killed agent left is cleared at the start. */
  workFolder: string
  /** How long a message stays invisible without a sign of life from the agent. */
  invisibleSeconds: number
  /** How long a message waits that could not be served, by how often it came. */
  postpone: Backoff
  /** How many jobs of one printer are in hand; more wait on the queue. */
  longestLane: number
  /** How long the agent waits after S3 or SQS failed, by how often in a row. */
  afterFault: Backoff
}

/** What runs at the moment: lanes, and the jobs in them by name. */
export interface Running {
  lanes: PrinterLanes
  names: Set<string>
  /** What the lanes have no room for. */
  parked: ParkedMessages
  stopping: AbortSignal
}

export const WORK_PREFIX = 'job-'
/** The lane of jobs that name no printer. CUPS has none of this name. */
const DEFAULT_LANE = '/default'

interface Received {
  message: QueueMessage
  job: PrintJob
  /** Fax and backend: a second message of them is the same job. */
  name: string
}

/**
 * One message until it is off the queue, or back on it. Resolves in any case. The order is what keeps a job from being lost: journal,
 * then report, then removal; killed in between, the message comes again, and the journal answers it.
 */
export async function serveMessage(
  dependencies: PrintAgentDependencies,
  options: PrintAgentOptions,
  running: Running,
  message: QueueMessage,
): Promise<void> {
  const { log, told, hindered } = dependencies
  const job = parseJob(message.body)
  if (typeof job === 'string') {
    // Not removed: the queue hands it to the dead letters, where somebody looks at it.
    return log('no-print-job', { messageId: message.id, receives: message.receives, reason: job }, 'error')
  }
  const received = { message, job, name: `${job.faxId}/${job.backend}` }
  try {
    await serveJob(dependencies, options, running, received)
    hindered?.('job', undefined)
  } catch (error) {
    const reason = awsFault(error).text
    log('print-job-left', { ...logFields(received), reason }, 'warning')
    told?.error(`fax ${job.faxId} to ${job.backend}: ${reason}`)
    hindered?.('job', `fax ${job.faxId} to ${job.backend}: ${reason}`)
    await postpone(dependencies, options, message)
  }
}

function parseJob(body: string): PrintJob | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return 'the message is no JSON'
  }
  const job = printJobSchema.safeParse(parsed)
  if (job.success) return job.data
  return job.error.issues.map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`).join('; ')
}

async function serveJob(
  dependencies: PrintAgentDependencies,
  options: PrintAgentOptions,
  running: Running,
  received: Received,
): Promise<void> {
  const { message, job, name } = received
  const { lanes, names, parked, stopping } = running
  const lane = job.printer ?? DEFAULT_LANE
  // Delivered twice at the same time: later, the journal may answer it.
  if (names.has(name)) return await postpone(dependencies, options, message)
  if (lanes.length(lane) >= options.longestLane) return await parked.park(lane, message)
  names.add(name)
  try {
    await whileKeptInvisible(dependencies, { ...options, stopping }, message, (letGo) =>
      lanes.run(lane, () => serveInLane(dependencies, options, received, letGo)),
    )
  } finally {
    names.delete(name)
    if (!stopping.aborted) await parked.call(lane)
  }
}

async function serveInLane(
  dependencies: PrintAgentDependencies,
  options: PrintAgentOptions,
  received: Received,
  letGo: AbortSignal,
): Promise<void> {
  const { queue, reports, journal, log, told, waiting } = dependencies
  const { message, job, name } = received
  const earlier = earlierReport(dependencies, received)
  if (earlier !== undefined) {
    log('print-job-again', logFields(received))
    await reports.send(earlier)
    return await queue.remove(message)
  }
  // Else the job that failed in CUPS would be followed to its end a second time.
  if (journal.stateOf(name)?.ended !== undefined) await journal.write({ entry: 'forgotten', job: name })
  const outcome = await inOwnFolder(dependencies, options, (folder) => {
    const report = async ({ code, text }: { code: string; text: string }) => {
      log('print-job-waits', { ...logFields(received), reason: text }, 'warning')
      told?.error(`fax ${job.faxId} to ${job.backend} waits: ${text}`)
      await reports.send(reportOf(job, retry(text, { code }), waiting.now()))
    }
    const hand = { name, job, since: message.firstReceivedAt, folder, report }
    return printToEnd(dependencies, options, hand, letGo)
  })
  if (outcome === undefined) return await queue.keepInvisible(message, 0)
  const good = outcome.outcome === 'delivered'
  log(
    'print-job',
    { ...logFields(received), outcome: outcome.outcome, said: outcome.text },
    good ? 'info' : 'error',
  )
  const report = reportOf(job, outcome, waiting.now())
  await journal.write({ entry: 'ended', job: name, messageId: message.id, report })
  if (good) told?.success(`fax ${job.faxId} to ${job.backend}: ${outcome.receipt}`)
  else told?.error(`fax ${job.faxId} to ${job.backend}: ${outcome.text}`)
  await reports.send(report)
  await queue.remove(message)
}

/**
 * What was printed stays printed, whatever message asks, but one that wants it once more; what has failed is tried anew when somebody sends it
 * again. A message from before what was dealt with last is dealt with.
 */
function earlierReport(
  { journal }: Pick<PrintAgentDependencies, 'journal'>,
  { message, job, name }: Received,
): Report | undefined {
  const ended = journal.stateOf(name)?.ended
  if (ended === undefined) return undefined
  const [wantedAt = '', endedFor = ''] = [job.wantedAt, ended.report.wantedAt]
  if (wantedAt < endedFor) return ended.report
  if (job.again === true && wantedAt > endedFor) return undefined
  return ended.report.outcome.outcome === 'delivered' || ended.messageId === message.id
    ? ended.report
    : undefined
}

function logFields({ message, job }: Received): Record<string, string | number> {
  return {
    faxId: job.faxId,
    backend: job.backend,
    printer: job.printer ?? 'default',
    receives: message.receives,
  }
}

function reportOf({ faxId, backend, wantedAt }: PrintJob, outcome: Outcome, at: Date): Report {
  const wanted = wantedAt === undefined ? {} : { wantedAt }
  return { version: 1, faxId, backend, at: at.toISOString(), ...wanted, outcome }
}

async function inOwnFolder<T>(
  { log }: Pick<PrintAgentDependencies, 'log'>,
  { workFolder }: Pick<PrintAgentOptions, 'workFolder'>,
  action: (folder: string) => Promise<T>,
): Promise<T> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(workFolder, WORK_PREFIX))
  try {
    return await action(folder)
  } finally {
    // What stays is cleared at the next start; an error here would hide that the paper is out.
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
      log('work-folder-not-cleared', { reason: String(error) }, 'warning')
    })
  }
}
