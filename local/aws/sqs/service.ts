import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { action, type JsonAction, jsonService } from '../json-protocol.ts'
import type { Service } from '../server.ts'
import { batchActions } from './batch.ts'
import { LARGEST_MESSAGE_BYTES } from './message.ts'
import { messageActions } from './message-actions.ts'
import type { NamedQueue, Queues } from './queues.ts'

export function createSqs(queues: Queues): Service {
  return jsonService({
    name: 'SQS',
    version: '1.0',
    actions: { ...messageActions(queues), ...batchActions(queues), ...queueActions(queues) },
    errorNamespace: 'com.amazonaws.sqs',
    errorCodes: ERROR_CODES,
    errorHeaders: (code) => ({ 'x-amzn-query-error': `${QUERY_CODES[code] ?? code};Sender` }),
  })
}

const attributesSchema = z.object({ QueueUrl: z.string(), AttributeNames: z.array(z.string()).default([]) })

function queueActions(queues: Queues): Record<string, JsonAction> {
  return {
    GetQueueUrl: action(z.object({ QueueName: z.string() }), ({ QueueName }) => ({
      QueueUrl: queues.urlOf(queues.named(QueueName).name),
    })),
    ListQueues: action(z.object({ QueueNamePrefix: z.string().default('') }), ({ QueueNamePrefix }) => ({
      QueueUrls: queues
        .names()
        .filter((name) => name.startsWith(QueueNamePrefix))
        .map((name) => queues.urlOf(name)),
    })),
    StartMessageMoveTask: action(
      z.object({ SourceArn: z.string(), DestinationArn: z.string().optional() }),
      (input) => startMessageMove(queues, input),
    ),
    GetQueueAttributes: action(attributesSchema, ({ QueueUrl, AttributeNames }) => {
      const all = attributesOf(queues, queues.at(QueueUrl))
      const unknown = AttributeNames.find((name) => name !== 'All' && !Object.hasOwn(all, name))
      if (unknown !== undefined)
        throw new AwsError(400, 'InvalidAttributeName', `Unknown Attribute ${unknown}.`)
      const wanted = Object.entries(all).filter(
        ([name, value]) =>
          value !== undefined && (AttributeNames.includes('All') || AttributeNames.includes(name)),
      )
      return { Attributes: Object.fromEntries(wanted) }
    }),
  }
}

/**
 * The messages come to their queues as new ones: with a new id, a new age, and all of their receives before them. At once, where SQS takes its
 * time. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
function startMessageMove(
  queues: Queues,
  { SourceArn, DestinationArn }: { SourceArn: string; DestinationArn?: string | undefined },
): object {
  const { name, queue } = queues.byArn(SourceArn)
  if (!queues.isDeadLetterQueue(name))
    throw new AwsError(
      400,
      'InvalidParameterValue',
      'Source queue must be configured as a Dead Letter Queue.',
    )
  queue.moveTo(({ body, attributes, groupId, deadLetterSourceArn }) => {
    const to = DestinationArn ?? deadLetterSourceArn
    if (to === undefined)
      throw new AwsError(400, 'CouldNotDetermineMessageSource', 'The source of a message is not known.')
    queues.byArn(to).queue.send({ body, attributes, ...(groupId === undefined ? {} : { groupId }) })
  })
  return { TaskHandle: Buffer.from(`${SourceArn} ${Date.now()}`).toString('base64') }
}

function attributesOf(queues: Queues, { name, queue }: NamedQueue): Record<string, string | undefined> {
  const { visibilityTimeoutSeconds, messageRetentionSeconds, delaySeconds, receiveWaitSeconds, deadLetter } =
    queue.attributes
  const { visible, inFlight, delayed } = queue.depth()
  const redrivePolicy = deadLetter && {
    deadLetterTargetArn: queues.arnOf(deadLetter.queueName),
    maxReceiveCount: deadLetter.maxReceiveCount,
  }
  return {
    QueueArn: queues.arnOf(name),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(messageRetentionSeconds),
    DelaySeconds: String(delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(receiveWaitSeconds),
    MaximumMessageSize: String(LARGEST_MESSAGE_BYTES),
    RedrivePolicy: redrivePolicy && JSON.stringify(redrivePolicy),
  }
}

const ERROR_CODES = {
  InvalidAccessKeyId: 'InvalidClientTokenId',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  AuthorizationHeaderMalformed: 'IncompleteSignatureException',
  UnknownOperationException: 'InvalidAction',
}

/** Names that SQS had in its older protocol; clients may still look for them. */
const QUERY_CODES: Record<string, string> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
}
