import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  PutLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, START, startTestStandIn, type TestStandIn } from '../testing.ts'

const logGroupName = '/faxlane/faxes/log'
let running: TestStandIn
let client: CloudWatchLogsClient

beforeAll(async () => {
  running = await startTestStandIn()
  await running.standIn.createLogGroup(logGroupName, ['faxes'])
  client = new CloudWatchLogsClient(running.client)
})
afterAll(() => running.end())

const hours = (count: number) => START + count * 3_600_000
const event = (message: string, timestamp = START) => ({ message, timestamp })
const put = (logEvents: { message: string; timestamp: number }[], more = {}) =>
  client.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'faxes', logEvents, ...more }))
const lines = () =>
  readFileSync(join(running.homeFolder, 'log', 'log.log'), 'utf8')
    .split('\n')
    .slice(0, -1)

test('each event is a line of the file that has the name of its group', async () => {
  await put([event('first ü'), event('second')])
  await put([event('third')])
  expect(lines()).toEqual(['first ü', 'second', 'third'])
})

test('no line break in an event can forge another', async () => {
  const before = lines()
  await put([event('a\nb\r\nc\u2028d\u0085e')])
  expect(lines()).toEqual([...before, 'a\\nb\\r\\nc\\u2028d\\u0085e'])
})

test('a group and a stream that are not there are refused', async () => {
  const group = await errorOf(put([event('x')], { logGroupName: '/faxlane/faxes/none' }))
  expect([group.constructor, group.message]).toEqual([
    ResourceNotFoundException,
    'The specified log group does not exist.',
  ])
  const stream = await errorOf(put([event('x')], { logStreamName: 'none' }))
  expect([stream.constructor, stream.message]).toEqual([
    ResourceNotFoundException,
    'The specified log stream does not exist.',
  ])
})

test('events that are too old or too new are left out, and the answer says so', async () => {
  const before = lines()
  expect(
    (await put([event('old', hours(-15 * 24)), event('older than it looks', hours(-14 * 24) - 1)]))
      .rejectedLogEventsInfo,
  ).toEqual({ tooOldLogEventEndIndex: 2 })
  expect(
    (await put([event('now'), event('soon', hours(2)), event('new', hours(2) + 1)])).rejectedLogEventsInfo,
  ).toEqual({ tooNewLogEventStartIndex: 2 })
  expect(lines()).toEqual([...before, 'now', 'soon'])
})

describe('refused as a whole:', () => {
  test.each([
    ['no events', []],
    ['an empty event', [event('')]],
    ['events out of order', [event('b'), event('a', START - 1)]],
    ['more than 24 hours', [event('a', hours(-25)), event('b')]],
    ['over 1 MB', [event('x'.repeat(1_048_576 - 25))]],
    ['over 10,000 events', Array.from({ length: 10_001 }, () => event('x'))],
  ])('%s', async (_, events) => {
    const before = lines()
    expect((await errorOf(put(events))).name).toBe('InvalidParameterException')
    expect(lines()).toEqual(before)
  })
})

test('two groups can not share a file', async () => {
  await expect(running.standIn.createLogGroup('/other/LOG', ['faxes'])).rejects.toThrow(
    'would both be log/LOG.log',
  )
})

test('what it does not know, it says', async () => {
  expect((await errorOf(client.send(new DescribeLogGroupsCommand({})))).message).toContain(
    'does not know CloudWatch Logs DescribeLogGroups',
  )
})
