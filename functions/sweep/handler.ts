import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { type SweepReport, sweepRequestSchema } from '../../shared/sweep-report.ts'
import { readEnvironment } from '../environment.ts'
import { makeDynamoQueries } from '../ledger/dynamo-queries.ts'
import { makeCount } from '../metrics.ts'
import { makeQueueUrlLookup, sendMessage } from '../queues/send.ts'
import { announcement } from './announcement.ts'
import { storedBetween } from './stored-faxes.ts'
import { type SweepDependencies, sweep } from './sweep.ts'

const environment = readEnvironment(
  z.object({
    FAXES_BUCKET: z.string(),
    LEDGER_TABLE: z.string(),
    METRICS_NAMESPACE: z.string(),
    ARRIVALS_QUEUE_URL: z.url(),
    DISPATCH_QUEUE_URL: z.url(),
    /** Names of all dead-letter queues, with commas between them. */
    DEAD_LETTER_QUEUES: z.string(),
  }),
)
const s3 = new S3Client({})
const sqs = new SQSClient({})
const queueUrl = makeQueueUrlLookup(sqs)
const now = () => new Date()

const dependencies: SweepDependencies = {
  queries: makeDynamoQueries(new DynamoDBClient({}), environment.LEDGER_TABLE),
  storedBetween: (from, to) => storedBetween(s3, environment.FAXES_BUCKET, { from, to }),
  announce: (stored) =>
    sendMessage(sqs, environment.ARRIVALS_QUEUE_URL, announcement(environment.FAXES_BUCKET, stored)),
  requestDelivery: (request) => sendMessage(sqs, environment.DISPATCH_QUEUE_URL, request),
  deadLetters,
  count: makeCount(environment.METRICS_NAMESPACE, (line) => process.stdout.write(line), now),
  now,
}

async function deadLetters(): Promise<{ queue: string; messages: number }[]> {
  const queues = environment.DEAD_LETTER_QUEUES.split(',')
  const depths = await Promise.all(
    queues.map(async (queue) => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: await queueUrl(queue),
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      )
      return { queue, messages: Number(Attributes?.ApproximateNumberOfMessages ?? 0) }
    }),
  )
  return depths.filter(({ messages }) => messages > 0)
}

const DAY_MILLISECONDS = 86_400_000

/** Daily by a schedule, whose event has nothing that is asked for; and by whoever invokes it. Answers its report. */
export async function handler(event: unknown): Promise<SweepReport> {
  const { days } = sweepRequestSchema.parse(event)
  const report = await sweep(dependencies, new Date(now().getTime() - days * DAY_MILLISECONDS))
  console.info({ event: 'sweep', ...report })
  return report
}
