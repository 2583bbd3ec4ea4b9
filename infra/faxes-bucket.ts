import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { PREFIXES } from '../shared/object-keys.ts'
import { bucketArn, type Names } from './names.ts'

/**
 * What was received, what was sent, and what became of either; the copies for printing, which nobody needs once they are printed. What an
 * edge agent fetches and claims outlives the longest that a job may lie in its queue or among the dead letters, and be sent back from there.
 */
const RETENTION_DAYS: Record<keyof typeof PREFIXES, number> = {
  incoming: 90,
  pdf: 90,
  print: 14,
  outgoing: 90,
  transmit: 30,
  claims: 30,
}

/** The bucket of the faxes. A TIFF that arrives in it is announced on `arrivals`. */
export function faxesBucket(scope: Construct, names: Names, arrivals: Queue): Bucket {
  const bucket = new Bucket(scope, 'Faxes', {
    bucketName: names.bucket,
    // Each key is written once. Versions are for the hand that deletes the wrong one.
    versioned: true,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: lifecycleRules(),
  })
  bucket.addToResourcePolicy(arrivesOnce(bucket))
  announceArrivals(bucket, names, arrivals)
  return bucket
}

function lifecycleRules(): LifecycleRule[] {
  const expirations = Object.entries(RETENTION_DAYS).map(([area, days]) => ({
    id: `expire-${area}`,
    prefix: PREFIXES[area as keyof typeof PREFIXES],
    expiration: Duration.days(days),
  }))
  return [
    ...expirations,
    {
      id: 'clean-up',
      noncurrentVersionExpiration: Duration.days(30),
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
function announceArrivals(bucket: Bucket, names: Names, arrivals: Queue): void {
  const { policyDependable } = arrivals.addToResourcePolicy(
    new PolicyStatement({
      sid: 'S3Announces',
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [arrivals.queueArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnEquals: { 'aws:SourceArn': bucketArn(names.bucket) },
      },
    }),
  )
  const resource = bucket.node.defaultChild
  if (!(resource instanceof CfnBucket) || policyDependable === undefined) {
    throw new TypeError('CDK made the faxes bucket or the policy of its queue in an unknown way.')
  }
  resource.notificationConfiguration = {
    queueConfigurations: [
      {
        event: 's3:ObjectCreated:*',
        queue: arrivals.queueArn,
        filter: { s3Key: { rules: [{ name: 'prefix', value: PREFIXES.incoming }] } },
      },
    ],
  }
  resource.node.addDependency(policyDependable)
}
