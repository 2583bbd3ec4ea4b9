import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct, IDependable } from 'constructs'
import { PREFIXES } from '../shared/object-keys.ts'
import { type DeployedTable, retentionOf } from '../shared/routing-table/deployed-table.ts'
import { bucketArn, type Names } from './names.ts'

/**
 * What was received, what was sent, and what became of either; the copies for printing, which nobody needs once they are printed. What an
 * edge agent fetches and claims outlives the longest that a job may lie in its queue or among the dead letters, and be sent back from there.
 */
const retentionDays = (faxesDays: number): Record<keyof typeof PREFIXES, number> => ({
  incoming: faxesDays,
  pdf: faxesDays,
  print: 14,
  outgoing: faxesDays,
  transmit: 30,
  claims: 30,
  mailIn: 30,
})

/** What was deleted by mistake can be had again for a week; what has come to its end is gone a week later. */
const VERSION_DAYS = 7

/** The queues on which the bucket announces what is put into its areas. */
export type Announcements = Partial<Record<keyof typeof PREFIXES, Queue>>

export interface FaxesBucketProps {
  names: Names
  table: DeployedTable
  announcements: Announcements
  /** Undefined: nobody writes down who reads. */
  accessLogBucket: string | undefined
}

/** The bucket of the faxes. What is put into an area is announced on its queue. */
export function faxesBucket(
  scope: Construct,
  { names, table, announcements, accessLogBucket }: FaxesBucketProps,
): Bucket {
  const bucket = new Bucket(scope, 'Faxes', {
    bucketName: names.bucket,
    // Each key is written once. Versions are for the hand that deletes the wrong one.
    versioned: true,
    ...encryptionOf(scope, names),
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: lifecycleRules(retentionOf(table).faxesDays),
  })
  bucket.addToResourcePolicy(arrivesOnce(bucket))
  announce(bucket, names, announcements)
  if (accessLogBucket !== undefined) logAccess(bucket, accessLogBucket)
  return bucket
}

function encryptionOf(scope: Construct, { encryptionKey }: Names) {
  if (encryptionKey === undefined) return { encryption: BucketEncryption.S3_MANAGED }
  return {
    encryption: BucketEncryption.KMS,
    encryptionKey: Key.fromKeyArn(scope, 'FaxesKey', encryptionKey),
    // One data key for many objects: else each fax costs a call of KMS.
    bucketKeyEnabled: true,
  }
}

function resourceOf(bucket: Bucket): CfnBucket {
  const resource = bucket.node.defaultChild
  if (!(resource instanceof CfnBucket)) throw new TypeError('CDK made the faxes bucket in an unknown way.')
  return resource
}

/** The property itself: CDK would want to write the policy of a bucket that is not ours. */
function logAccess(bucket: Bucket, destinationBucketName: string): void {
  resourceOf(bucket).loggingConfiguration = { destinationBucketName, logFilePrefix: 'faxes/' }
}

function lifecycleRules(faxesDays: number): LifecycleRule[] {
  const expirations = Object.entries(retentionDays(faxesDays)).map(([area, days]) => ({
    id: `expire-${area}`,
    prefix: PREFIXES[area as keyof typeof PREFIXES],
    expiration: Duration.days(days),
  }))
  return [
    ...expirations,
    {
      id: 'clean-up',
      noncurrentVersionExpiration: Duration.days(VERSION_DAYS),
      expiredObjectDeleteMarker: true,
      abortIncompleteMultipartUploadAfter: Duration.days(1),
    },
  ]
}

/**
 * A received fax is never overwritten, nor the claim of who may dial: a write to incoming/ and to claims/ must be conditional, which an
 * agent that is told otherwise by its configuration can't get around. Only what creates the object is asked for the header; the parts of a multipart upload can't carry it.
 */
function arrivesOnce(bucket: Bucket): PolicyStatement {
  return new PolicyStatement({
    sid: 'ArrivesOnce',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:PutObject'],
    resources: [PREFIXES.incoming, PREFIXES.claims].map((prefix) => bucket.arnForObjects(`${prefix}*`)),
    conditions: {
      Null: { 's3:if-none-match': 'true' },
      Bool: { 's3:ObjectCreationOperation': 'true' },
    },
  })
}

/**
 * The bucket's own notification property, since CDK's addEventNotification brings a function of its own that may change every bucket's
 * notifications. S3 sends a test message when the notification is set, so the queue has to let it in before the bucket is made.
 */
function announce(bucket: Bucket, names: Names, announcements: Announcements): void {
  const resource = resourceOf(bucket)
  const areas = Object.entries(announcements) as [keyof typeof PREFIXES, Queue][]
  for (const [, queue] of areas) resource.node.addDependency(letIn(queue, names))
  resource.notificationConfiguration = {
    queueConfigurations: areas.map(([area, queue]) => ({
      event: 's3:ObjectCreated:*',
      queue: queue.queueArn,
      filter: { s3Key: { rules: [{ name: 'prefix', value: PREFIXES[area] }] } },
    })),
  }
}

function letIn(queue: Queue, names: Names): IDependable {
  const { policyDependable } = queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'S3Announces',
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnEquals: { 'aws:SourceArn': bucketArn(names.bucket) },
      },
    }),
  )
  if (policyDependable === undefined) throw new TypeError('CDK made the policy of a queue in an unknown way.')
  return policyDependable
}
