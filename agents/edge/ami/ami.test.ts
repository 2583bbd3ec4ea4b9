import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignments } from '../testing/asterisk-arguments.ts'
import { recording } from '../testing/transcripts.ts'
import { AmiMessage, encodeAction, variable } from './ami-message.ts'
import { AmiParser, LONGEST_LINE_BYTES, LONGEST_MESSAGE_BYTES, MOST_HEADERS } from './ami-parser.ts'

const GREETING = 'Asterisk Call Manager/9.0.0'

function parse(...chunks: (string | Uint8Array)[]) {
  const parser = new AmiParser()
  const messages = chunks.flatMap((chunk) => parser.push(Buffer.from(chunk)))
  return { greeting: parser.greeting, headers: messages.map(({ headers }) => headers) }
}

describe('the parser', () => {
  const recorded = ['ami.txt', 'ami2.txt', 'ami-receive.txt'].flatMap((file) =>
    recording(file)
      .filter(({ from }) => from === 'asterisk')
      .map(({ lines }) => lines),
  )
  const text = recorded.map((lines) => `${lines.join('\r\n')}\r\n\r\n`).join('')

  it('reads what a real Asterisk said', () => {
    // The recordings write the greeting with an empty line behind it, which Asterisk does not send.
    const { headers } = parse(`${GREETING}\r\n`, text)
    expect(headers).toHaveLength(recorded.length)
    expect(headers.map((message) => message.length)).toEqual(recorded.map((lines) => lines.length))
  })

  it('reads the same however the bytes are cut', () => {
    const bytes = Buffer.from(`${GREETING}\r\n${text}`)
    const whole = parse(bytes)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 60 }), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), bytes.length]
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
        expect(parse(...chunks)).toEqual(whole)
      }),
      { numRuns: 25 },
    )
  })

  it('reads any bytes in bounded memory, the same byte by byte', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('\r', '\n', '\r\n', 'Event', ': ', ':', 'é', '\0', 'x')),
        (parts) => {
          const bytes = Buffer.from(parts.join(''))
          expect(parse(...[...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(parse(bytes))
        },
      ),
    )
  })

  it('takes a greeting, headers without a value, and values with colons', () => {
    expect(parse(`${GREETING}\r\nEvent: A\r\nB:\r\nC\r\nD: a: b\r\nE:  two\r\n\r\n`)).toEqual({
      greeting: GREETING,
      headers: [
        [
          ['Event', 'A'],
          ['B', ''],
          ['C', ''],
          ['D', 'a: b'],
          ['E', ' two'],
        ],
      ],
    })
  })

  it.each(['\r', '\n', '\n\r', '\n\nEvent: Hangup'])('leaves a lone line break in a value: %j', (strange) => {
    const [message = []] = parse(
      `${GREETING}\r\nEvent: SendFAX\r\nRemoteStationID: a${strange}b\r\n\r\n`,
    ).headers
    expect(message.at(-1)).toEqual(['RemoteStationID', `a${strange}b`])
  })

  it('cuts a line that has no end, and a message that has none', () => {
    const long = 'x'.repeat(LONGEST_LINE_BYTES + 100)
    const [message = []] = parse(
      `${GREETING}\r\n${long}\r\n${'A: b\r\n'.repeat(MOST_HEADERS + 10)}\r\n`,
    ).headers
    expect(message[0]?.[0]).toHaveLength(LONGEST_LINE_BYTES)
    expect(message).toHaveLength(MOST_HEADERS)
    const [large = [], next = []] = parse(
      `${GREETING}\r\n${`A: ${'x'.repeat(65_000)}\r\n`.repeat(10)}\r\nEvent: B\r\n\r\n`,
    ).headers
    expect(large).toHaveLength(Math.floor(LONGEST_MESSAGE_BYTES / 65_003))
    expect(next).toEqual([['Event', 'B']])
  })
})

describe('a message', () => {
  it('is an event, a response or neither, by its first header', () => {
    const event = new AmiMessage([
      ['Event', 'OriginateResponse'],
      ['Response', 'Failure'],
    ])
    expect([event.event, event.response]).toEqual(['OriginateResponse', undefined])
    const response = new AmiMessage([
      ['Response', 'Success'],
      ['Event', 'Hangup'],
    ])
    expect([response.event, response.response]).toEqual([undefined, 'Success'])
    const neither = new AmiMessage([['Uniqueid', '1']])
    expect([neither.event, neither.response]).toEqual([undefined, undefined])
  })

  it('takes the first of two headers with one name, since a stranger’s words come last', () => {
    const event = new AmiMessage([
      ['Event', 'UserEvent'],
      ['STATUS', 'FAILED'],
      ['Status', 'SUCCESS'],
    ])
    expect(event.get('status')).toBe('FAILED')
  })

  it.each([
    ['14400', 14_400],
    ['', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['99999999999', undefined],
  ])('counts %j as %s', (text, count) => {
    expect(new AmiMessage([['Pages', text]]).count('Pages')).toBe(count)
  })
})

describe('an action', () => {
  it('is the same after the parser', () => {
    const value = fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('Channel', 'Exten', 'Variable'), value)), (fields) => {
        const { headers } = parse(`${GREETING}\r\n`, encodeAction('Originate', fields))
        expect(headers).toEqual([
          [['Action', 'Originate'], ...fields].map(([name, text]) => [
            name,
            Buffer.from(text ?? '').toString(),
          ]),
        ])
      }),
    )
  })

  it.each(['\r\nAction: Command', '\n', '\r', '\0', '\u0085'])(
    'can’t be written with %j in a value',
    (text) => {
      expect(() => encodeAction('Originate', [['Channel', `Local/1${text}`]])).toThrow(RangeError)
    },
  )

  it('can’t be written with a name that is none', () => {
    expect(() => encodeAction('Originate', [['A: b\r\nC', 'd']])).toThrow(RangeError)
  })
})

describe('a variable', () => {
  it.each([
    ['ETUDE MARCHAND', 'X=ETUDE MARCHAND'],
    ['a,XIVO_FAX_PATH=/etc/passwd', String.raw`X=a\,XIVO_FAX_PATH=/etc/passwd`],
    [String.raw`say "(a [b] \c)"`, String.raw`X=say \"\(a \[b\] \\c\)\"`],
    ['a\r\nAction: Command', 'X=a  Action: Command'],
  ])('%j is one assignment for Asterisk, whatever it holds', (value, written) => {
    expect(variable('X', value)).toEqual(['Variable', written])
  })

  it('comes out as it went in, when Asterisk takes the escapes away', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const [, written] = variable('X', value)
        expect(assignments(written)).toEqual([`X=${value.replaceAll(/\p{Cc}/gu, ' ')}`])
      }),
    )
  })
})
