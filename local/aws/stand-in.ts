import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import type { SourceQueue } from '../lambda/event-source.ts'
import type { AwsCall } from './aws-call.ts'
import { type Clock, systemClock } from './clock.ts'
import { startDynamoDb } from './dynamodb.ts'
import { type Access, Authorizer, type Principal } from './iam/authorizer.ts'
import type { Statement } from './iam/policy.ts'
import { createLambda, type Invoke } from './lambda/service.ts'
import { LogGroups } from './logs/log-groups.ts'
import { createLogs } from './logs/service.ts'
import { Buckets } from './s3/buckets.ts'
import { createS3 } from './s3/service.ts'
import { Secrets } from './secrets-manager/secrets.ts'
import { createSecretsManager } from './secrets-manager/service.ts'
import { startServer } from './server.ts'
import { createSes } from './ses/service.ts'
import { lambdaPoll } from './sqs/lambda-poll.ts'
import { Queues } from './sqs/queues.ts'
import { createSqs } from './sqs/service.ts'

export interface StandInOptions {
  /** Where all state is kept, as plain files. Starting again on the same folder goes on where it stopped. */
  homeFolder: string
  accountId: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  /** Delays of messages are divided by this, so that a retry in five minutes can be watched. 1: as on AWS. */
  delayDivisor: number
  /** 0, the default: any free port. */
  port?: number
  /** Told of each request that the stand-in does not know, or failed at; its caller gets an AWS error as well. */
  onUnknownRequest?: (text: string) => void
  /** Told of each call and whether it was allowed. */
  onAccess?: (access: Access) => void
  /** Told of each call whose signature holds. */
  onCall?: (call: AwsCall) => void
}

export interface BucketNotification {
  queueName: string
  /** As `s3:ObjectCreated:*` or `s3:ObjectCreated:Put`. */
  events: string[]
  prefix?: string
  suffix?: string
}

export interface QueueAttributes {
  visibilityTimeoutSeconds: number
  messageRetentionSeconds: number
  delaySeconds: number
  receiveWaitSeconds: number
  deadLetter?: { queueName: string; maxReceiveCount: number }
}

/** How many messages of a queue are in which state. */
export interface QueueDepth {
  visible: number
  inFlight: number
  delayed: number
}

/**
 * A bucket, queue, secret or log group exists once it has been made here, in each run: what a deployment no longer has
 * is gone, though its files stay in the home folder.
 */
export interface StandIn {
  /** http://127.0.0.1:PORT for all services but DynamoDB. */
  endpoint: string
  dynamoDbEndpoint: string
  /** Its notifications' queues have to be there. Exists already: notifications replaced. */
  createBucket(name: string, notifications: BucketNotification[]): Promise<void>
  /** Exists already: attributes updated. */
  createQueue(name: string, attributes: QueueAttributes): Promise<{ url: string; arn: string }>
  /** Empty until a value is put; a value put in an earlier run is kept. */
  createSecret(name: string): Promise<{ arn: string }>
  putSecretValue(name: string, value: string): Promise<void>
  createLogGroup(name: string, streams: string[]): Promise<void>
  /** Exists already: kept. */
  createTable(input: CreateTableCommandInput): Promise<void>
  /** The file of the home folder that an object is, or would be. */
  objectFile(bucketName: string, key: string): string
  queueDepths(): Record<string, QueueDepth>
  /** The queue as Lambda's own poller meets it. */
  pollQueue(name: string): SourceQueue
  /** Lets a function be invoked by its name. */
  serveFunction(name: string, invoke: Invoke): void
  /** Lets somebody call who may do what his policies say; the owner of the keys above may do everything. All have the one secret key. */
  admit(principal: Principal): void
  /** What a policy of a resource denies to everybody, the owner included. */
  denyToAll(statements: readonly Statement[]): void
  /** Ends long polls with an empty answer, lets other requests end, and frees the ports. */
  close(): Promise<void>
}

/** Starts on 127.0.0.1 alone. The `clock` is the tests' to turn: visibility, delays, retention and links go by it. */
export async function startStandIn(options: StandInOptions, clock: Clock = systemClock): Promise<StandIn> {
  const { homeFolder, onUnknownRequest = () => {} } = options
  const authorizer = new Authorizer(options)
  const place: Place = { ...options, authorizer, clock, folder: (name) => join(homeFolder, name) }
  await mkdir(homeFolder, { recursive: true, mode: 0o700 })
  // First, because it alone finds another gateway on the same folder.
  const dynamoDb = await startDynamoDb(place)
  await rm(place.folder('unfinished'), { recursive: true, force: true })

  const stores = makeStores(place)
  const server = await startServer({
    ...place,
    services: makeServices(place, stores),
    onUnknownRequest,
  }).catch(async (error: unknown) => {
    await dynamoDb.close()
    throw error
  })
  stores.queues.endpoint = server.endpoint
  return {
    ...control(stores, options.onCall),
    endpoint: server.endpoint,
    dynamoDbEndpoint: dynamoDb.endpoint,
    createTable: dynamoDb.createTable,
    admit: (principal) => authorizer.admit(principal),
    denyToAll: (statements) => authorizer.denyToAll(statements),
    async close() {
      await server.close()
      stores.queues.close()
      await dynamoDb.close()
    },
  }
}

interface Stores {
  queues: Queues
  buckets: Buckets
  secrets: Secrets
  logGroups: LogGroups
  functions: Map<string, Invoke>
}

function makeStores(place: Place): Stores {
  const queues = new Queues(place)
  return {
    queues,
    buckets: new Buckets(place, queues),
    secrets: new Secrets(place),
    logGroups: new LogGroups(place.folder('log')),
    functions: new Map(),
  }
}

/** By the names that signatures have for them. */
function makeServices(place: Place, { queues, buckets, secrets, logGroups, functions }: Stores) {
  return {
    s3: createS3(place, buckets),
    sqs: createSqs(queues),
    ses: createSes(place),
    secretsmanager: createSecretsManager(secrets),
    logs: createLogs(logGroups, place.clock),
    lambda: createLambda(functions),
  }
}

function control(
  { queues, buckets, secrets, logGroups, functions }: Stores,
  onCall: StandInOptions['onCall'],
): Omit<StandIn, 'endpoint' | 'dynamoDbEndpoint' | 'createTable' | 'admit' | 'denyToAll' | 'close'> {
  return {
    createBucket: async (name, notifications) => buckets.create(name, notifications),
    createQueue: async (name, attributes) => queues.create(name, attributes),
    createSecret: async (name) => secrets.create(name),
    putSecretValue: async (name, value) => secrets.put(name, value),
    createLogGroup: async (name, streams) => logGroups.create(name, streams),
    objectFile: (bucketName, key) => buckets.fileOf(bucketName, key),
    queueDepths: () => queues.depths(),
    pollQueue: (name) => lambdaPoll(queues.named(name), onCall),
    serveFunction: (name, invoke) => void functions.set(name, invoke),
  }
}

/** What every service of the stand-in is given. */
export interface Place {
  accountId: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  delayDivisor: number
  port?: number
  authorizer: Authorizer
  clock: Clock
  /** A folder of the home folder, by its name. */
  folder(name: string): string
}
