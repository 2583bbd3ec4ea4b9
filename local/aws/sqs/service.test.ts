import { createHash } from 'node:crypto'
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { QueueAttributes } from '../stand-in.ts'
import { errorOf, QUEUE, START, startTestStandIn, type TestStandIn } from '../testing.ts'

let running: TestStandIn
let sqs: SQSClient
let QueueUrl: string

beforeEach(async () => {
  running = await startTestStandIn()
  sqs = new SQSClient(running.client)
  QueueUrl = await create('work', {})
})
afterEach(() => running.end())

const create = async (name: string, attributes: Partial<QueueAttributes>) =>
  (await running.standIn.createQueue(name, { ...QUEUE, ...attributes })).url
const send = (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }))
const receive = async (more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> => {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      ...more,
    }),
  )
  return Messages ?? []
}
const bodies = async (more: Partial<ReceiveMessageCommandInput> = {}) =>
  (await receive(more)).map(({ Body }) => Body)
const remove = ({ ReceiptHandle }: Message) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
const changeVisibility = ({ ReceiptHandle }: Message, VisibilityTimeout: number) =>
  sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }))
const one = async (): Promise<Message> => (await receive())[0] ?? expect.unreachable('no message')
const advance = (seconds: number) => running.clock.advance(seconds * 1000)

describe('a message', () => {
  test('comes with its attributes and digests, which the SDK checks', async () => {
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'ü' },
      number: { DataType: 'Number.int', StringValue: '42' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    }
    const body = 'body ü \u{1f4e0} <&>\r\n'
    const sent = await send(body, { MessageAttributes, MessageGroupId: 'site' })
    advance(5)
    const [message] = await receive({ MessageAttributeNames: ['All'] })
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: body,
      MD5OfBody: createHash('md5').update(body).digest('hex'),
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      MessageAttributes,
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(START),
        ApproximateFirstReceiveTimestamp: String(START + 5000),
        MessageGroupId: 'site',
      },
    })
  })

  test('has the digest of its attributes that AWS gives', async () => {
    const timestamp = { DataType: 'Number', StringValue: '1493147359900' }
    const { MD5OfMessageAttributes } = await send('x', { MessageAttributes: { timestamp } })
    expect(MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c')
  })

  test('only has the attributes that were asked for', async () => {
    await send('x', {
      MessageAttributes: {
        'fax.id': { DataType: 'String', StringValue: '1' },
        other: { DataType: 'String', StringValue: '2' },
      },
    })
    const [message] = await receive({
      MessageSystemAttributeNames: ['SentTimestamp'],
      MessageAttributeNames: ['fax.*'],
    })
    expect(Object.keys(message?.Attributes ?? {})).toEqual(['SentTimestamp'])
    expect(Object.keys(message?.MessageAttributes ?? {})).toEqual(['fax.id'])
  })

  test('is invisible for the timeout of the queue, or of the receive', async () => {
    await send('x')
    expect(await bodies()).toEqual(['x'])
    advance(29.999)
    expect(await bodies()).toEqual([])
    advance(0.001)
    const [again] = await receive({ VisibilityTimeout: 100 })
    expect(again?.Attributes).toMatchObject({
      ApproximateReceiveCount: '2',
      ApproximateFirstReceiveTimestamp: String(START),
    })
    advance(99.999)
    expect(await bodies()).toEqual([])
    advance(0.001)
    expect(await bodies()).toEqual(['x'])
  })

  test('stays deleted', async () => {
    await send('x')
    const message = await one()
    await remove(message)
    await remove(message)
    advance(1000)
    expect(await bodies()).toEqual([])
  })

  test('is not deleted by the handle of an earlier receive, which succeeds all the same', async () => {
    await send('x')
    const first = await one()
    advance(30)
    const second = await one()
    expect(second.ReceiptHandle).not.toBe(first.ReceiptHandle)
    await remove(first)
    advance(30)
    expect(await bodies()).toEqual(['x'])
  })

  test('is deleted by the last handle although its timeout has ended', async () => {
    await send('x')
    const message = await one()
    advance(60)
    await remove(message)
    expect(await bodies()).toEqual([])
  })

  test('is held longer, or let go, by a change of its visibility', async () => {
    await send('x')
    const message = await one()
    advance(20)
    await changeVisibility(message, 100)
    advance(99.999)
    expect(await bodies()).toEqual([])
    await changeVisibility(message, 0)
    expect(await bodies()).toEqual(['x'])
  })

  test('expires when its retention ends', async () => {
    QueueUrl = await create('short', { messageRetentionSeconds: 60 })
    await send('x')
    advance(59)
    expect(running.standIn.queueDepths().short?.visible).toBe(1)
    advance(1)
    expect(await bodies()).toEqual([])
  })
})

