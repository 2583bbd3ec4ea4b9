import process from 'node:process'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { assertLoopback } from '../loopback.ts'

// The SDK says once that from 2027 on it wants a later Node. The functions run where they run, and this is a development machine.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

export interface ClientSettings {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
}

/** Settings of any SDK client of the gateway. They leave nothing to the user's AWS environment and profiles. */
export function clientSettings({ endpoint, region, credentials }: ClientSettings) {
  assertLoopback(endpoint)
  // A copy: the SDK writes into what it is given.
  return {
    endpoint,
    region,
    credentials: { ...credentials },
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  }
}

export interface Clients {
  s3: S3Client
  sqs: SQSClient
  close(): void
}

export function makeClients(settings: ClientSettings): Clients {
  const s3 = new S3Client({ ...clientSettings(settings), forcePathStyle: true })
  const sqs = new SQSClient({
    ...clientSettings(settings),
    // Every print agent holds a connection for as long as its queue is empty.
    requestHandler: { httpAgent: { maxSockets: 500, keepAlive: true } },
  })
  return {
    s3,
    sqs,
    close() {
      s3.destroy()
      sqs.destroy()
    },
  }
}
