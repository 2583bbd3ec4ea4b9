import type { ReceivedMessage, SourceQueue } from '../../lambda/event-source.ts'
import type { AwsCall } from '../aws-call.ts'
import { type Message, md5OfBody } from './message.ts'
import { systemAttributes } from './message-actions.ts'
import type { NamedQueue } from './queues.ts'

/** SQS takes that many in a call. */
const BATCH_LIMIT = 10

/**
 * A queue as Lambda's own poller meets it. The poller is a part of AWS: its calls are told, since they are on the bill, and go over no line, which
 * would cost this machine more than all the functions' own calls to SQS.
 */
export function lambdaPoll(
  { name, queue }: NamedQueue,
  onCall: ((call: AwsCall) => void) | undefined,
): SourceQueue {
  const tell = (action: string) => onCall?.({ service: 'sqs', action, caller: 'lambda', place: name })
  return {
    async receive(maximum, waitSeconds, signal) {
      tell('ReceiveMessage')
      const { visibilityTimeoutSeconds } = queue.attributes
      const request = { maxMessages: maximum, visibilityTimeoutSeconds, waitSeconds, ended: signal }
      return (await queue.receive(request)).map(receivedMessage)
    },
    async delete(messages) {
      for (let start = 0; start < messages.length; start += BATCH_LIMIT) tell('DeleteMessageBatch')
      for (const { messageId, receiptHandle } of messages) queue.remove(messageId, receiptHandle)
    },
  }
}

/** As it stands in the event. The handle is the queue's own: only this poller uses it. */
function receivedMessage(message: Message): ReceivedMessage {
  const messageAttributes = Object.entries(message.attributes).map(([name, { StringValue, DataType }]) => [
    name,
    {
      ...(StringValue === undefined ? {} : { stringValue: StringValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: DataType,
    },
  ])
  const attributes = Object.entries(systemAttributes(message)).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )
  return {
    messageId: message.id,
    receiptHandle: message.receipt ?? '',
    body: message.body,
    attributes: Object.fromEntries(attributes),
    messageAttributes: Object.fromEntries(messageAttributes),
    md5OfBody: md5OfBody(message.body),
  }
}
