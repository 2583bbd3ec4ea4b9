import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { DeliveryMessage } from '../../shared/messages.ts'

/** SQS delays a message by fifteen minutes at most. */
export const LONGEST_DELAY_SECONDS = 900

export async function sendMessage(
  client: SQSClient,
  queueUrl: string,
  message: object,
  { delaySeconds = 0, group }: { delaySeconds?: number; group?: string } = {},
): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(message),
      DelaySeconds: delaySeconds,
      ...(group === undefined ? {} : { MessageGroupId: group }),
    }),
  )
}

/**
 * All backends of a kind share a queue. A group for each makes it a fair one: while one server hangs and holds its invocations to
 * their time limit, SQS hands out the messages of the others first.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 */
export function sendDelivery(
  client: SQSClient,
  queueUrl: string,
  message: DeliveryMessage,
  delaySeconds = 0,
): Promise<void> {
  return sendMessage(client, queueUrl, message, { delaySeconds, group: message.backend.name })
}

/** Finds the URL of a queue by its name, once for each name in the life of an execution environment. */
export function makeQueueUrlLookup(client: SQSClient): (name: string) => Promise<string> {
  const urls = new Map<string, string>()
  return async (name) => {
    const known = urls.get(name)
    if (known !== undefined) return known
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }))
    if (QueueUrl === undefined) throw new Error(`SQS gave no URL for queue ${name}.`)
    urls.set(name, QueueUrl)
    return QueueUrl
  }
}
