import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { withStallLimit } from '../stall-limit.ts'
import type { QueueMessage, Reports, WorkQueue } from './work-queue.ts'

export interface SqsOptions {
  queueUrl: string
  /** How long a call may take, beyond the long poll's own time. */
  answerMilliseconds?: number
}

/** SQS's longest. */
const POLL_SECONDS = 20
const ANSWER_MILLISECONDS = 10_000

export function sqsWorkQueue(client: SQSClient, options: SqsOptions): WorkQueue {
  const { queueUrl, answerMilliseconds: milliseconds = ANSWER_MILLISECONDS } = options
  return {
    receive: async (invisibleSeconds, outer) => {
      const request = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 1,
        WaitTimeSeconds: POLL_SECONDS,
        VisibilityTimeout: invisibleSeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'ApproximateFirstReceiveTimestamp'],
      })
      // A connection that a firewall forgot gives neither answer nor error.
      const limit = {
        what: 'polling the queue',
        milliseconds: POLL_SECONDS * 1000 + milliseconds,
        outer,
      }
      try {
        const { Messages } = await withStallLimit(limit, ({ signal }) =>
          client.send(request, { abortSignal: signal }),
        )
        return queueMessage(Messages?.[0])
      } catch (error) {
        if (outer.aborted) return undefined
        throw error
      }
    },
    keepInvisible: async ({ receipt }, seconds) => {
      const request = new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receipt,
        VisibilityTimeout: seconds,
      })
      await withStallLimit({ what: 'extending a job', milliseconds }, ({ signal }) =>
        client.send(request, { abortSignal: signal }),
      )
    },
    remove: async ({ receipt }) => {
      const request = new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt })
      await withStallLimit({ what: 'removing a job', milliseconds }, ({ signal }) =>
        client.send(request, { abortSignal: signal }),
      )
    },
  }
}

export function sqsReports<Report>(client: SQSClient, options: SqsOptions): Reports<Report> {
  const { queueUrl, answerMilliseconds: milliseconds = ANSWER_MILLISECONDS } = options
  return {
    send: async (report) => {
      const request = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(report) })
      await withStallLimit({ what: 'sending a report', milliseconds }, ({ signal }) =>
        client.send(request, { abortSignal: signal }),
      )
    },
  }
}

function queueMessage(message: Message | undefined): QueueMessage | undefined {
  if (message?.MessageId === undefined || message.ReceiptHandle === undefined) return undefined
  const { ApproximateReceiveCount: receives, ApproximateFirstReceiveTimestamp: first } =
    message.Attributes ?? {}
  return {
    id: message.MessageId,
    receipt: message.ReceiptHandle,
    body: message.Body ?? '',
    receives: Number(receives ?? '1'),
    firstReceivedAt: first === undefined ? new Date() : new Date(Number(first)),
  }
}
