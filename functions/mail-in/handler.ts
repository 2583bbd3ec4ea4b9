import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { readEnvironment } from '../environment.ts'
import { ledgerEnvironmentSchema } from '../ledger/dynamo-ledger.ts'
import { makeDynamoTransmissions } from '../ledger/dynamo-transmissions.ts'
import { makeCount } from '../metrics.ts'
import { makeTellEnd } from '../notify-sender/sender-notice.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { MAX_RECEIVES } from '../queues/redrive.ts'
import { readDeployedTable } from '../routing-table-file.ts'
import { putNewObject, readStored } from '../storage/faxes-bucket.ts'
import { type MailInDependencies, mailIn } from './mail-in.ts'
import { mailNotificationSchema } from './notification.ts'

const environment = readEnvironment(
  z.object({
    ...ledgerEnvironmentSchema.shape,
    FAXES_BUCKET: z.string(),
    METRICS_NAMESPACE: z.string(),
    SENDER_NOTICES_QUEUE_URL: z.url(),
  }),
)
const { FAXES_BUCKET, METRICS_NAMESPACE, SENDER_NOTICES_QUEUE_URL } = environment

/** SES takes mails of 40 MB. */
const LARGEST_MAIL_BYTES = 45_000_000

const s3 = new S3Client({})
const { outbound: profiles = [], timeZone } = readDeployedTable()
const now = () => new Date()

const dependencies: MailInDependencies = {
  ledger: makeDynamoTransmissions(new DynamoDBClient({}), environment),
  rules: { profiles, timeZone },
  readMailObject: async (key) =>
    (await readStored(s3, FAXES_BUCKET, { key, largestBytes: LARGEST_MAIL_BYTES }))?.bytes,
  putDocument: async (document) => {
    await putNewObject(s3, FAXES_BUCKET, { ...document, contentType: 'application/pdf' })
  },
  tellEnd: makeTellEnd(new SQSClient({}), SENDER_NOTICES_QUEUE_URL),
  count: makeCount(METRICS_NAMESPACE, (line) => process.stdout.write(line), now),
  now,
}

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async ({ body, receives }) => {
    const notification = mailNotificationSchema.parse(JSON.parse(body))
    const end = await mailIn(dependencies, notification, receives >= MAX_RECEIVES)
    const { messageId } = notification.mail
    if ('ignored' in end) {
      console.info({ event: 'mail', messageId, ignored: end.ignored })
      return
    }
    for (const { id, state } of end.transmissions)
      console.info({ event: 'mail', messageId, transmissionId: id, state })
  })
}
