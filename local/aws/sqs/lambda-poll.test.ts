import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AwsCall } from '../aws-call.ts'
import { QUEUE, startTestStandIn, type TestStandIn } from '../testing.ts'

let running: TestStandIn
let sqs: SQSClient
let calls: AwsCall[]

beforeEach(async () => {
  calls = []
  running = await startTestStandIn({ onCall: (call) => calls.push(call) })
  sqs = new SQSClient(running.client)
})
afterEach(async () => {
  sqs.destroy()
  await running.end()
})

test('gives messages as an event has them, hides them meanwhile, deletes them, and tells of what is billed', async () => {
  const { url: QueueUrl } = await running.standIn.createQueue('work', QUEUE)
  const MessageAttributes = { a: { DataType: 'String', StringValue: '1' } }
  await sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: 'a body', MessageAttributes, MessageGroupId: 'ftp' }),
  )
  const poll = running.standIn.pollQueue('work')
  const { signal } = new AbortController()
  const messages = await poll.receive(10, 0, signal)
  expect(messages).toMatchObject([
    {
      body: 'a body',
      attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'ftp' },
      messageAttributes: { a: { stringValue: '1', dataType: 'String' } },
    },
  ])
  expect(messages[0]?.attributes).not.toHaveProperty('DeadLetterQueueSourceArn')
  expect(await poll.receive(10, 0, signal)).toEqual([])
  expect(running.standIn.queueDepths().work).toMatchObject({ inFlight: 1 })
  await poll.delete(messages)
  expect(running.standIn.queueDepths().work).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  expect(calls.map(({ caller, action, place }) => `${caller} ${action} ${place}`)).toEqual([
    'owner SendMessage work',
    'lambda ReceiveMessage work',
    'lambda ReceiveMessage work',
    'lambda DeleteMessageBatch work',
  ])
})

test('ends its wait when it is told to', async () => {
  await running.standIn.createQueue('work', QUEUE)
  const stopping = new AbortController()
  const waiting = running.standIn.pollQueue('work').receive(10, 20, stopping.signal)
  stopping.abort()
  expect(await waiting).toEqual([])
})
