import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { deadLettersOf, deploymentNames } from '../../shared/deployment-names.ts'
import { readHeartbeats } from '../../shared/ledger/heartbeat-record.ts'
import { siteQueues } from '../../shared/site-queues.ts'
import { type SweepReport, sweepRequestSchema } from '../../shared/sweep-report.ts'
import { readEnvironment } from '../environment.ts'
import { ledgerEnvironmentSchema } from '../ledger/dynamo-ledger.ts'
import { makeAsk, makeDynamoQueries, makeDynamoTransmissionQueries } from '../ledger/dynamo-queries.ts'
import { makeCount } from '../metrics.ts'
import { makeQueueUrlLookup, sendMessage } from '../queues/send.ts'
import { readDeployedTable } from '../routing-table-file.ts'
import { makeScheduleAttempt } from '../schedule/due-attempt.ts'
import { announcement } from './announcement.ts'
import { masked } from './masked.ts'
import { documentsBetween, findDocument } from './stored-documents.ts'
import { storedBetween } from './stored-faxes.ts'
import { type SweepDependencies, sweep } from './sweep.ts'

const environment = readEnvironment(
  z.object({
    FAXES_BUCKET: z.string(),
    ...ledgerEnvironmentSchema.shape,
    METRICS_NAMESPACE: z.string(),
    /** How long the bucket keeps faxes. */
    FAXES_DAYS: z.string().regex(/^[1-9]\d*$/),
    ARRIVALS_QUEUE_URL: z.url(),
    DISPATCH_QUEUE_URL: z.url(),
    SCHEDULE_QUEUE_URL: z.url(),
    /** Name of the queue of `submit`. */
    SUBMISSIONS_QUEUE: z.string(),
    /** Names of all queues but those of sites, with commas between them. */
    QUEUES: z.string(),
  }),
)
const { FAXES_BUCKET, LEDGER_TABLE, SUBMISSIONS_QUEUE } = environment
const table = readDeployedTable()
const s3 = new S3Client({})
const dynamoDb = new DynamoDBClient({})
const sqs = new SQSClient({})
const queueUrl = makeQueueUrlLookup(sqs)
const now = () => new Date()

const ALL_MESSAGES = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const
type MessageCount = (typeof ALL_MESSAGES)[number]

const dependencies: SweepDependencies = {
  queries: makeDynamoQueries(dynamoDb, LEDGER_TABLE),
  storedBetween: (from, to) => storedBetween(s3, FAXES_BUCKET, { from, to }),
  announce: (stored) => sendMessage(sqs, environment.ARRIVALS_QUEUE_URL, announcement(FAXES_BUCKET, stored)),
  requestDelivery: (request) => sendMessage(sqs, environment.DISPATCH_QUEUE_URL, request),
  transmissions: makeDynamoTransmissionQueries(dynamoDb, LEDGER_TABLE),
  documentsBetween: (from, to) => documentsBetween(s3, FAXES_BUCKET, { from, to }),
  findDocument: (key) => findDocument(s3, FAXES_BUCKET, key),
  announceDocument: async (document) =>
    sendMessage(sqs, await queueUrl(SUBMISSIONS_QUEUE), announcement(FAXES_BUCKET, document)),
  hasSubmissions: async () => {
    const depths = [SUBMISSIONS_QUEUE, deadLettersOf(SUBMISSIONS_QUEUE)].map((queue) =>
      messagesIn(queue, ALL_MESSAGES),
    )
    return (await Promise.all(depths)).some((messages) => messages > 0)
  },
  scheduleAttempt: makeScheduleAttempt(sqs, environment.SCHEDULE_QUEUE_URL),
  deadLetters,
  heartbeats: async () => {
    const ask = makeAsk(dynamoDb, LEDGER_TABLE)
    return (await Promise.all(table.sites.map((site) => readHeartbeats(ask, site)))).flat()
  },
  count: makeCount(environment.METRICS_NAMESPACE, (line) => process.stdout.write(line), now),
  now,
  faxesDays: Number(environment.FAXES_DAYS),
}

async function deadLetters(): Promise<{ queue: string; messages: number }[]> {
  const ofSites = siteQueues(deploymentNames(environment.METRICS_NAMESPACE), table)
  const queues = [...environment.QUEUES.split(','), ...ofSites].map(deadLettersOf)
  const depths = await Promise.all(
    queues.map(async (queue) => ({
      queue,
      messages: await messagesIn(queue, ['ApproximateNumberOfMessages']),
    })),
  )
  return depths.filter(({ messages }) => messages > 0)
}

async function messagesIn(queue: string, names: readonly MessageCount[]): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: await queueUrl(queue), AttributeNames: [...names] }),
  )
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0)
}

const DAY_MILLISECONDS = 86_400_000

/** Daily by a schedule, whose event has nothing that is asked for; and by whoever invokes it. Answers its report. */
export async function handler(event: unknown): Promise<SweepReport> {
  const { days } = sweepRequestSchema.parse(event)
  // What is older is off the ledger: a file that S3 has still to delete would be taken for one that nobody was told of.
  const daysBack = Math.min(days, Number(environment.LEDGER_DAYS))
  const report = await sweep(dependencies, new Date(now().getTime() - daysBack * DAY_MILLISECONDS))
  const { repaired, findings } = report
  console.info({ event: 'sweep', ...report, repaired: repaired.map(masked), findings: findings.map(masked) })
  return report
}
