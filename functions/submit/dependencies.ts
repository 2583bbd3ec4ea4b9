import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { ledgerEnvironmentSchema } from '../ledger/dynamo-ledger.ts'
import { makeDynamoTransmissions } from '../ledger/dynamo-transmissions.ts'
import { makeCount } from '../metrics.ts'
import { makeTellEnd } from '../notify-sender/sender-notice.ts'
import { readDeployedTable } from '../routing-table-file.ts'
import { makeScheduleAttempt } from '../schedule/due-attempt.ts'
import { putObject, readStored } from '../storage/faxes-bucket.ts'
import { rasterisePdf } from './rasterise/rasterise-pdf.ts'
import type { SubmitDependencies } from './submit.ts'

export const submitEnvironmentSchema = z.object({
  FAXES_BUCKET: z.string(),
  ...ledgerEnvironmentSchema.shape,
  METRICS_NAMESPACE: z.string(),
  SCHEDULE_QUEUE_URL: z.url(),
  SENDER_NOTICES_QUEUE_URL: z.url(),
})

export function makeSubmitDependencies(
  environment: z.infer<typeof submitEnvironmentSchema>,
): SubmitDependencies {
  const { FAXES_BUCKET, METRICS_NAMESPACE } = environment
  const s3 = new S3Client({})
  const sqs = new SQSClient({})
  const { outbound: profiles = [], timeZone } = readDeployedTable()
  const now = () => new Date()
  return {
    ledger: makeDynamoTransmissions(new DynamoDBClient({}), environment),
    rules: { profiles, timeZone },
    dailyLimitOf: (outbound) => profiles.find(({ name }) => name === outbound)?.dailyLimit,
    readDocument: (wanted) => readStored(s3, FAXES_BUCKET, wanted),
    rasterise: rasterisePdf,
    putObject: (object) => putObject(s3, FAXES_BUCKET, object),
    scheduleAttempt: makeScheduleAttempt(sqs, environment.SCHEDULE_QUEUE_URL),
    tellEnd: makeTellEnd(sqs, environment.SENDER_NOTICES_QUEUE_URL),
    count: makeCount(METRICS_NAMESPACE, (line) => process.stdout.write(line), now),
    now,
  }
}
