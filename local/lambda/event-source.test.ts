import { describe, expect, test } from 'vitest'
import {
  type EventSource,
  type ReceivedMessage,
  type SourceQueue,
  startEventSource,
  succeededOf,
} from './event-source.ts'
import type { InvocationResult } from './runtime-api.ts'

const SOURCE: EventSource = {
  functionName: 'faxlane-receive',
  queueName: 'faxlane-arrivals',
  queueArn: 'arn:aws:sqs:eu-west-1:000000000000:faxlane-arrivals',
  region: 'eu-west-1',
  batchSize: 10,
  windowSeconds: 0,
  reportsBatchItemFailures: true,
  concurrency: 1,
}

function message(messageId: string): ReceivedMessage {
  return {
    messageId,
    receiptHandle: `handle of ${messageId}`,
    body: `{"is":"${messageId}"}`,
    md5OfBody: 'e4da3b7fbbce2345d7772b0674a318d5',
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: {},
  }
}

/** A queue that hides what was received for good: redelivery is the real queue's part. */
class FakeQueue implements SourceQueue {
  waiting: ReceivedMessage[]
  deleted: string[] = []
  receives: number[] = []
  constructor(messageIds: string[]) {
    this.waiting = messageIds.map(message)
  }
  async receive(maximum: number, waitSeconds: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
    this.receives.push(maximum)
    if (this.waiting.length > 0) return this.waiting.splice(0, maximum)
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve([]), waitSeconds * 1000)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve([])
      })
    })
  }
  async delete(messages: readonly ReceivedMessage[]): Promise<void> {
    this.deleted.push(...messages.map(({ messageId }) => messageId))
  }
}

/** Runs until the function was called `calls` times. */
async function serve(queue: FakeQueue, answers: InvocationResult[], changes: Partial<EventSource> = {}) {
  const events: unknown[] = []
  const problems: string[] = []
  await new Promise<void>((resolve) => {
    const pool = {
      async invoke(event: unknown): Promise<InvocationResult> {
        events.push(event)
        const answer = answers[events.length - 1] ?? { ok: true, payload: null }
        if (events.length >= answers.length) setTimeout(() => running.stop().then(resolve), 20)
        return answer
      },
    }
    const onProblem = (text: string) => problems.push(text)
    const running = startEventSource({ queue, pool, onProblem }, { ...SOURCE, ...changes })
  })
  return { events, problems }
}

describe('an event source', () => {
  test('hands messages over as Lambda does, and deletes them on success', async () => {
    const queue = new FakeQueue(['m1'])
    const { events } = await serve(queue, [{ ok: true, payload: { batchItemFailures: [] } }])
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: 'm1',
            receiptHandle: 'handle of m1',
            body: '{"is":"m1"}',
            attributes: { ApproximateReceiveCount: '1' },
            messageAttributes: {},
            md5OfBody: 'e4da3b7fbbce2345d7772b0674a318d5',
            eventSource: 'aws:sqs',
            eventSourceARN: SOURCE.queueArn,
            awsRegion: 'eu-west-1',
          },
        ],
      },
    ])
    expect(queue.deleted).toEqual(['m1'])
  })

  test('deletes only what did not fail, and says that some did', async () => {
    const queue = new FakeQueue(['m1', 'm2', 'm3'])
    const payload = { batchItemFailures: [{ itemIdentifier: 'm2' }] }
    const { problems } = await serve(queue, [{ ok: true, payload }])
    expect(queue.deleted).toEqual(['m1', 'm3'])
    expect(problems).toEqual([
      expect.stringContaining('faxlane-receive gave back a message of faxlane-arrivals'),
    ])
  })

  test('leaves all of a batch whose function threw', async () => {
    const queue = new FakeQueue(['m1', 'm2'])
    const error = { errorType: 'Error', errorMessage: 'table is gone' }
    const { problems } = await serve(queue, [{ ok: false, error }])
    expect(queue.deleted).toEqual([])
    expect(problems).toEqual([
      'faxlane-receive failed on 2 messages of faxlane-arrivals: Error: table is gone',
    ])
  })

  test('asks for no more than a batch', async () => {
    const queue = new FakeQueue(['m1', 'm2', 'm3'])
    const ok: InvocationResult = { ok: true, payload: null }
    const { events } = await serve(queue, [ok, ok, ok], { batchSize: 1 })
    expect(events).toHaveLength(3)
    expect(queue.receives.every((maximum) => maximum === 1)).toBe(true)
  })

  test('gathers a large batch within its window', async () => {
    const queue = new FakeQueue(Array.from({ length: 14 }, (_, index) => `m${index}`))
    const { events } = await serve(queue, [{ ok: true, payload: null }], { batchSize: 14, windowSeconds: 1 })
    expect(events).toEqual([{ Records: expect.objectContaining({ length: 14 }) }])
  })

  test('goes on after a queue that failed', async () => {
    const queue = new FakeQueue(['m1'])
    const receive = queue.receive.bind(queue)
    let calls = 0
    queue.receive = async (...values) => {
      calls += 1
      if (calls === 1) throw new Error('connection reset')
      return await receive(...values)
    }
    const { problems } = await serve(queue, [{ ok: true, payload: null }])
    expect(problems).toEqual([expect.stringContaining('connection reset')])
    expect(queue.deleted).toEqual(['m1'])
  })
})

describe('succeededOf', () => {
  const batch = [message('m1'), message('m2')]
  test.each([
    ['null', null, ['m1', 'm2']],
    ['nothing said', {}, ['m1', 'm2']],
    ['an empty list', { batchItemFailures: [] }, ['m1', 'm2']],
    ['a null list', { batchItemFailures: null }, ['m1', 'm2']],
    ['one', { batchItemFailures: [{ itemIdentifier: 'm1' }] }, ['m2']],
    ['an unknown one', { batchItemFailures: [{ itemIdentifier: 'm9' }] }, []],
    ['an empty name', { batchItemFailures: [{ itemIdentifier: '' }] }, []],
    ['a malformed list', { batchItemFailures: [{ id: 'm1' }] }, []],
  ])('%s', (_name, payload, expected) => {
    const succeeded = succeededOf(batch, { ok: true, payload }, true)
    expect(succeeded.map(({ messageId }) => messageId)).toEqual(expected)
  })

  test('does not look at the answer of a function that reports no failures', () => {
    const payload = { batchItemFailures: [{ itemIdentifier: 'm1' }] }
    expect(succeededOf(batch, { ok: true, payload }, false)).toEqual(batch)
  })
})
