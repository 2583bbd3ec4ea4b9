import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { agentMessageSchema } from '../../shared/messages.ts'
import { type Ending, endingSchema, type Settled } from '../../shared/transmission/ending.ts'
import { mailReturned } from '../backends/mail/mail-events.ts'
import { giveUpEnvironmentSchema, makeGiveUp } from '../deliver/give-up-queues.ts'
import { readEnvironment } from '../environment.ts'
import { ledgerEnvironmentSchema, makeDynamoLedger } from '../ledger/dynamo-ledger.ts'
import { makeDynamoTransmissions } from '../ledger/dynamo-transmissions.ts'
import { makeKeepHeartbeat } from '../ledger/heartbeats.ts'
import { makeCount, makeCountHeartbeat } from '../metrics.ts'
import { makeTellEnd } from '../notify-sender/sender-notice.ts'
import { type BatchResponse, type QueuedMessage, workOnBatch } from '../queues/batch.ts'
import { makeScheduleAttempt } from '../schedule/due-attempt.ts'
import { type Refusal, reportingSite } from './reporting-site.ts'
import { settleMessage, settleReturned } from './settle.ts'
import { settleTransmission } from './settle-transmission.ts'

const environment = readEnvironment(
  z.object({
    METRICS_NAMESPACE: z.string(),
    /** SES's own queue. An agent, which sends to its site's, can't make a mail come back. */
    MAIL_EVENTS_QUEUE_ARN: z.string(),
    /** The queue of a site's agents is this and the site's name. */
    REPORTS_QUEUE_ARN_PREFIX: z.string(),
    SCHEDULE_QUEUE_URL: z.url(),
    SENDER_NOTICES_QUEUE_URL: z.url(),
    ...ledgerEnvironmentSchema.shape,
    ...giveUpEnvironmentSchema.shape,
  }),
)
const write = (line: string) => process.stdout.write(line)
const now = () => new Date()

const dynamoDb = new DynamoDBClient({})
const sqs = new SQSClient({})
const dependencies = {
  ledger: makeDynamoLedger(dynamoDb, environment),
  ...makeGiveUp(sqs, environment),
  transmissions: makeDynamoTransmissions(dynamoDb, environment),
  scheduleAttempt: makeScheduleAttempt(sqs, environment.SCHEDULE_QUEUE_URL),
  tellEnd: makeTellEnd(sqs, environment.SENDER_NOTICES_QUEUE_URL),
  count: makeCount(environment.METRICS_NAMESPACE, write, now),
  countHeartbeat: makeCountHeartbeat(environment.METRICS_NAMESPACE, write),
  keepHeartbeat: makeKeepHeartbeat(dynamoDb, environment.LEDGER_TABLE),
  now,
}

/** Batches of the queues; and whatever an operator ends, who invokes it and is answered. */
export function handler(event: unknown): Promise<BatchResponse | Settled> {
  const { data: ending } = endingSchema.safeParse(event)
  return ending === undefined ? settleBatch(event) : settleEnding(ending)
}

async function settleEnding({ site, ...report }: Ending): Promise<Settled> {
  const settled = await settleTransmission(dependencies, { site, sentAt: now() }, report)
  if ('refused' in settled) throw new Error(settled.refused)
  const { id: transmissionId, attempt, state } = settled
  console.info({ event: 'ending', transmissionId, attempt, state })
  return { transmissionId, attempt, state }
}

function settleBatch(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async (message) => {
    const settled = await settle(message)
    if (settled !== undefined && 'refused' in settled)
      console.error({ event: 'report refused', ...settled, sender: message.sender })
    else console.info({ event: 'report', ...settled })
  })
}

/** What it was about, for the log. */
async function settle({ body, queueArn, sentAt }: QueuedMessage) {
  if (queueArn === environment.MAIL_EVENTS_QUEUE_ARN) {
    const returned = mailReturned(body)
    return about(returned && (await settleReturned(dependencies, returned)))
  }
  const site = reportingSite(queueArn, environment.REPORTS_QUEUE_ARN_PREFIX)
  const message = agentMessageSchema.parse(JSON.parse(body))
  return about(
    'transmission' in message
      ? await settleTransmission(dependencies, { site, sentAt }, message)
      : await settleMessage(dependencies, { site, sentAt }, message),
  )
}

function about(settled: DeliveryRecord | TransmissionRecord | Refusal | undefined) {
  if (settled === undefined || 'refused' in settled) return settled
  if ('faxId' in settled) return { faxId: settled.faxId, backend: settled.backend, state: settled.state }
  return { transmissionId: settled.id, attempt: settled.attempt, state: settled.state }
}