describe('delays', () => {
  test('of the queue and of the message keep it back; the message has the last word', async () => {
    QueueUrl = await create('slow', { delaySeconds: 10 })
    await send('queue')
    await send('message', { DelaySeconds: 20 })
    await send('none', { DelaySeconds: 0 })
    expect(await bodies()).toEqual(['none'])
    advance(10)
    expect(await bodies()).toEqual(['queue'])
    advance(10)
    expect(await bodies()).toEqual(['message'])
  })

  test('are divided where the gateway was told so', async () => {
    await running.end()
    running = await startTestStandIn({ delayDivisor: 60 })
    sqs = new SQSClient(running.client)
    QueueUrl = await create('work', {})
    await send('x', { DelaySeconds: 900 })
    advance(14.999)
    expect(await bodies()).toEqual([])
    advance(0.001)
    expect(await bodies()).toEqual(['x'])
  })
})

describe('a long poll', () => {
  test('ends with the first message that comes', async () => {
    const polled = bodies({ WaitTimeSeconds: 20 })
    await send('x')
    expect(await polled).toEqual(['x'])
  })

  test.each([
    ['whose delay ends', () => send('x', { DelaySeconds: 5 })],
    ['that becomes visible again', () => send('x').then(() => receive({ VisibilityTimeout: 5 }))],
  ])('ends with a message %s', async (_, prepare) => {
    await prepare()
    const polled = bodies({ WaitTimeSeconds: 20 })
    await arrived(polled)
    advance(4.999)
    await arrived(polled)
    advance(0.001)
    expect(await polled).toEqual(['x'])
  })

  test('ends with a message that another one lets go', async () => {
    await send('x')
    const held = await one()
    const polled = bodies({ WaitTimeSeconds: 20 })
    await arrived(polled)
    await changeVisibility(held, 0)
    expect(await polled).toEqual(['x'])
  })

  test('ends with nothing after its time, which the queue may set', async () => {
    QueueUrl = await create('polled', { receiveWaitSeconds: 10 })
    const polled = bodies()
    await arrived(polled)
    advance(9.9)
    await arrived(polled)
    advance(0.1)
    expect(await polled).toEqual([])
  })

  test('ends with nothing when the stand-in closes', async () => {
    const polled = bodies({ WaitTimeSeconds: 20 })
    await arrived(polled)
    const closed = Date.now()
    await running.standIn.close()
    expect(await polled).toEqual([])
    expect(Date.now() - closed).toBeLessThan(1000)
    running = await startTestStandIn()
  })

  test('takes no message once its caller has gone', async () => {
    const leaving = new AbortController()
    const polled = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
      abortSignal: leaving.signal,
    })
    await arrived(polled)
    leaving.abort()
    await errorOf(polled)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await send('x')
    expect(await bodies()).toEqual(['x'])
  })

  /** Gives the request the time to reach the stand-in; it has not ended then. */
  async function arrived(request: Promise<unknown>): Promise<void> {
    const first = await Promise.race([
      request.then(() => 'ended'),
      new Promise((resolve) => setTimeout(resolve, 100, 'waits')),
    ])
    expect(first).toBe('waits')
  }
})

