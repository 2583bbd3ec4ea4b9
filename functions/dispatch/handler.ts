import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { dispatchRequestSchema } from '../../shared/messages.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { giveUpEnvironmentSchema, makeGiveUp } from '../deliver/give-up-queues.ts'
import { readEnvironment } from '../environment.ts'
import { ledgerEnvironmentSchema, makeDynamoLedger } from '../ledger/dynamo-ledger.ts'
import { makeDynamoQueries } from '../ledger/dynamo-queries.ts'
import { makeCount } from '../metrics.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { readDeployedTable } from '../routing-table-file.ts'
import { putFile, readObject } from '../storage/faxes-bucket.ts'
import { deliveryQueuesSchema, makeDeliveryQueues } from './delivery-queues.ts'
import { type DispatchDependencies, dispatch } from './dispatch.ts'

const environment = readEnvironment(
  z.object({
    FAXES_BUCKET: z.string(),
    METRICS_NAMESPACE: z.string(),
    ...ledgerEnvironmentSchema.shape,
    ...deliveryQueuesSchema.shape,
    ...giveUpEnvironmentSchema.shape,
  }),
)
const dynamo = new DynamoDBClient({})
const s3 = new S3Client({})
const sqs = new SQSClient({})
const now = () => new Date()
const dependencies: DispatchDependencies = {
  ledger: makeDynamoLedger(dynamo, environment),
  queries: makeDynamoQueries(dynamo, environment.LEDGER_TABLE),
  router: makeRouter(readDeployedTable()),
  readObject: (key) => readObject(s3, environment.FAXES_BUCKET, key),
  putFile: (file) => putFile(s3, environment.FAXES_BUCKET, file),
  ...makeDeliveryQueues(sqs, environment),
  ...makeGiveUp(sqs, environment),
  count: makeCount(environment.METRICS_NAMESPACE, (line) => process.stdout.write(line), now),
  now,
}

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async ({ body }) => {
    const request = dispatchRequestSchema.parse(JSON.parse(body))
    const dispatched = await dispatch(dependencies, request)
    console.info({ event: 'dispatch', ...request, ...dispatched })
  })
}
