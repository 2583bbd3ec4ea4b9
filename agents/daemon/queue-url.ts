import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs'

/** By name, so that a configuration file needs none of AWS's URLs. Ask once and keep the answer. */
export async function findQueueUrl(client: SQSClient, queueName: string): Promise<string> {
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }))
  if (QueueUrl === undefined) throw new Error(`SQS gave no URL for the queue ${queueName}.`)
  return QueueUrl
}
