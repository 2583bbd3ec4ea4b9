import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { readEnvironment } from '../environment.ts'
import { ledgerEnvironmentSchema } from '../ledger/dynamo-ledger.ts'
import { makeDynamoTransmissionQueries } from '../ledger/dynamo-queries.ts'
import { makeDynamoTransmissions } from '../ledger/dynamo-transmissions.ts'
import { makeCount } from '../metrics.ts'
import { makeTellEnd } from '../notify-sender/sender-notice.ts'
import { readDeployedTable } from '../routing-table-file.ts'
import { putNewObject } from '../storage/faxes-bucket.ts'
import type { Answer } from './answer.ts'
import { type ApiDependencies, serveApi } from './api.ts'
import { makeClaimAttempt } from './claim-attempt.ts'
import { readRequest } from './request.ts'

const environment = readEnvironment(
  z.object({
    ...ledgerEnvironmentSchema.shape,
    FAXES_BUCKET: z.string(),
    METRICS_NAMESPACE: z.string(),
    SENDER_NOTICES_QUEUE_URL: z.url(),
  }),
)
const { LEDGER_TABLE, FAXES_BUCKET, METRICS_NAMESPACE, SENDER_NOTICES_QUEUE_URL } = environment

const s3 = new S3Client({})
const dynamoDb = new DynamoDBClient({})
const { outbound: profiles = [], timeZone } = readDeployedTable()
const now = () => new Date()

const dependencies: ApiDependencies = {
  ledger: makeDynamoTransmissions(dynamoDb, environment),
  queries: makeDynamoTransmissionQueries(dynamoDb, LEDGER_TABLE),
  rules: { profiles, timeZone },
  putDocument: async (document) => {
    await putNewObject(s3, FAXES_BUCKET, { ...document, contentType: 'application/pdf' })
  },
  claimAttempt: makeClaimAttempt(s3, FAXES_BUCKET, now),
  tellEnd: makeTellEnd(new SQSClient({}), SENDER_NOTICES_QUEUE_URL),
  count: makeCount(METRICS_NAMESPACE, (line) => process.stdout.write(line), now),
  now,
}

export async function handler(event: unknown): Promise<Answer> {
  const request = readRequest(event)
  const answer = await serveApi(dependencies, request)
  // Neither path nor query: numbers stand in them.
  console.info({
    event: 'request',
    method: request.method,
    status: answer.statusCode,
    sender: request.sender.name,
  })
  return answer
}
