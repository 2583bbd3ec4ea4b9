import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { transmissionEventSchema } from '../../../shared/transmission/transmit-job.ts'
import { AmiMessage } from '../ami/ami-message.ts'
import { afterEvent, type CallFacts, isSettled, NOTHING_KNOWN } from './call-facts.ts'
import { endedWithoutCall, judgeCall } from './judge-call.ts'

const ID = '20261125T080000Z-0k3w9x7m2r4t-1'
const AT = 1_795_414_162_000

function known(...events: Record<string, string>[]): CallFacts {
  return events.reduce(
    (facts, event, index) =>
      afterEvent(facts, new AmiMessage(Object.entries({ ...event, Uniqueid: ID })), ID, AT + index * 1000),
    NOTHING_KNOWN,
  )
}

const up = { Event: 'OriginateResponse', Response: 'Success', Reason: '4' }
const notUp = (reason: number) => ({
  Event: 'OriginateResponse',
  Response: 'Failure',
  Reason: String(reason),
})
const hangup = (cause: number) => ({ Event: 'Hangup', Cause: String(cause), 'Cause-txt': 'words' })
const said = (status: string, error = '', pages = 0) => ({
  Event: 'UserEvent',
  UserEvent: 'FaxProgress',
  STATUS: status,
  ERROR: error,
  STATUSSTR: error,
  PAGES: String(pages),
})

describe('a call that was answered', () => {
  it.each([
    ['SUCCESS', 'HANGUP', 'sent'],
    ['FAILED', 'The call dropped prematurely', 'line'],
    ['FAILED', 'Unexpected message received', 'line'],
    ['FAILED', 'T38_NEG_ERROR', 'line'],
    ['FAILED', '', 'line'],
    ['FAILED', 'TIFF/F file cannot be opened', 'file'],
    ['FAILED', 'FILE_ERROR', 'file'],
    ['FAILED', 'Far end cannot receive at the resolution of the image', 'incompatible'],
    ['FAILED', 'Far end cannot receive at the size of the image', 'incompatible'],
    ['FAILED', 'Far end is not compatible', 'incompatible'],
    ['FAILED', 'INIT_ERROR', 'pbx'],
  ])('and of which the dialplan says %s, %s, is %s', (status, error, cause) => {
    expect(judgeCall(known(up, said(status, error), hangup(16)), 'seen', AT).cause).toBe(cause)
    // Events come in any order.
    expect(judgeCall(known(hangup(16), said(status, error), up), 'seen', AT).cause).toBe(cause)
  })

  it('in which SendFAX never ran broke off', () => {
    expect(judgeCall(known(up, said(''), hangup(16)), 'seen', AT).cause).toBe('line')
  })

  it.each(['seen', 'gone'] as const)('and of which the dialplan says nothing is unknown: %s', (sight) => {
    expect(judgeCall(known(up, hangup(16)), sight, AT).cause).toBe('unknown')
    expect(judgeCall(known(up), sight, AT).cause).toBe('unknown')
  })

  it('lasted from the answer to the hang-up', () => {
    expect(judgeCall(known(up, said('SUCCESS'), hangup(16)), 'seen', AT + 60_000).callSeconds).toBe(2)
    expect(judgeCall(known(up), 'gone', AT + 60_000).callSeconds).toBe(60)
  })

  it('counts the pages that any event confirmed', () => {
    const facts = known(
      up,
      { Event: 'SendFAX', PagesTransferred: '2', TransferRate: '9600' },
      said('FAILED', 'x', 1),
    )
    expect(judgeCall(facts, 'seen', AT)).toMatchObject({ pagesSent: 2, rate: 9600 })
    expect(judgeCall(facts, 'seen', AT).text).toContain('2 pages were confirmed before')
  })
})