describe('the dead-letter queue', () => {
  test('gets a message that was received too often, with the time when it was first sent', async () => {
    const dead = await create('dead', {})
    QueueUrl = await create('source', { deadLetter: { queueName: 'dead', maxReceiveCount: 2 } })
    const { MessageId } = await send('x', {
      MessageAttributes: { a: { DataType: 'String', StringValue: '1' } },
    })
    for (let time = 0; time < 2; time++) {
      expect(await bodies()).toEqual(['x'])
      advance(30)
    }
    expect(await bodies()).toEqual([])
    expect(running.standIn.queueDepths()).toMatchObject({
      source: { visible: 0, inFlight: 0 },
      dead: { visible: 1 },
    })
    const [message] = await receive({ QueueUrl: dead, MessageAttributeNames: ['All'] })
    expect(message).toMatchObject({
      MessageId,
      Body: 'x',
      MessageAttributes: { a: { StringValue: '1' } },
      Attributes: {
        SentTimestamp: String(START),
        DeadLetterQueueSourceArn: 'arn:aws:sqs:eu-west-1:000000000000:source',
      },
    })
  })

  test('sends what is in it back, as new messages', async () => {
    const dead = await create('dead', {})
    QueueUrl = await create('source', { deadLetter: { queueName: 'dead', maxReceiveCount: 1 } })
    await send('one')
    await receive({ VisibilityTimeout: 0 })
    expect(await receive()).toEqual([])
    const move = (queue: string) =>
      sqs.send(new StartMessageMoveTaskCommand({ SourceArn: `arn:aws:sqs:eu-west-1:000000000000:${queue}` }))
    expect(await errorOf(move('source'))).toMatchObject({ name: 'InvalidParameterValue' })
    expect(await errorOf(move('nowhere'))).toMatchObject({ name: 'ResourceNotFoundException' })
    await move('dead')
    expect(await receive({ QueueUrl: dead })).toEqual([])
    const [message] = await receive()
    expect([message?.Body, message?.Attributes?.ApproximateReceiveCount]).toEqual(['one', '1'])
  })
})

describe('a batch', () => {
  const entry = (Id: string, MessageBody = Id) => ({ Id, MessageBody })
  const sendAll = (Entries: ReturnType<typeof entry>[]) =>
    sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))

  test('sends, holds and deletes; each entry succeeds or fails by itself', async () => {
    const sent = await sendAll([entry('a'), entry('b', 'not \u0001 allowed'), entry('c')])
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'c'])
    expect(sent.Failed).toEqual([
      expect.objectContaining({ Id: 'b', SenderFault: true, Code: 'InvalidMessageContents' }),
    ])
    const handles = (await receive()).map(({ ReceiptHandle, Body }) => ({ Id: Body, ReceiptHandle }))
    const held = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: handles.map((each, index) => ({ ...each, VisibilityTimeout: index === 0 ? 100 : 50_000 })),
      }),
    )
    expect([held.Successful?.map(({ Id }) => Id), held.Failed?.map(({ Code }) => Code)]).toEqual([
      ['a'],
      ['InvalidParameterValue'],
    ])
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [...handles, { Id: 'x', ReceiptHandle: 'nonsense' }],
      }),
    )
    expect([deleted.Successful?.map(({ Id }) => Id), deleted.Failed?.map(({ Code }) => Code)]).toEqual([
      ['a', 'c'],
      ['ReceiptHandleIsInvalid'],
    ])
    advance(1000)
    expect(await bodies()).toEqual([])
  })

  test.each([
    ['AWS.SimpleQueueService.EmptyBatchRequest', []],
    [
      'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
      Array.from({ length: 11 }, (_, number) => entry(`n${number}`)),
    ],
    ['AWS.SimpleQueueService.BatchEntryIdsNotDistinct', [entry('a'), entry('a')]],
    ['AWS.SimpleQueueService.InvalidBatchEntryId', [entry('a b')]],
    [
      'AWS.SimpleQueueService.BatchRequestTooLong',
      [entry('a', 'x'.repeat(600_000)), entry('b', 'x'.repeat(600_000))],
    ],
  ])('%s', async (queryCode, entries) => {
    expect(await errorOf(sendAll(entries))).toMatchObject({
      name: queryCode.replace(/.*\./, ''),
      Error: { Code: queryCode },
    })
    expect(await bodies()).toEqual([])
  })
})

