import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  paginateListQueues,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { CommandFailed } from '../subcommand.ts'
import type { GatewayQueues, QueueDepth } from './gateway.ts'

const DEPTHS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const

/** SQS hands out ten at a time. */
const MOST_PEEKED = 10

/** The queues of a deployment, whose names begin with its own. */
export function makeQueues(client: SQSClient, deployment: string): GatewayQueues {
  return {
    async depths() {
      const urls: string[] = []
      const prefix = `${deployment}-`
      for await (const { QueueUrls = [] } of paginateListQueues(
        { client },
        { QueueNamePrefix: prefix, MaxResults: 1000 },
      ))
        urls.push(...QueueUrls)
      return (await Promise.all(urls.map((url) => depthOf(client, url)))).sort((one, other) =>
        one.queue < other.queue ? -1 : 1,
      )
    },
    async send(queue, message) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: await urlOf(client, queue),
          MessageBody: JSON.stringify(message),
        }),
      )
    },
    async peek(queue) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: await urlOf(client, queue),
          MaxNumberOfMessages: MOST_PEEKED,
          // They are there for the next who looks, and for a redrive.
          VisibilityTimeout: 0,
          WaitTimeSeconds: 0,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      )
      return Messages.map(({ MessageId: id = '', Body: body = '', Attributes }) => ({
        id,
        body,
        sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)),
      }))
    },
    async redrive(queue) {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: await urlOf(client, queue), AttributeNames: ['QueueArn'] }),
      )
      await client.send(new StartMessageMoveTaskCommand({ SourceArn: Attributes?.QueueArn }))
    },
  }
}

async function depthOf(client: SQSClient, url: string): Promise<QueueDepth> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...DEPTHS] }),
  )
  const [visible = 0, inFlight = 0, delayed = 0] = DEPTHS.map((name) => Number(Attributes[name] ?? 0))
  return { queue: url.slice(url.lastIndexOf('/') + 1), visible, inFlight, delayed }
}

async function urlOf(client: SQSClient, queue: string): Promise<string> {
  const url = await findQueue(client, queue)
  if (url === undefined)
    throw new CommandFailed(
      `there is no queue ${queue}. A site that has left the routing table has none any more.`,
    )
  return url
}

/** Its URL; undefined where there is none of the name. */
export async function findQueue(client: SQSClient, queue: string): Promise<string | undefined> {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queue }))
    return QueueUrl
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined
    throw error
  }
}