describe('a call that was not answered', () => {
  it.each([
    [0, 17, 'busy'],
    [0, 19, 'no-answer'],
    [3, 19, 'no-answer'],
    [0, 18, 'no-answer'],
    [0, 20, 'no-answer'],
    [0, 1, 'unallocated'],
    [0, 22, 'unallocated'],
    [0, 28, 'unallocated'],
    [0, 21, 'rejected'],
    [0, 57, 'rejected'],
    [0, 34, 'congestion'],
    [0, 27, 'congestion'],
    [0, 38, 'congestion'],
    [0, 42, 'congestion'],
    [0, 102, 'congestion'],
    [0, 127, 'congestion'],
    [0, 65, 'incompatible'],
    [0, 3, 'pbx'],
    [0, 0, 'pbx'],
    [0, 16, 'pbx'],
    [3, 16, 'no-answer'],
    [5, 16, 'busy'],
    [8, 0, 'congestion'],
    [1, 0, 'no-answer'],
  ])('for reason %i and cause %i is %s', (reason, cause, expected) => {
    for (const facts of [known(notUp(reason), hangup(cause)), known(hangup(cause), notUp(reason))]) {
      expect(isSettled(facts)).toBe(true)
      expect(judgeCall(facts, 'seen', AT)).toMatchObject({ cause: expected, callSeconds: 0, pagesSent: 0 })
    }
  })

  it('as far as was seen, and is gone, is unknown', () => {
    expect(judgeCall(NOTHING_KNOWN, 'gone', AT).cause).toBe('unknown')
    expect(judgeCall(known({ Event: 'Newchannel', Channel: 'Local/1' }), 'gone', AT).cause).toBe('unknown')
  })
})

describe('events', () => {
  it('of other calls change nothing, nor of the other half of this one', () => {
    for (const uniqueId of ['another', `${ID}-b`]) {
      const event = new AmiMessage([
        ['Event', 'Hangup'],
        ['Uniqueid', uniqueId],
        ['Cause', '17'],
      ])
      expect(afterEvent(NOTHING_KNOWN, event, ID, AT)).toBe(NOTHING_KNOWN)
    }
  })

  it('with a stranger’s words stay words', () => {
    const station = '\r\nSTATUS: SUCCESS'
    const event = new AmiMessage([
      ...Object.entries({ ...said('FAILED', 'The call dropped prematurely'), Uniqueid: ID }),
      ['REMOTE', station],
      ['STATUS', 'SUCCESS'],
    ])
    const end = judgeCall(afterEvent(known(up, hangup(16)), event, ID, AT), 'seen', AT)
    expect(end).toMatchObject({ cause: 'line', remoteStationId: station })
  })

  it('of any kind and order make a report that holds', () => {
    const names = [
      'Response',
      'Reason',
      'Cause',
      'UserEvent',
      'STATUS',
      'PAGES',
      'TransferRate',
      'ChannelState',
    ]
    const kinds = [
      'OriginateResponse',
      'Newstate',
      'FAXStatus',
      'SendFAX',
      'UserEvent',
      'Hangup',
      'Newchannel',
    ]
    const value = fc.oneof(
      fc.constantFrom('Success', 'Failure', '6', '16', 'FaxProgress', 'SUCCESS'),
      fc.string(),
    )
    const event = fc.tuple(fc.constantFrom(...kinds), fc.dictionary(fc.constantFrom(...names), value))
    fc.assert(
      fc.property(fc.array(event), fc.constantFrom('seen' as const, 'gone' as const), (events, sight) => {
        const facts = known(...events.map(([kind, fields]) => ({ Event: kind, ...fields })))
        const end = judgeCall(facts, sight, AT)
        expect(transmissionEventSchema.parse(end)).toEqual(end)
      }),
      { numRuns: 200 },
    )
  })
})

it('an attempt without a call has a sentence with its reason', () => {
  expect(endedWithoutCall('file', 'the document is gone')).toMatchObject({
    cause: 'file',
    text: 'The PBX could not send the file: the document is gone',
    callSeconds: 0,
  })
})