describe('errors are those that the SDK knows:', () => {
  test('a queue that is not there', async () => {
    const error = await errorOf(sqs.send(new GetQueueUrlCommand({ QueueName: 'none' })))
    expect(error).toBeInstanceOf(QueueDoesNotExist)
    expect(error).toMatchObject({
      $metadata: { httpStatusCode: 400 },
      Error: { Code: 'AWS.SimpleQueueService.NonExistentQueue', Type: 'Sender' },
    })
    expect(
      await errorOf(send('x', { QueueUrl: QueueUrl.replace('000000000000', '111111111111') })),
    ).toBeInstanceOf(QueueDoesNotExist)
  })

  test.each<[string, (message: Message) => Promise<unknown>, string]>([
    ['a body over 1 MiB', () => send('x'.repeat(1024 * 1024 + 1)), 'InvalidParameterValue'],
    ['an empty body', () => send(''), 'MissingParameter'],
    ['a delay over 15 minutes', () => send('x', { DelaySeconds: 901 }), 'InvalidParameterValue'],
    ['a visibility over 12 hours', (message) => changeVisibility(message, 43_201), 'InvalidParameterValue'],
    ['11 messages', () => receive({ MaxNumberOfMessages: 11 }), 'InvalidParameterValue'],
    ['a wait over 20 s', () => receive({ WaitTimeSeconds: 21 }), 'InvalidParameterValue'],
    ['a handle that is none', () => remove({ ReceiptHandle: 'nonsense' }), 'ReceiptHandleIsInvalid'],
    [
      'a message that was deleted',
      (message) => remove(message).then(() => changeVisibility(message, 1)),
      'InvalidParameterValue',
    ],
    [
      'a message that is not in flight',
      (message) => changeVisibility(message, 0).then(() => changeVisibility(message, 1)),
      'MessageNotInflight',
    ],
    [
      'an attribute that is unknown',
      () => sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Colour' as 'All'] })),
      'InvalidAttributeName',
    ],
    ['an action that is unknown', () => sqs.send(new PurgeQueueCommand({ QueueUrl })), 'InvalidAction'],
  ])('%s', async (_, request, name) => {
    await send('held')
    expect((await errorOf(request(await one()))).name).toBe(name)
  })

  test('1 MiB, 12 hours and 15 minutes are allowed', async () => {
    await send('x'.repeat(1024 * 1024))
    await changeVisibility(await one(), 43_200)
    await send('x', { DelaySeconds: 900 })
  })
})

test('queues are found and described', async () => {
  await create('work-dead', {})
  await create('work', {
    visibilityTimeoutSeconds: 90,
    deadLetter: { queueName: 'work-dead', maxReceiveCount: 5 },
  })
  await send('visible')
  await send('delayed', { DelaySeconds: 5 })
  expect(await sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }))).toMatchObject({
    QueueUrl: `${running.standIn.endpoint}/000000000000/work`,
  })
  const { QueueUrls } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'work' }))
  expect(QueueUrls).toEqual([QueueUrl, `${QueueUrl}-dead`])
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
  expect(Attributes).toMatchObject({
    QueueArn: 'arn:aws:sqs:eu-west-1:000000000000:work',
    VisibilityTimeout: '90',
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesDelayed: '1',
    ApproximateNumberOfMessagesNotVisible: '0',
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:000000000000:work-dead',
      maxReceiveCount: 5,
    }),
  })
})
