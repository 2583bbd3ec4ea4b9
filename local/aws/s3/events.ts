import { createHash, randomBytes } from 'node:crypto'
import type { BucketNotification } from '../stand-in.ts'
import type { ObjectRecord } from './object-record.ts'

export interface Created {
  bucketName: string
  region: string
  record: ObjectRecord
  operation: 'Put' | 'Copy'
  requestId: string
  sequencer: string
  nowMilliseconds: number
  accessKeyId: string
}

/** What S3 sends when an object has been made. */
export function objectCreatedEvent(
  { bucketName, region, record, operation, requestId, sequencer, nowMilliseconds, accessKeyId }: Created,
  notification: BucketNotification,
): string {
  const principalId = 'ALOCALSTANDIN'
  return JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: new Date(nowMilliseconds).toISOString(),
        eventName: `ObjectCreated:${operation}`,
        userIdentity: { principalId: `AWS:${accessKeyId}` },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId() },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: configurationId(notification),
          bucket: { name: bucketName, ownerIdentity: { principalId }, arn: `arn:aws:s3:::${bucketName}` },
          object: { key: encodeEventKey(record.key), size: record.sizeBytes, eTag: record.eTag, sequencer },
        },
      },
    ],
  })
}

/** What S3 sends once when a notification is configured, and which holds no Records. */
export function testEvent(bucketName: string, nowMilliseconds: number): string {
  return JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date(nowMilliseconds).toISOString(),
    Bucket: bucketName,
    RequestId: randomBytes(8).toString('hex').toUpperCase(),
    HostId: hostId(),
  })
}

const hostId = () => randomBytes(57).toString('base64')

export function configurationId(notification: BucketNotification): string {
  return createHash('sha256').update(JSON.stringify(notification)).digest('base64url').slice(0, 32)
}

/** As a form encodes it, blanks as `+`, but with slashes left as they are. */
export function encodeEventKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

export function wants(
  { events, prefix = '', suffix = '' }: BucketNotification,
  key: string,
  operation: Created['operation'],
): boolean {
  const name = `s3:ObjectCreated:${operation}`
  return (
    events.some((event) => event === name || event === 's3:ObjectCreated:*') &&
    key.startsWith(prefix) &&
    key.endsWith(suffix)
  )
}

/**
 * Sequencers rise with each event, also over a restart: the time in microseconds, or one more than the last. As AWS
 * writes them: hexadecimal, of one length here, so that they compare as text.
 */
export function risingSequencers(nowMilliseconds: () => number): () => string {
  let last = 0n
  return () => {
    const now = BigInt(Math.trunc(nowMilliseconds())) * 1000n
    last = now > last ? now : last + 1n
    return last.toString(16).toUpperCase().padStart(18, '0')
  }
}
