import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import type { FunctionFeed } from './function-sizes.ts'
import type { GatewayFunction } from './gateway-function.ts'
import { queueArn } from './names.ts'

/**
 * Feeds a function from a queue. The function names the messages of a batch that failed, and they alone come again. Its role must have
 * the right to take them: see takeMessages.
 */
export function feedFrom(queue: string, { lambda }: GatewayFunction, feed: FunctionFeed, id = 'Feed'): void {
  new EventSourceMapping(lambda, id, {
    target: lambda,
    eventSourceArn: queueArn(queue),
    batchSize: feed.batchSize,
    maxConcurrency: feed.concurrency,
    reportBatchItemFailures: true,
  })
}
