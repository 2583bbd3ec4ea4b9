import { mkdir } from 'node:fs/promises'
import { makeAwsClients } from '../daemon/aws-clients.ts'
import { queueNames } from '../daemon/common-options.ts'
import { keepHeartbeat, type Measured, oldestAndTrouble, sqsHeartbeat } from '../daemon/heartbeat.ts'
import { findQueueUrl } from '../daemon/queue-url.ts'
import type { Heart } from '../daemon/run-daemon.ts'
import { keepStatus } from '../daemon/status.ts'
import { VERSION } from '../daemon/version.ts'
import type { Log } from '../log.ts'
import { realWaiting } from '../waiting.ts'
import { type EdgeDependencies, runEdgeAgent } from './edge-agent.ts'
import type { EdgeConfig } from './edge-config.ts'
import { s3Incoming } from './s3-incoming.ts'
import { openSequence } from './sequence-journal.ts'
import { spoolFolder } from './spool-folder.ts'
import type { SpoolState } from './spool-watch.ts'
import { tidySpool } from './tidy-spool.ts'
import { keepTransmitting, type SendingState } from './transmit/run-transmit.ts'
import { watchFolder } from './watch-folder.ts'

/** The edge agent of a configuration, on this machine's disk and clock, until the signal aborts. */
export async function runEdge(
  { log }: { log: Log },
  config: EdgeConfig,
  signal: AbortSignal,
  heart: Heart,
): Promise<void> {
  const { site, bucket, spool: folder, stateFolder, keepSentDays } = config
  const aws = makeAwsClients(config)
  const waiting = realWaiting
  const elapsed = () => performance.now()
  await mkdir(stateFolder, { recursive: true, mode: 0o750 }).catch((error: Error) => {
    // A full or read-only disk costs the numbers and the status; faxes go up all the same.
    log('no-state-folder', { reason: error.message }, 'error')
  })
  const sequence = await openSequence({ log, now: waiting.now }, stateFolder)
  const status = keepStatus({ waiting, log }, { version: VERSION, site, stateFolder })
  let spool: SpoolState | undefined
  let sendingState: () => SendingState | undefined = () => undefined
  const dependencies: EdgeDependencies = {
    spool: spoolFolder({ folder, keepSent: keepSentDays > 0, now: waiting.now, elapsed }),
    incoming: s3Incoming(aws.s3, { bucket }),
    sequence,
    status,
    tell: (state) => {
      spool = state
    },
    waiting,
    elapsed,
    log,
    watch: watchFolder({ log }, folder),
    tidy: () => tidySpool(waiting, { folder, keepSentDays }),
  }
  const reportsUrl = cached(() => findQueueUrl(aws.sqs, queueNames(config).reports))
  // Whichever breaks off, the others end with it, so that the process can end.
  const ending = new AbortController()
  const either = AbortSignal.any([signal, ending.signal])
  const heartbeat = keepHeartbeat(
    { send: sqsHeartbeat(aws.sqs, reportsUrl), waiting, log },
    'edge',
    async () => {
      status.alive()
      return { ...measured(elapsed(), spool, sendingState()), sequence: sequence.last() }
    },
    either,
  )
  const sending = keepTransmitting({ aws, reportsUrl, status, waiting, log }, config, either, (ask) => {
    sendingState = ask
  })
  const received = runEdgeAgent(dependencies, optionsOf(config), either, heart)
  try {
    await Promise.race([heartbeat, received])
  } finally {
    ending.abort()
    await Promise.allSettled([heartbeat, received, sending])
    await status.close()
    aws.close()
  }
}

/** What the gateway hears of this site. */
export function measured(
  now: number,
  spool: SpoolState | undefined,
  sending: SendingState | undefined,
): Measured {
  const { waiting = 0, oldestSince, unreadable = 0, refused = 0 } = spool ?? {}
  return {
    waiting: waiting + (sending?.calls ?? 0),
    ...oldestAndTrouble(
      [oldestSince === undefined ? undefined : now - oldestSince, sending?.oldestMilliseconds],
      [spool?.trouble, sending?.trouble],
    ),
    ...(unreadable > 0 && { unreadable }),
    ...(refused > 0 && { refused }),
  }
}

function optionsOf(config: EdgeConfig) {
  return {
    site: config.site,
    parallel: config.parallelUploads,
    orphanMilliseconds: config.orphanMinutes * 60_000,
    largestBytes: config.largestMegabytes * 1e6,
    scanMilliseconds: config.scanSeconds * 1000,
  }
}

/** Keeps the first answer; a failure is asked again. */
function cached(ask: () => Promise<string>): () => Promise<string> {
  let answer: string | undefined
  return async () => {
    answer ??= await ask()
    return answer
  }
}
