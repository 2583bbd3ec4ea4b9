import * as z from 'zod'
import type { FunctionPool } from './function-pool.ts'
import type { InvocationResult } from './runtime-api.ts'

/** How a queue feeds a function, as AWS::Lambda::EventSourceMapping says it. */
export interface EventSource {
  functionName: string
  queueName: string
  queueArn: string
  region: string
  batchSize: number
  windowSeconds: number
  reportsBatchItemFailures: boolean
  concurrency: number
}

export interface ReceivedMessage {
  messageId: string
  receiptHandle: string
  body: string
  md5OfBody: string
  attributes: Record<string, string>
  messageAttributes: Record<string, { stringValue?: string; dataType: string }>
}

/** The queue as the poller needs it. */
export interface SourceQueue {
  /** At most `maximum` (1 to 10) messages; waits for the first for at most `waitSeconds` (0 to 20). */
  receive(maximum: number, waitSeconds: number, signal: AbortSignal): Promise<ReceivedMessage[]>
  delete(messages: readonly ReceivedMessage[]): Promise<void>
}

export interface EventSourceDependencies {
  queue: SourceQueue
  pool: Pick<FunctionPool, 'invoke'>
  onProblem: (text: string) => void
}

export interface RunningEventSource {
  /** Ends the polling at once; settles when the batches under way have been answered. */
  stop(): Promise<void>
}

const RECEIVE_LIMIT = 10
const LONGEST_WAIT_SECONDS = 20
const PAUSE_AFTER_FAULT_MILLISECONDS = 1000

/**
 * Lambda's poller of one queue: hands batches to the function and deletes what succeeded. What failed stays until its
 * visibility timeout ends, and goes to the dead-letter queue after the queue's receive count, as in a deployment.
 */
export function startEventSource(
  dependencies: EventSourceDependencies,
  source: EventSource,
): RunningEventSource {
  const stopping = new AbortController()
  const pollers = Array.from({ length: source.concurrency }, () =>
    pollUntilStopped(dependencies, source, stopping.signal),
  )
  return {
    async stop() {
      stopping.abort()
      await Promise.all(pollers)
    },
  }
}

async function pollUntilStopped(
  dependencies: EventSourceDependencies,
  source: EventSource,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const batch = await receiveBatch(dependencies.queue, source, signal)
      // Messages that came while stopping are left alone: they show again after their visibility timeout.
      if (batch.length > 0 && !signal.aborted) await serveBatch(dependencies, source, batch)
    } catch (error) {
      if (signal.aborted) return
      dependencies.onProblem(`Polling ${source.queueName} failed: ${String(error)}`)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_FAULT_MILLISECONDS))
    }
  }
}

/** One receive fills a batch of up to ten; a larger one, or one with a window, gathers until it is full or the window is over. */
async function receiveBatch(
  queue: SourceQueue,
  { batchSize, windowSeconds }: EventSource,
  signal: AbortSignal,
): Promise<ReceivedMessage[]> {
  const batch = await queue.receive(Math.min(batchSize, RECEIVE_LIMIT), LONGEST_WAIT_SECONDS, signal)
  const endsAt = Date.now() + windowSeconds * 1000
  while (batch.length > 0 && batch.length < batchSize && Date.now() < endsAt && !signal.aborted) {
    const waitSeconds = Math.min(LONGEST_WAIT_SECONDS, Math.ceil((endsAt - Date.now()) / 1000))
    batch.push(
      ...(await queue.receive(Math.min(batchSize - batch.length, RECEIVE_LIMIT), waitSeconds, signal)),
    )
  }
  return batch
}

async function serveBatch(
  { queue, pool, onProblem }: EventSourceDependencies,
  source: EventSource,
  batch: readonly ReceivedMessage[],
): Promise<void> {
  const result = await pool.invoke(sqsEvent(source, batch))
  const { functionName, queueName } = source
  if (!result.ok) {
    const { errorType, errorMessage } = result.error
    onProblem(
      `${functionName} failed on ${counted(batch.length)} of ${queueName}: ${errorType}: ${errorMessage}`,
    )
  }
  const succeeded = succeededOf(batch, result, source.reportsBatchItemFailures)
  if (result.ok && succeeded.length < batch.length) {
    onProblem(`${functionName} gave back ${counted(batch.length - succeeded.length)} of ${queueName}`)
  }
  if (succeeded.length > 0) await queue.delete(succeeded)
}

function counted(messages: number): string {
  return messages === 1 ? 'a message' : `${messages} messages`
}

const batchResponseSchema = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) })

/**
 * Which messages of a batch are done. An answer without failures (empty, null or no list at all) is a full success; one that names a message
 * that was not in the batch, or that is malformed, is a failure of all of them.
 */
export function succeededOf(
  batch: readonly ReceivedMessage[],
  result: InvocationResult,
  reportsBatchItemFailures: boolean,
): readonly ReceivedMessage[] {
  if (!result.ok) return []
  const payload = z.object({ batchItemFailures: z.unknown() }).safeParse(result.payload)
  const hasFailures = payload.success && (payload.data.batchItemFailures ?? null) !== null
  if (!reportsBatchItemFailures || !hasFailures) return batch
  const response = batchResponseSchema.safeParse(result.payload)
  if (!response.success) return []
  const failed = new Set(response.data.batchItemFailures.map((failure) => failure.itemIdentifier))
  const known = new Set(batch.map((message) => message.messageId))
  if ([...failed].some((messageId) => !known.has(messageId))) return []
  return batch.filter((message) => !failed.has(message.messageId))
}

function sqsEvent({ queueArn, region }: EventSource, batch: readonly ReceivedMessage[]): object {
  return {
    Records: batch.map((message) => ({
      ...message,
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: region,
    })),
  }
}
