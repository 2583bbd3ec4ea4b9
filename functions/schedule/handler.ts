import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { readEnvironment } from '../environment.ts'
import { makeGetTransmission } from '../ledger/dynamo-transmissions.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { makeQueueUrlLookup, sendMessage } from '../queues/send.ts'
import { dueAttemptSchema } from './due-attempt.ts'
import { type ScheduleDependencies, schedule } from './schedule.ts'

const environment = readEnvironment(
  z.object({
    LEDGER_TABLE: z.string(),
    /** Its own. */
    SCHEDULE_QUEUE_URL: z.url(),
    /** The transmit queue of a site is this and the site's name. */
    TRANSMIT_QUEUE_PREFIX: z.string(),
  }),
)

const sqs = new SQSClient({})
const transmitQueueUrl = makeQueueUrlLookup(sqs)

const dependencies: ScheduleDependencies = {
  ledger: { getTransmission: makeGetTransmission(new DynamoDBClient({}), environment.LEDGER_TABLE) },
  sendLater: (message, delaySeconds) =>
    sendMessage(sqs, environment.SCHEDULE_QUEUE_URL, message, { delaySeconds }),
  sendJob: async (job) =>
    sendMessage(sqs, await transmitQueueUrl(`${environment.TRANSMIT_QUEUE_PREFIX}${job.site}`), job),
  now: () => new Date(),
}

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async ({ body }) => {
    const due = dueAttemptSchema.parse(JSON.parse(body))
    const became = await schedule(dependencies, due)
    console.info({ event: 'attempt', transmissionId: due.transmissionId, attempt: due.attempt, became })
  })
}
