import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import { agentMessageSchema } from '../../shared/messages.ts'
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
import { settleMessage, settleReturned } from './settle.ts'
import { settleTransmission } from './settle-transmission.ts'

const environment = readEnvironment(
  z.object({
    METRICS_NAMESPACE: z.string(),
    /** SES's own queue. An agent, which sends to the other one, can't make a mail come back. */
    MAIL_EVENTS_QUEUE_ARN: z.string(),
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
  countHeartbeat: makeCountHeartbeat(environment.METRICS_NAMESPACE, write, now),
  keepHeartbeat: makeKeepHeartbeat(dynamoDb, environment.LEDGER_TABLE),
  now,
}

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async (message) => console.info({ event: 'report', ...(await settle(message)) }))
}

/** What it was about, for the log. */
async function settle({ body, queueArn }: QueuedMessage) {
  if (queueArn === environment.MAIL_EVENTS_QUEUE_ARN) {
    const returned = mailReturned(body)
    return about(returned && (await settleReturned(dependencies, returned)))
  }
  const message = agentMessageSchema.parse(JSON.parse(body))
  if (!('transmission' in message)) return about(await settleMessage(dependencies, message))
  const { id, attempt, state } = await settleTransmission(dependencies, message)
  return { transmissionId: id, attempt, state }
}

function about(record: DeliveryRecord | undefined) {
  return record && { faxId: record.faxId, backend: record.backend, state: record.state }
}
