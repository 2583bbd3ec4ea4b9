import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'

export async function sendMessage(
  client: SQSClient,
  queueUrl: string,
  message: object,
  delaySeconds = 0,
): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(message),
      DelaySeconds: delaySeconds,
    }),
  )
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
