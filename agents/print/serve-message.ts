import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type PrintJob, printJobSchema, type Report } from '../../shared/messages.ts'
import { failed, type Outcome } from '../../shared/outcome.ts'
import { awsFault } from '../aws-fault.ts'
import { type Backoff, backoffMilliseconds } from '../backoff.ts'
import type { Log } from '../log.ts'
import type { Waiting } from '../waiting.ts'
import type { EndedJobs } from './ended-jobs.ts'
import type { PrintFiles } from './print-files.ts'
import type { PrintQueue, QueueMessage, Reports } from './print-queue.ts'
import type { Printer } from './printer.ts'
import { whileKeptInvisible } from './while-kept-invisible.ts'

export interface PrintAgentDependencies {
  queue: PrintQueue
  files: PrintFiles
  reports: Reports
  printer: Printer
  waiting: Waiting
  log: Log
}

export interface PrintAgentOptions {
  /** The agent's own: fetched files lie here until they are printed, and what a killed agent left is cleared at the start. */
  workFolder: string
  /** How long a message stays invisible without a sign of life from the agent. */
  invisibleSeconds: number
  /** How long a job waits whose printer said `retry`, by how often it came. */
  postpone: Backoff
  /** How long the agent waits after S3 or SQS failed, by how often in a row. */
  afterFault: Backoff
}

export const WORK_PREFIX = 'job-'

/**
 * One message to its end. The order is what keeps a job from being lost: print, then report, then remove. Killed in between, the
 * message comes again, and at worst the job is printed twice and reported twice, which the ledger takes as once.
 *
 * `left`: something failed that is not the printer's to decide; the message comes again when its invisible time is over.
 */
export async function serveMessage(
  dependencies: PrintAgentDependencies,
  options: PrintAgentOptions,
  ended: EndedJobs,
  message: QueueMessage,
): Promise<'served' | 'left'> {
  const { log } = dependencies
  const job = parseJob(message.body)
  if (typeof job === 'string') {
    // Not removed: the queue hands it to the dead letters, where somebody looks at it.
    log('no-print-job', { messageId: message.id, receives: message.receives, reason: job })
    return 'served'
  }
  try {
    await serveJob(dependencies, options, ended, { message, job })
    return 'served'
  } catch (error) {
    log('print-job-left', { ...logFields({ message, job }), reason: awsFault(error).text })
    return 'left'
  }
}

interface ReceivedJob {
  message: QueueMessage
  job: PrintJob
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
  ended: EndedJobs,
  received: ReceivedJob,
): Promise<void> {
  const { queue, reports, log, waiting } = dependencies
  const { message, job } = received
  const earlier = ended.reportOf(message)
  if (earlier !== undefined) {
    log('print-job-again', logFields(received))
    await reports.send(earlier)
    return await queue.remove(message)
  }
  const outcome = await whileKeptInvisible(dependencies, options, message, () =>
    fetchAndPrint(dependencies, options, job),
  )
  log('print-job', { ...logFields(received), outcome: outcome.outcome, said: outcome.text })
  if (outcome.outcome === 'retry') {
    const milliseconds = backoffMilliseconds(message.receives, options.postpone, waiting.random())
    return await queue.keepInvisible(message, Math.ceil(milliseconds / 1000))
  }
  const report = reportOf(job, outcome, waiting.now())
  // Before the report goes: should that fail, the message comes again, and the paper is out already.
  ended.remember(message, report)
  await reports.send(report)
  await queue.remove(message)
}

function logFields({ message, job }: ReceivedJob): Record<string, string | number> {
  return {
    faxId: job.faxId,
    backend: job.backend,
    printer: job.printer ?? 'default',
    receives: message.receives,
  }
}

function reportOf({ faxId, backend }: PrintJob, outcome: Outcome, at: Date): Report {
  return { version: 1, faxId, backend, at: at.toISOString(), outcome }
}

async function fetchAndPrint(
  { files, printer, log }: PrintAgentDependencies,
  { workFolder }: PrintAgentOptions,
  job: PrintJob,
): Promise<Outcome> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(workFolder, WORK_PREFIX))
  try {
    const file = join(folder, job.format === 'pdf' ? 'fax.pdf' : 'fax.tif')
    const fetched = await files.fetch(job.key, file)
    if (fetched === 'missing') return failed(`${job.key} is not in the bucket`, 'NoSuchKey')
    return await printer.print(file, job)
  } finally {
    // What stays is cleared at the next start; an error here would hide that the paper is out.
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
      log('work-folder-not-cleared', { reason: String(error) })
    })
  }
}
