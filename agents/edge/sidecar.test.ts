import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Facts } from '../../shared/facts.ts'
import { parseSidecar, renderSidecar, timeOfEpoch } from './sidecar.ts'

const base64 = (text: string, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(text, encoding).toString('base64')

/** As the hangup handler of a real Asterisk left it, but for the numbers. */
const ASTERISK = `station=JChpZClgaWRgfHg=
source=${base64('0033112697845')}
name=
destination=${base64('0123456789')}
status=${base64('FAILED')}
error=${base64('The call dropped prematurely')}
pages=${base64('2')}
rate=${base64('14400')}
resolution=${base64('8031x7700')}
mode=${base64('audio')}
received=${base64('1795420800')}
end
`

describe('a sidecar', () => {
  it('of Asterisk is read', () => {
    expect(parseSidecar(ASTERISK)).toEqual({
      facts: {
        stationId: '$(id)`id`|x',
        source: '0033112697845',
        destination: '0123456789',
        status: 'FAILED',
        error: 'The call dropped prematurely',
        pages: '2',
        rate: '14400',
        resolution: '8031x7700',
        mode: 'audio',
        receivedAt: '2026-11-23T08:00:00.000Z',
      },
      finished: true,
      oddities: [],
    })
  })

  it.each([
    ['nothing', '', false],
    ['no last line', 'pages=MQ==\n', false],
    ['half a last line', 'pages=MQ==\nen', false],
    ['the last line without its end', 'pages=MQ==\nend', true],
    ['the last line', 'pages=MQ==\nend\n', true],
    ['the line ends of Windows', 'pages=MQ==\r\nend\r\n', true],
    ['a second call that has begun', 'pages=MQ==\nend\npages=Mg==\n', false],
    ['a line that only begins like the last', 'endless\n', false],
  ])('with %s is finished: %j %s', (_, text, finished) => {
    expect(parseSidecar(text).finished).toBe(finished)
  })

  it.each([
    ['a fact that nobody knows', 'colour=Ymx1ZQ==\n', 'line 1: no fact is called colour'],
    ['a name of the language', 'constructor=Ymx1ZQ==\n', 'line 1: no fact is called constructor'],
    ['no Base64', 'source=01 23\n', 'line 1: source is no Base64'],
    ['Base64 that was cut off', 'source=MDEyMz\n', 'line 1: source is no Base64'],
    ['no name', '\n=MQ==\n', 'line 2: no name=value'],
    ['no time', `received=${base64('yesterday')}\n`, 'line 1: received is no time in seconds'],
    ['a fact twice', 'pages=MQ==\npages=Mg==\n', 'line 2: pages stands here twice'],
  ])('with %s loses that fact and no other', (_, text, oddity) => {
    const { facts, oddities } = parseSidecar(`${text}destination=${base64('100')}\nend\n`)
    expect(facts.destination).toBe('100')
    expect(oddities).toEqual([oddity])
    expect(facts.source ?? facts.receivedAt).toBeUndefined()
  })

  it('loses a line that was cut off, since half a number is another number', () => {
    expect(parseSidecar('pages=MQ==\ndestination=MTAw').facts).toEqual({ pages: '1' })
  })

  it('takes bytes that are no UTF-8 for Latin-1', () => {
    const text = `station=${base64('Müller', 'latin1')}\nname=${base64('Müller')}\nend\n`
    expect(parseSidecar(text).facts).toEqual({ stationId: 'Müller', sourceName: 'Müller' })
  })

  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).map((any) => any.toWellFormed())
  const facts: fc.Arbitrary<Facts> = fc.record(
    {
      source: text,
      sourceName: text,
      destination: text,
      stationId: text,
      status: fc.constantFrom('SUCCESS', 'FAILED'),
      error: text,
      pages: text,
      callId: text,
      receivedAt: fc
        .integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 })
        .map((milliseconds) => new Date(milliseconds).toISOString()),
    },
    { requiredKeys: ['receivedAt'] },
  )

  it('that is written is read again as it was', () => {
    fc.assert(
      fc.property(facts, (written) => {
        const rendered = renderSidecar(written)
        expect(rendered).toMatch(/^[\x20-\x7e\n]*$/)
        expect(parseSidecar(rendered)).toEqual({ facts: written, finished: true, oddities: [] })
      }),
    )
  })

  it('that is cut off anywhere before its last line is unfinished, and says nothing that is not so', () => {
    fc.assert(
      fc.property(facts, fc.nat(), (written, at) => {
        const whole = renderSidecar(written)
        const { facts: read, finished } = parseSidecar(
          whole.slice(0, at % (whole.length - 'end\n'.length + 1)),
        )
        expect(finished).toBe(false)
        expect(written).toMatchObject(read)
      }),
    )
  })

  it('of any bytes is read without an error', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.uint8Array({ maxLength: 40 }),
        (any, bytes) => {
          parseSidecar(any)
          const { facts: read, oddities } = parseSidecar(
            `station=${Buffer.from(bytes).toString('base64')}\nend\n`,
          )
          expect(oddities).toEqual([])
          expect(read.stationId === undefined).toBe(bytes.length === 0)
        },
      ),
    )
  })
})

describe('the seconds of Asterisk', () => {
  it.each([
    ['1795420800', '2026-11-23T08:00:00.000Z'],
    ['1795420800.123', '2026-11-23T08:00:00.123Z'],
    ['0', undefined],
    ['17954208001', undefined],
    ['-1795420800', undefined],
    ['1e9', undefined],
    [' 1795420800', undefined],
  ])('%s are %s', (seconds, time) => {
    expect(timeOfEpoch(seconds)).toBe(time)
  })
})
