import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import type { BucketNotification, QueueAttributes } from '../aws/stand-in.ts'
import { queueNameOf } from './identities.ts'
import type { ResolvedResource } from './resolver.ts'

const bucketSchema = z.object({
  BucketName: z.string(),
  NotificationConfiguration: z
    .strictObject({
      QueueConfigurations: z.array(
        z.object({
          Event: z.string(),
          Queue: z.string(),
          Filter: z
            .object({
              S3Key: z.object({ Rules: z.array(z.object({ Name: z.string(), Value: z.string() })) }),
            })
            .optional(),
        }),
      ),
    })
    .optional(),
})

export function bucketOf(resource: ResolvedResource): { name: string; notifications: BucketNotification[] } {
  const { BucketName, NotificationConfiguration } = resource.properties(bucketSchema)
  const configurations = NotificationConfiguration?.QueueConfigurations ?? []
  const notifications = configurations.map(({ Event, Queue, Filter }) => {
    const ruleOf = (name: string) =>
      Filter?.S3Key.Rules.find((rule) => rule.Name.toLowerCase() === name)?.Value
    const prefix = ruleOf('prefix')
    const suffix = ruleOf('suffix')
    return {
      queueName: queueNameOf(Queue),
      events: [Event],
      ...(prefix === undefined ? {} : { prefix }),
      ...(suffix === undefined ? {} : { suffix }),
    }
  })
  return { name: BucketName, notifications }
}

/** Defaults are SQS's own. */
const queueSchema = z.object({
  QueueName: z.string(),
  VisibilityTimeout: z.number().default(30),
  MessageRetentionPeriod: z.number().default(345_600),
  DelaySeconds: z.number().default(0),
  ReceiveMessageWaitTimeSeconds: z.number().default(0),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }).optional(),
})

export function queueOf(resource: ResolvedResource): { name: string; attributes: QueueAttributes } {
  const queue = resource.properties(queueSchema)
  const redrive = queue.RedrivePolicy
  return {
    name: queue.QueueName,
    attributes: {
      visibilityTimeoutSeconds: queue.VisibilityTimeout,
      messageRetentionSeconds: queue.MessageRetentionPeriod,
      delaySeconds: queue.DelaySeconds,
      receiveWaitSeconds: queue.ReceiveMessageWaitTimeSeconds,
      ...(redrive === undefined
        ? {}
        : {
            deadLetter: {
              queueName: queueNameOf(redrive.deadLetterTargetArn),
              maxReceiveCount: redrive.maxReceiveCount,
            },
          }),
    },
  }
}

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
const tableSchema = z.object({
  TableName: z.string(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({
          ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
})

export function tableOf(resource: ResolvedResource): CreateTableCommandInput {
  return resource.properties(tableSchema)
}

export function secretOf(resource: ResolvedResource): string {
  return resource.properties(z.object({ Name: z.string() })).Name
}

const logStreamSchema = z.object({ LogGroupName: z.string(), LogStreamName: z.string() })

export function logGroupsOf(logStreams: readonly ResolvedResource[]): { name: string; streams: string[] }[] {
  const streams = new Map<string, string[]>()
  for (const resource of logStreams) {
    const { LogGroupName, LogStreamName } = resource.properties(logStreamSchema)
    streams.set(LogGroupName, [...(streams.get(LogGroupName) ?? []), LogStreamName])
  }
  return [...streams].map(([name, names]) => ({ name, streams: names }))
}
