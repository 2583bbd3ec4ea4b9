import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { action, type JsonAction } from '../json-protocol.ts'
import { checkMessage, type Message, md5OfAttributes, md5OfBody, messageAttributesSchema } from './message.ts'
import type { NamedQueue, Queues } from './queues.ts'

export const LONGEST_VISIBILITY_SECONDS = 43_200
const LONGEST_DELAY_SECONDS = 900
const LONGEST_WAIT_SECONDS = 20

/** What SendMessage and an entry of SendMessageBatch have in common. */
export const newMessageSchema = z.object({
  MessageBody: z.string().default(''),
  DelaySeconds: z.number().optional(),
  MessageAttributes: messageAttributesSchema.default({}),
  MessageGroupId: z.string().optional(),
})

const receiveSchema = z.object({
  QueueUrl: z.string(),
  MaxNumberOfMessages: z.number().default(1),
  VisibilityTimeout: z.number().optional(),
  WaitTimeSeconds: z.number().optional(),
  /** The older name of MessageSystemAttributeNames; both count. */
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
})

export function messageActions(queues: Queues): Record<string, JsonAction> {
  return {
    SendMessage: action(newMessageSchema.extend({ QueueUrl: z.string() }), (input) =>
      send(queues.at(input.QueueUrl), input),
    ),
    ReceiveMessage: action(receiveSchema, async (input, { ended }) => {
      const { queue, name } = queues.at(input.QueueUrl)
      const messages = await queue.receive({
        maxMessages: within('MaxNumberOfMessages', input.MaxNumberOfMessages, 1, 10),
        visibilityTimeoutSeconds: within(
          'VisibilityTimeout',
          input.VisibilityTimeout ?? queue.attributes.visibilityTimeoutSeconds,
          0,
          LONGEST_VISIBILITY_SECONDS,
        ),
        waitSeconds: within(
          'WaitTimeSeconds',
          input.WaitTimeSeconds ?? queue.attributes.receiveWaitSeconds,
          0,
          LONGEST_WAIT_SECONDS,
        ),
        ended,
      })
      return messages.length === 0
        ? {}
        : { Messages: messages.map((message) => received(name, message, input)) }
    }),
    DeleteMessage: action(z.object({ QueueUrl: z.string(), ReceiptHandle: z.string() }), (input) =>
      remove(queues.at(input.QueueUrl), input),
    ),
    ChangeMessageVisibility: action(
      z.object({ QueueUrl: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: z.number() }),
      (input) => changeVisibility(queues.at(input.QueueUrl), input),
    ),
  }
}

export function send(
  { queue }: NamedQueue,
  { MessageBody, DelaySeconds, MessageAttributes, MessageGroupId }: z.infer<typeof newMessageSchema>,
): object {
  checkMessage(MessageBody, MessageAttributes)
  const message = queue.send({
    body: MessageBody,
    attributes: MessageAttributes,
    ...(MessageGroupId !== undefined && { groupId: MessageGroupId }),
    ...(DelaySeconds !== undefined && {
      delaySeconds: within('DelaySeconds', DelaySeconds, 0, LONGEST_DELAY_SECONDS),
    }),
  })
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5OfBody(MessageBody),
    MD5OfMessageAttributes: md5OfAttributes(MessageAttributes),
  }
}

export function remove({ name, queue }: NamedQueue, { ReceiptHandle }: { ReceiptHandle: string }): object {
  const { id, receipt } = readHandle(name, ReceiptHandle)
  queue.remove(id, receipt)
  return {}
}

export function changeVisibility(
  { name, queue }: NamedQueue,
  input: { ReceiptHandle: string; VisibilityTimeout?: number | undefined },
): object {
  const { id, receipt } = readHandle(name, input.ReceiptHandle)
  if (input.VisibilityTimeout === undefined)
    throw new AwsError(400, 'MissingParameter', 'The request must contain the parameter VisibilityTimeout.')
  queue.changeVisibility(
    id,
    receipt,
    within('VisibilityTimeout', input.VisibilityTimeout, 0, LONGEST_VISIBILITY_SECONDS),
  )
  return {}
}

function received(queueName: string, message: Message, request: z.infer<typeof receiveSchema>): object {
  const { body, id, receipt = '' } = message
  const system = [...request.AttributeNames, ...request.MessageSystemAttributeNames]
  const attributes = Object.entries(systemAttributes(message)).filter(
    ([name, value]) => value !== undefined && (system.includes('All') || system.includes(name)),
  )
  const userAttributes = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) =>
      request.MessageAttributeNames.some((wanted) => isWanted(name, wanted)),
    ),
  )
  return {
    MessageId: id,
    ReceiptHandle: Buffer.from(`${queueName} ${id} ${receipt}`).toString('base64'),
    Body: body,
    MD5OfBody: md5OfBody(body),
    ...(attributes.length > 0 && { Attributes: Object.fromEntries(attributes) }),
    ...(Object.keys(userAttributes).length > 0 && {
      MessageAttributes: userAttributes,
      MD5OfMessageAttributes: md5OfAttributes(userAttributes),
    }),
  }
}

/** Those that are undefined a message does not have. */
export function systemAttributes({
  sentAt,
  firstReceivedAt = sentAt,
  receiveCount,
  groupId,
  deadLetterSourceArn,
}: Message): Record<string, string | undefined> {
  return {
    SenderId: 'ALOCALSTANDIN',
    SentTimestamp: String(Date.parse(sentAt)),
    ApproximateReceiveCount: String(receiveCount),
    ApproximateFirstReceiveTimestamp: String(Date.parse(firstReceivedAt)),
    MessageGroupId: groupId,
    DeadLetterQueueSourceArn: deadLetterSourceArn,
  }
}

/** `All`, a name, or the beginning of names, as `foo.*`. */
function isWanted(name: string, wanted: string): boolean {
  return (
    wanted === 'All' || wanted === name || (wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -2)))
  )
}

function readHandle(queueName: string, handle: string): { id: string; receipt: string } {
  const [name, id, receipt] = Buffer.from(handle, 'base64').toString().split(' ')
  if (name === queueName && id && receipt) return { id, receipt }
  throw new AwsError(
    400,
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle.slice(0, 100)}" is not a valid receipt handle.`,
  )
}

function within(parameter: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new AwsError(
    400,
    'InvalidParameterValue',
    `Value ${value} for parameter ${parameter} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
  )
}
