import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { makeSesClient, makeSesMailer } from '../backends/mail/ses-mailer.ts'
import { readEnvironment } from '../environment.ts'
import { ledgerEnvironmentSchema } from '../ledger/dynamo-ledger.ts'
import { makeDynamoTransmissions } from '../ledger/dynamo-transmissions.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { sendMessage } from '../queues/send.ts'
import { readStored } from '../storage/faxes-bucket.ts'
import { TIME_LIMIT_SECONDS } from './limits.ts'
import { type NotifySenderDependencies, notifySender } from './notify-sender.ts'
import { senderNoticeSchema } from './sender-notice.ts'

const environment = readEnvironment(
  z.object({
    ...ledgerEnvironmentSchema.shape,
    FAXES_BUCKET: z.string(),
    /** Its own. */
    SENDER_NOTICES_QUEUE_URL: z.url(),
  }),
)
const { FAXES_BUCKET, SENDER_NOTICES_QUEUE_URL } = environment

/** A picture is some tens of kilobytes; a larger one is not sent along. */
const LARGEST_PICTURE_BYTES = 2_000_000

const s3 = new S3Client({})
const sqs = new SQSClient({})

const dependencies: NotifySenderDependencies = {
  ledger: makeDynamoTransmissions(new DynamoDBClient({}), environment),
  readPicture: async (key) =>
    (await readStored(s3, FAXES_BUCKET, { key, largestBytes: LARGEST_PICTURE_BYTES }))?.bytes,
  sendRaw: makeSesMailer(makeSesClient()),
  sendLater: (message, delaySeconds) => sendMessage(sqs, SENDER_NOTICES_QUEUE_URL, message, { delaySeconds }),
  now: () => new Date(),
  leaseSeconds: 2 * TIME_LIMIT_SECONDS,
}

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async ({ body }) => {
    const message = senderNoticeSchema.parse(JSON.parse(body))
    const notice = await notifySender(dependencies, message)
    console.info({ event: 'notice', transmissionId: message.transmissionId, state: notice?.state })
  })
}
