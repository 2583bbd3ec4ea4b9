import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { type Claims, s3Claims } from '../../agents/edge/transmit/claims.ts'
import { fetchDocument } from '../../agents/edge/transmit/document.ts'
import { type EndedEvent, endedWithoutCall, judgeCall } from '../../agents/edge/transmit/judge-call.ts'
import { attemptName } from '../../agents/edge/transmit/originate.ts'
import { reportOf } from '../../agents/edge/transmit/transmit.ts'
import { logLine } from '../../agents/log.ts'
import type { JobFiles } from '../../agents/queue/job-files.ts'
import { s3JobFiles } from '../../agents/queue/s3-job-files.ts'
import { sqsReports, sqsWorkQueue } from '../../agents/queue/sqs-work-queue.ts'
import type { QueueMessage, Reports, WorkQueue } from '../../agents/queue/work-queue.ts'
import { convertTiffToPdf } from '../../shared/conversion/convert.ts'
import { claimKey } from '../../shared/transmission/keys.ts'
import {
  type TransmissionEvent,
  type TransmissionReport,
  type TransmitJob,
  transmitJobSchema,
} from '../../shared/transmission/transmit-job.ts'
import type { FunctionLog } from '../lambda/function-log.ts'
import type { Clients } from './clients.ts'
import type { RunningGateway } from './description.ts'
import { playCall } from './played-call.ts'

export interface Modems {
  stop(): Promise<void>
}

/** Longer than a call that is played. */
const INVISIBLE_SECONDS = 120
const AFTER_FAULT_MILLISECONDS = 1000

/**
 * Where no PBX is: takes the faxes to be sent of each site as its edge agent would, with that one's code but for the telephone, and puts what
 * the other side would have received into a folder.
 */
export function startModems(
  { s3, sqs }: Clients,
  log: FunctionLog,
  gateway: Pick<RunningGateway, 'bucket' | 'reportsQueues' | 'folders'>,
  transmitQueues: ReadonlyMap<string, string>,
  homeFolder: string,
): Modems {
  const stopping = new AbortController()
  const modems = [...transmitQueues].map(([site, queueUrl]) =>
    serveSite(
      {
        ...queuesOf(sqs, queueUrl, gateway.reportsQueues[site] ?? ''),
        files: s3JobFiles(s3, { bucket: gateway.bucket }),
        claims: s3Claims(s3, { bucket: gateway.bucket }),
        site,
        workFolder: join(homeFolder, 'unfinished', `modem-${site}`),
        sentFolder: gateway.folders.sent,
        log: (event, fields) =>
          log.write(`modem-${site}`, { level: 'INFO', message: logLine(event, fields) }),
      },
      stopping.signal,
    ),
  )
  return {
    async stop() {
      stopping.abort()
      await Promise.all(modems)
    },
  }
}

function queuesOf(sqs: SQSClient, queueUrl: string, reportsUrl: string) {
  return {
    queue: sqsWorkQueue(sqs, { queueUrl }),
    reports: sqsReports(sqs, { queueUrl: reportsUrl }) satisfies Reports<TransmissionReport>,
  }
}

interface Modem {
  site: string
  queue: WorkQueue
  reports: Reports<TransmissionReport>
  files: JobFiles
  claims: Claims
  workFolder: string
  sentFolder: string
  log: (event: string, fields: Record<string, string>) => void
}

async function serveSite(modem: Modem, signal: AbortSignal): Promise<void> {
  await mkdir(modem.workFolder, { recursive: true })
  while (!signal.aborted) {
    try {
      const message = await modem.queue.receive(INVISIBLE_SECONDS, signal)
      if (message !== undefined) await serve(modem, message)
    } catch (error) {
      // The message comes again.
      modem.log('not-sent', { reason: String(error) })
      await sleep(AFTER_FAULT_MILLISECONDS, undefined, { signal }).catch(() => undefined)
    }
  }
}

async function serve(modem: Modem, message: QueueMessage): Promise<void> {
  const job = transmitJobSchema.parse(JSON.parse(message.body))
  await report(modem, job, await dial(modem, job))
  await modem.queue.remove(message)
}

async function dial(modem: Modem, job: TransmitJob): Promise<EndedEvent> {
  const name = attemptName(job)
  const document = await fetchDocument(modem.files, { folder: modem.workFolder, name, job })
  if (document.fetched === 'unfit') return endedWithoutCall('file', document.why)
  const { claim } = await modem.claims.take(claimKey(job), `modem-${modem.site}`, new Date())
  if (claim === 'canceled') return endedWithoutCall('canceled')
  await report(modem, job, { event: 'dialling' })
  const ended = await call(modem, job)
  if (ended.cause === 'sent') await keep(modem, job, document.path)
  await rm(document.path)
  return ended
}

async function call(modem: Modem, job: TransmitJob): Promise<EndedEvent> {
  const steps = playCall(job, new Date())
  for (const { facts, milliseconds } of steps) {
    await sleep(milliseconds)
    const { hangup, pagesSent, rate, remoteStationId } = facts
    if (hangup === undefined) await report(modem, job, { event: 'sending', pagesSent, rate, remoteStationId })
  }
  return judgeCall(steps.at(-1)?.facts ?? { pagesSent: 0 }, 'seen', Date.now())
}

/** What the other side has now: the pages as they went, and as a PDF to look at. */
async function keep({ sentFolder }: Modem, job: TransmitJob, path: string): Promise<void> {
  const kept = join(sentFolder, `${job.destination}-${attemptName(job)}`)
  await mkdir(sentFolder, { recursive: true })
  await copyFile(path, `${kept}.tif`)
  const { pdf } = convertTiffToPdf(await readFile(path), { destination: job.destination })
  await writeFile(`${kept}.pdf`, pdf)
}

function report({ reports }: Modem, job: TransmitJob, progress: TransmissionEvent): Promise<void> {
  return reports.send(reportOf(job, progress, new Date()))
}
