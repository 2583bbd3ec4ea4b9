import { join } from 'node:path'
import { awsFault } from '../../aws-fault.ts'
import { backoffMilliseconds } from '../../backoff.ts'
import type { AwsClients } from '../../daemon/aws-clients.ts'
import { queueNames } from '../../daemon/common-options.ts'
import { findQueueUrl } from '../../daemon/queue-url.ts'
import type { StatusKeeper } from '../../daemon/status.ts'
import type { Log } from '../../log.ts'
import { withJobsInSight } from '../../queue/jobs-in-sight.ts'
import { s3JobFiles } from '../../queue/s3-job-files.ts'
import { sqsReports, sqsWorkQueue } from '../../queue/sqs-work-queue.ts'
import type { Waiting } from '../../waiting.ts'
import { connectAmi } from '../ami/ami-connection.ts'
import { AMI_LINK_DEFAULTS, AmiLink } from '../ami/ami-link.ts'
import type { EdgeConfig } from '../edge-config.ts'
import { readAmiSecret } from './ami-secret.ts'
import { s3Claims } from './claims.ts'
import { openTransmissionJournal } from './transmission-journal.ts'
import { runTransmitAgent } from './transmit-agent.ts'
import { TRANSMIT_DEFAULTS, type TransmitOptions } from './transmit-dependencies.ts'

const JOURNAL_FILE = 'transmissions.journal'

export interface RunTransmitDependencies {
  aws: Pick<AwsClients, 's3' | 'sqs'>
  reportsUrl: () => Promise<string>
  status: StatusKeeper
  waiting: Waiting
  log: Log
}

const AGAIN_MILLISECONDS = 60_000

/** What there is to tell of sending. */
export interface SendingState {
  calls: number
  /** For how long the oldest fax has waited that came and was put back. */
  oldestMilliseconds: number | undefined
  trouble: string | undefined
}

const NOT_SENDING: SendingState = { calls: 0, oldestMilliseconds: undefined, trouble: undefined }
/** A call may take hours, and is no wait. */
const PUT_BACK_RECEIVES = 2

type Sending = EdgeConfig & { amiUser: string }

/**
 * The sending side of an edge agent, until the signal aborts; at once where the configuration names no user of the PBX's manager. What keeps
 * it from sending (a secret that can't be read, a full disk) is told and tried again: it must not keep faxes from being received.
 */
export async function keepTransmitting(
  dependencies: RunTransmitDependencies,
  config: EdgeConfig,
  signal: AbortSignal,
  show: (ask: () => SendingState) => void,
): Promise<void> {
  const { amiUser } = config
  const { status, waiting, log } = dependencies
  while (amiUser !== undefined && !signal.aborted) {
    try {
      await runTransmit(dependencies, { ...config, amiUser }, signal, show)
    } catch (error) {
      const reason = (error as Error).message
      log('nothing-is-sent', { reason }, 'error')
      status.error(`nothing is sent: ${reason}`)
      show(() => ({ ...NOT_SENDING, trouble: `nothing is sent: ${reason}` }))
      status.sending({ calls: 0, pbx: reason })
      await waiting.pause(AGAIN_MILLISECONDS, signal)
    }
  }
}

async function runTransmit(
  { aws, reportsUrl, status, waiting, log }: RunTransmitDependencies,
  config: Sending,
  signal: AbortSignal,
  tell: (ask: () => SendingState) => void,
): Promise<void> {
  const link = await linkOf({ log, waiting }, config)
  // Without a journal there is no saying what was dialled: an agent that can't have one sends nothing.
  const journalFile = join(config.stateFolder, JOURNAL_FILE)
  const journal = await openTransmissionJournal({ log, now: waiting.now }, journalFile)
  let calls = 0
  const show = () => status.sending({ calls, pbx: link.connection?.greeting ?? link.trouble })
  const stopShowing = link.listen((event) => {
    if (event === undefined) show()
  })
  show()
  const pbxTrouble = () => (link.connection === undefined ? `PBX: ${link.trouble}` : undefined)
  tell(() => ({ ...NOT_SENDING, trouble: pbxTrouble() }))
  try {
    const urls = await queueUrls({ aws, reportsUrl, waiting, log }, config, signal)
    if (urls === undefined) return
    const elapsed = () => performance.now()
    const { queue, inSight } = withJobsInSight(
      { now: waiting.now, elapsed },
      sqsWorkQueue(aws.sqs, { queueUrl: urls.transmit }),
    )
    tell(() => ({
      calls,
      oldestMilliseconds: inSight().oldestMilliseconds(PUT_BACK_RECEIVES),
      trouble: pbxTrouble(),
    }))
    const dependencies = {
      queue,
      reports: sqsReports(aws.sqs, { queueUrl: urls.reports }),
      files: s3JobFiles(aws.s3, config),
      claims: s3Claims(aws.s3, config),
      ...{ journal, link, waiting, elapsed, log, told: status },
    }
    await runTransmitAgent(dependencies, optionsOf(config), signal, (count) => {
      calls = count
      show()
    })
  } finally {
    stopShowing()
    await journal.close()
  }
}

async function linkOf(dependencies: { log: Log; waiting: Waiting }, config: Sending): Promise<AmiLink> {
  const { amiHost: host, amiPort: port, amiUser: user, amiSecretFile } = config
  const secret = await readAmiSecret(amiSecretFile)
  const connect = () => connectAmi({ host, port, user, secret })
  return new AmiLink(dependencies, { ...AMI_LINK_DEFAULTS, connect })
}

function optionsOf(config: EdgeConfig): TransmitOptions {
  const { site, channels, dialContext, transmitContext, outgoingFolder, pbxPatienceMinutes } = config
  return {
    ...TRANSMIT_DEFAULTS,
    ...{ site, channels, dialContext, transmitContext, outgoingFolder },
    patienceMilliseconds: pbxPatienceMinutes * 60_000,
  }
}

/** Asks until there is an answer: a site may start before its line does. Undefined: it was stopped. */
async function queueUrls(
  { aws, reportsUrl, waiting, log }: Omit<RunTransmitDependencies, 'status'>,
  config: EdgeConfig,
  signal: AbortSignal,
): Promise<{ transmit: string; reports: string } | undefined> {
  const queue = queueNames(config).transmit
  for (let faults = 1; !signal.aborted; faults++) {
    try {
      const [transmit, reports] = await Promise.all([findQueueUrl(aws.sqs, queue), reportsUrl()])
      return { transmit, reports }
    } catch (error) {
      log('transmit-queue-not-found', { queue, reason: awsFault(error).text }, 'warning')
      await waiting.pause(backoffMilliseconds(faults, TRANSMIT_DEFAULTS.afterFault, waiting.random()), signal)
    }
  }
  return undefined
}
