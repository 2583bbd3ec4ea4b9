import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { ReceivedMessage, SourceQueue } from './event-source.ts'

/** A queue behind the SQS API, with the attributes that Lambda's poller asks for. */
export function sqsSourceQueue(client: SQSClient, queueUrl: string): SourceQueue {
  return {
    async receive(maximum, waitSeconds, signal) {
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: maximum,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      })
      const { Messages = [] } = await client.send(command, { abortSignal: signal })
      return Messages.map(receivedMessage)
    },
    async delete(messages) {
      for (let start = 0; start < messages.length; start += 10) {
        const entries = messages.slice(start, start + 10).map((message, index) => ({
          Id: String(index),
          ReceiptHandle: message.receiptHandle,
        }))
        await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }))
      }
    },
  }
}

function receivedMessage(message: Message): ReceivedMessage {
  const messageAttributes = Object.entries(message.MessageAttributes ?? {}).map(
    ([name, { StringValue, DataType = 'String' }]) => [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ],
  )
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(messageAttributes),
    md5OfBody: message.MD5OfBody ?? '',
  }
}
