import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { withTimeLimit } from './time-limit.ts'

// The SDK says at every start that from 2027 on it wants a later Node; Debian 13's own is 20, and the bundle is pinned.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

/** The SDK's default chain: environment, profile, credential_process, container, instance role. */
export type Credentials = ReturnType<typeof defaultProvider>

export interface AwsClients {
  s3: S3Client
  sqs: SQSClient
  credentials: Credentials
  close: () => void
}

/** A name server or a firewall that says nothing. */
const CONNECTION_MILLISECONDS = 10_000
/** Nothing moved on a connection: longer than a long poll of 20 s. */
const IDLE_MILLISECONDS = 60_000
/** credential_process may ask a slow network; one that hangs must not hang the agent. */
const CREDENTIALS_MILLISECONDS = 30_000
const MAX_CONNECTIONS = 20

/** One attempt a call for S3: the agents repeat by themselves, with their own waits, and see each failure. */
export function makeAwsClients({
  region,
  endpoint,
}: {
  region: string
  endpoint: string | undefined
}): AwsClients {
  const credentials = limitedCredentials(defaultProvider())
  const common = {
    region,
    // One provider for both clients, so that credential_process runs once and not twice an hour.
    credentials,
    logger: QUIET,
    ...(endpoint === undefined ? {} : { endpoint }),
    requestHandler: {
      connectionTimeout: CONNECTION_MILLISECONDS,
      socketTimeout: IDLE_MILLISECONDS,
      httpAgent: { keepAlive: true, maxSockets: MAX_CONNECTIONS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_CONNECTIONS },
    },
  }
  const s3 = new S3Client({ ...common, maxAttempts: 1, forcePathStyle: endpoint !== undefined })
  const sqs = new SQSClient(common)
  return {
    s3,
    sqs,
    credentials,
    close: () => {
      s3.destroy()
      sqs.destroy()
    },
  }
}

/** The SDK would write warnings of its own to the console, over several lines and without our names. */
const QUIET = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

function limitedCredentials(provider: Credentials): Credentials {
  return (properties) =>
    withTimeLimit({ what: 'getting credentials', milliseconds: CREDENTIALS_MILLISECONDS }, () =>
      provider(properties),
    )
}
