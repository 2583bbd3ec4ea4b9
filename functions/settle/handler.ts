import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { agentMessageSchema } from '../../shared/messages.ts'
import { readEnvironment } from '../environment.ts'
import { makeDynamoLedger } from '../ledger/dynamo-ledger.ts'
import { makeDynamoTransmissions } from '../ledger/dynamo-transmissions.ts'
import { makeCount, makeCountHeartbeat } from '../metrics.ts'
import { makeTellEnd } from '../notify-sender/sender-notice.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { makeScheduleAttempt } from '../schedule/due-attempt.ts'
import { settleMessage } from './settle.ts'
import { settleTransmission } from './settle-transmission.ts'

const environment = readEnvironment(
  z.object({
    LEDGER_TABLE: z.string(),
    METRICS_NAMESPACE: z.string(),
    SCHEDULE_QUEUE_URL: z.url(),
    SENDER_NOTICES_QUEUE_URL: z.url(),
  }),
)
const dynamoDb = new DynamoDBClient({})
const sqs = new SQSClient({})

const write = (line: string) => process.stdout.write(line)
const now = () => new Date()

const dependencies = {
  ledger: makeDynamoLedger(dynamoDb, environment.LEDGER_TABLE),
  transmissions: makeDynamoTransmissions(dynamoDb, environment.LEDGER_TABLE),
  scheduleAttempt: makeScheduleAttempt(sqs, environment.SCHEDULE_QUEUE_URL),
  tellEnd: makeTellEnd(sqs, environment.SENDER_NOTICES_QUEUE_URL),
  count: makeCount(environment.METRICS_NAMESPACE, write, now),
  countHeartbeat: makeCountHeartbeat(environment.METRICS_NAMESPACE, write, now),
}

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async ({ body }) => {
    const message = agentMessageSchema.parse(JSON.parse(body))
    if ('transmission' in message) {
      const { id, attempt, state } = await settleTransmission(dependencies, message)
      console.info({ event: 'report', transmissionId: id, attempt, state })
      return
    }
    const record = await settleMessage(dependencies, message)
    if (record === undefined) return
    console.info({ event: 'report', faxId: record.faxId, backend: record.backend, state: record.state })
  })
}
