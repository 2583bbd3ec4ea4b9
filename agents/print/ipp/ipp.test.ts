import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeIpp, IppFormatError } from './decode.ts'
import { encodeIpp } from './encode.ts'
import {
  firstNumber,
  firstText,
  GROUP,
  type IppMessage,
  type IppValue,
  isSuccess,
  OPERATION,
  TAG,
  texts,
} from './message.ts'

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')

/** The example of RFC 8010 appendix A.6: Get-Jobs asks for the jobs of a printer. */
const GET_JOBS = bytesOf(`
  0101 000a 00000123 01
  47 0012 617474726962757465732d63686172736574 0005 7574662d38
  48 001b 617474726962757465732d6e61747572616c2d6c616e6775616765 0002 656e
  45 000b 7072696e7465722d757269 000f 6970703a2f2f6c6f63616c686f7374
  21 0005 6c696d6974 0004 00000032
  44 0014 7265717565737465642d61747472696275746573 0006 6a6f622d6964
  44 0000 0008 6a6f622d6e616d65
  03`)
const ASKED: IppMessage = {
  version: { major: 1, minor: 1 },
  code: OPERATION.getJobs,
  requestId: 0x123,
  groups: [
    {
      tag: GROUP.operation,
      attributes: [
        { name: 'attributes-charset', values: [{ tag: TAG.charset, value: 'utf-8' }] },
        { name: 'attributes-natural-language', values: [{ tag: TAG.naturalLanguage, value: 'en' }] },
        { name: 'printer-uri', values: [{ tag: TAG.uri, value: 'ipp://localhost' }] },
        { name: 'limit', values: [{ tag: TAG.integer, value: 50 }] },
        {
          name: 'requested-attributes',
          values: [
            { tag: TAG.keyword, value: 'job-id' },
            { tag: TAG.keyword, value: 'job-name' },
          ],
        },
      ],
    },
  ],
}

describe('the encoding of RFC 8010', () => {
  it('is that of its example', () => {
    expect(encodeIpp(ASKED).toString('hex')).toBe(GET_JOBS.toString('hex'))
    expect(decodeIpp(GET_JOBS)).toEqual(ASKED)
  })

  const value: fc.Arbitrary<IppValue> = fc.oneof(
    fc.record({
      tag: fc.constantFrom(TAG.integer, TAG.enum),
      value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    }),
    fc.record({ tag: fc.constant(TAG.boolean), value: fc.boolean() }),
    fc.record({
      tag: fc.constantFrom(TAG.text, TAG.name, TAG.keyword, TAG.uri, TAG.textWithLanguage),
      value: fc.string({ unit: 'grapheme' }),
    }),
    fc.record({ tag: fc.constantFrom(0x30, 0x31, 0x12), value: fc.uint8Array({ maxLength: 20 }) }),
  )
  const attribute = fc.record({
    name: fc.stringMatching(/^[a-z][a-z-]{0,20}$/),
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
  })
  const message = fc.record({
    version: fc.record({ major: fc.nat(255), minor: fc.nat(255) }),
    code: fc.nat(65_535),
    requestId: fc.nat(2 ** 31 - 1),
    groups: fc.array(fc.record({ tag: fc.constantFrom(1, 2, 4, 5), attributes: fc.array(attribute) })),
  })

  it('comes back as what it was', () => {
    fc.assert(fc.property(message, (any) => void expect(decodeIpp(encodeIpp(any))).toEqual(any)))
  })

  it('says where it breaks off, wherever that is', () => {
    fc.assert(
      fc.property(message, fc.double({ min: 0, max: 0.999, noNaN: true }), (any, share) => {
        const bytes = encodeIpp(any)
        const part = bytes.subarray(0, Math.floor(bytes.length * share))
        expect(() => decodeIpp(part)).toThrow(new IppFormatError('it breaks off', part.length))
      }),
    )
  })

  it('throws nothing but its own error at whatever bytes', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(message, fc.nat(), fc.nat(255))
        .map(([any, at, byte]) =>
          encodeIpp(any).map((was, index, all) => (index === at % all.length ? byte : was)),
        ),
    )
    fc.assert(
      fc.property(hostile, (bytes) => {
        try {
          decodeIpp(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(IppFormatError)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('refuses a field that no length can tell of', () => {
    const long = { name: 'x', values: [{ tag: TAG.text, value: 'x'.repeat(32_768) }] }
    const groups = [{ tag: GROUP.job, attributes: [long] }]
    expect(() => encodeIpp({ ...ASKED, groups })).toThrow(/at most 32767 bytes/)
  })

  it.each([
    [
      'a value outside of a group',
      '0200 0000 00000001 21 0001 78 0004 00000001 03',
      /outside of any group \(byte 9\)/,
    ],
    [
      'a further value without a first',
      '0200 0000 00000001 02 21 0000 0004 00000001 03',
      /no attribute before it/,
    ],
    ['a number of three bytes', '0200 0000 00000001 02 21 0001 78 0003 000001 03', /3 bytes, not 4/],
    ['a boolean of two', '0200 0000 00000001 02 22 0001 78 0002 0001 03', /2 bytes, not 1/],
    ['a text with half a language', '0200 0000 00000001 02 35 0001 78 0004 00050000 03', /breaks off/],
  ])('refuses %s', (_what, hex, problem) => {
    expect(() => decodeIpp(bytesOf(hex))).toThrow(problem)
  })

  it('leaves the members of collections out, and reads what stands behind them', () => {
    const flat = (tag: number, name: string, value: string | Uint8Array) => ({
      name,
      values: [{ tag, value }],
    })
    const attributes = [
      flat(TAG.beginCollection, 'media-col', new Uint8Array()),
      flat(TAG.memberName, '', 'media-size'),
      flat(TAG.beginCollection, '', new Uint8Array()),
      flat(TAG.memberName, '', 'x-dimension'),
      flat(TAG.endCollection, '', new Uint8Array()),
      flat(TAG.endCollection, '', new Uint8Array()),
      flat(TAG.keyword, 'job-state-reasons', 'none'),
    ]
    const [group] = decodeIpp(encodeIpp({ ...ASKED, groups: [{ tag: GROUP.job, attributes }] })).groups
    expect(group?.attributes.map(({ name, values }) => [name, values.length])).toEqual([
      ['media-col', 1],
      ['job-state-reasons', 1],
    ])
  })
})

describe('what an answer says', () => {
  const group = {
    tag: GROUP.job,
    attributes: [
      { name: 'job-id', values: [{ tag: TAG.integer, value: 7 }] },
      {
        name: 'job-state-reasons',
        values: [
          { tag: TAG.keyword, value: 'one' },
          { tag: TAG.keyword, value: 'two' },
        ],
      },
    ],
  }

  it('is read by name, and by the type that is expected', () => {
    expect(firstNumber(group, 'job-id')).toBe(7)
    expect(firstText(group, 'job-id')).toBeUndefined()
    expect(texts(group, 'job-state-reasons')).toEqual(['one', 'two'])
    expect(firstNumber(group, 'job-state')).toBeUndefined()
    expect(firstText(undefined, 'job-id')).toBeUndefined()
  })

  it.each([
    [0x0000, true],
    [0x0001, true],
    [0x0406, false],
    [0x0507, false],
  ])('with status %i succeeded: %s', (code, success) => {
    expect(isSuccess({ ...ASKED, code })).toBe(success)
  })
})
