import { randomUUID } from 'node:crypto'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { deploymentNames } from '../shared/deployment-names.ts'
import { PREFIXES } from '../shared/object-keys.ts'
import { clientSettings } from './gateway/clients.ts'
import type { RunningGateway } from './gateway.ts'

export interface IncomingMail {
  raw: Uint8Array
  recipients: readonly string[]
  /** Of the envelope. */
  source: string
  /** What SES would have found; PASS where nothing is said. */
  verdicts?: Partial<Record<'spam' | 'virus' | 'spf' | 'dkim' | 'dmarc', 'PASS' | 'FAIL' | 'GRAY'>>
}

/** Stands in for SES: puts a mail into the bucket and tells of it, as a receipt rule of the deployment does. Resolves to SES's id of the mail. */
export async function receiveMail(gateway: RunningGateway, mail: IncomingMail): Promise<string> {
  const { raw, recipients, source, verdicts = {} } = mail
  const messageId = randomUUID().replaceAll('-', '')
  const objectKey = `${PREFIXES.mailIn}${messageId}`
  const s3 = new S3Client({ ...clientSettings(gateway), forcePathStyle: true })
  const sqs = new SQSClient(clientSettings(gateway))
  try {
    await s3.send(new PutObjectCommand({ Bucket: gateway.bucket, Key: objectKey, Body: raw }))
    const verdict = (name: keyof typeof verdicts) => ({ status: verdicts[name] ?? 'PASS' })
    const notification = {
      notificationType: 'Received',
      mail: { timestamp: new Date().toISOString(), source, messageId, destination: recipients },
      receipt: {
        timestamp: new Date().toISOString(),
        processingTimeMillis: 1,
        recipients,
        spamVerdict: verdict('spam'),
        virusVerdict: verdict('virus'),
        spfVerdict: verdict('spf'),
        dkimVerdict: verdict('dkim'),
        dmarcVerdict: verdict('dmarc'),
        action: { type: 'S3', bucketName: gateway.bucket, objectKeyPrefix: PREFIXES.mailIn, objectKey },
      },
    }
    const QueueName = deploymentNames(gateway.deployment).mailIn
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }))
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(notification) }))
    return messageId
  } finally {
    s3.destroy()
    sqs.destroy()
  }
}
