import { Duration } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { deadLettersOf } from '../shared/deployment-names.ts'
import { DEAD_LETTER_RETENTION_DAYS, type QueuePlan } from './queue-plans.ts'

/**
 * A standard queue and, behind it, the queue for what could not be handled. Encrypted by SQS's own key: S3 can send neither
 * to a FIFO queue nor to one under the managed KMS key, and CDK lets both pass.
 */
export function queueWithDeadLetters(scope: Construct, plan: QueuePlan): Queue {
  const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true }
  const deadLetters = new Queue(scope, `${plan.id}Dead`, {
    ...common,
    queueName: deadLettersOf(plan.name),
    retentionPeriod: Duration.days(DEAD_LETTER_RETENTION_DAYS),
  })
  return new Queue(scope, plan.id, {
    ...common,
    queueName: plan.name,
    visibilityTimeout: Duration.seconds(plan.visibilityTimeoutSeconds),
    retentionPeriod: Duration.days(plan.retentionDays),
    receiveMessageWaitTime: Duration.seconds(20),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: plan.maxReceiveCount },
  })
}
