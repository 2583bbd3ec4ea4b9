import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { awsFault } from '../aws-fault.ts'
import { backoffMilliseconds } from '../backoff.ts'
import { type AwsClients, makeAwsClients } from '../daemon/aws-clients.ts'
import { queueNames } from '../daemon/common-options.ts'
import { keepHeartbeat, type Measured, oldestAndTrouble, sqsHeartbeat } from '../daemon/heartbeat.ts'
import { findQueueUrl } from '../daemon/queue-url.ts'
import type { Heart } from '../daemon/run-daemon.ts'
import { keepStatus } from '../daemon/status.ts'
import { VERSION } from '../daemon/version.ts'
import type { Log } from '../log.ts'
import { type JobsInSight, withJobsInSight } from '../queue/jobs-in-sight.ts'
import { s3JobFiles } from '../queue/s3-job-files.ts'
import { sqsReports, sqsWorkQueue } from '../queue/sqs-work-queue.ts'
import { realWaiting } from '../waiting.ts'
import { openJobJournal } from './job-journal.ts'
import { PRINT_AGENT_DEFAULTS, runPrintAgent } from './print-agent.ts'
import type { PrintConfig } from './print-config.ts'
import type { Hindered } from './serve-message.ts'
import { sitePrinter } from './site-printer.ts'
import { sweepStrays } from './sweep-strays.ts'

const JOURNAL_FILE = 'jobs.journal'
const WORK_FOLDER = 'work'

/** The print agent of a configuration, on this machine's disk and clock, until the signal aborts. */
export async function runPrint(
  { log }: { log: Log },
  config: PrintConfig,
  signal: AbortSignal,
  heart: Heart,
): Promise<void> {
  const { site, bucket, stateFolder } = config
  const waiting = realWaiting
  await mkdir(stateFolder, { recursive: true, mode: 0o750 })
  // Without a journal there is no saying what was printed: an agent that can't have one does not start.
  const journal = await openJobJournal({ log, now: waiting.now }, join(stateFolder, JOURNAL_FILE))
  const aws = makeAwsClients(config)
  const status = keepStatus({ waiting, log }, { version: VERSION, site, stateFolder })
  const urls = await queueUrls({ log, aws }, config, signal, heart)
  if (urls !== undefined) {
    const printer = sitePrinter(config, journal.instance)
    const elapsed = () => performance.now()
    const { queue, inSight } = withJobsInSight(
      { now: waiting.now, elapsed },
      sqsWorkQueue(aws.sqs, { queueUrl: urls.print }),
    )
    const hindrances = new Map<Hindered, string>()
    const dependencies = {
      queue,
      reports: sqsReports(aws.sqs, { queueUrl: urls.reports }),
      files: s3JobFiles(aws.s3, { bucket }),
      ...{ printer, journal, waiting, log, told: status },
      hindered: (what: Hindered, by: string | undefined) => {
        if (by === undefined) hindrances.delete(what)
        else hindrances.set(what, by)
      },
    }
    await together(signal, (ending) => {
      const send = sqsHeartbeat(aws.sqs, async () => urls.reports)
      const measure = async () => {
        status.alive()
        return measured(inSight(), hindrances)
      }
      const signs = {
        ...heart,
        waiting: status.waiting,
      }
      return [
        runPrintAgent(dependencies, { workFolder: join(stateFolder, WORK_FOLDER) }, ending, signs),
        sweepStrays(dependencies, ending),
        keepHeartbeat({ send, waiting, log }, 'print', measure, ending),
      ]
    })
  }
  await status.close()
  await journal.close()
  aws.close()
}

/** What the gateway hears of this site. What hindered a job that is off the queue hinders nothing any more. */
export function measured(
  { count, oldestMilliseconds }: JobsInSight,
  hindrances: ReadonlyMap<Hindered, string>,
): Measured {
  const ofJob = count === 0 ? undefined : hindrances.get('job')
  return { waiting: count, ...oldestAndTrouble([oldestMilliseconds(1)], [hindrances.get('queue'), ofJob]) }
}

/** Runs what belongs together: when one ends, with an error or without, the others are told to end as well. */
async function together(signal: AbortSignal, start: (ending: AbortSignal) => Promise<void>[]): Promise<void> {
  const ending = new AbortController()
  const end = () => ending.abort()
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  const ended = await Promise.allSettled(start(ending.signal).map((one) => one.finally(end)))
  signal.removeEventListener('abort', end)
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

/** Asks until there is an answer: a site may start before its line does. Undefined: it was stopped. */
async function queueUrls(
  { log, aws }: { log: Log; aws: Pick<AwsClients, 'sqs'> },
  config: PrintConfig,
  signal: AbortSignal,
  heart: Heart,
): Promise<{ print: string; reports: string } | undefined> {
  const names = queueNames(config)
  for (let faults = 1; !signal.aborted; faults++) {
    heart.beat()
    try {
      const [print, reports] = await Promise.all([
        findQueueUrl(aws.sqs, names.print),
        findQueueUrl(aws.sqs, names.reports),
      ])
      return { print, reports }
    } catch (error) {
      log(
        'queues-not-found',
        { print: names.print, reports: names.reports, reason: awsFault(error).text },
        'warning',
      )
      await realWaiting.pause(
        backoffMilliseconds(faults, PRINT_AGENT_DEFAULTS.afterFault, realWaiting.random()),
        signal,
      )
    }
  }
  return undefined
}
