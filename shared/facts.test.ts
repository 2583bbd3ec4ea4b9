import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Facts, factsFromMetadata, factsToMetadata } from './facts.ts'

const STORED_AT = new Date('2026-11-23T05:41:53Z')
const receivedAt = '2026-11-23T05:41:51.000Z'
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })

describe('the facts of a reception', () => {
  it('come back from S3 metadata as they went in', () => {
    fc.assert(
      fc.property(fc.record({ source: text, sourceName: text, stationId: text }), (strangers) => {
        const facts: Facts = { ...strangers, destination: '100', receivedAt }
        expect(factsFromMetadata(factsToMetadata(facts), STORED_AT)).toEqual(facts)
      }),
    )
  })

  it('fit into a header: ASCII, within the 2 KB that S3 allows, whatever strangers say', () => {
    const any = fc.string({ unit: 'binary', maxLength: 5000 })
    const names = [
      'source',
      'sourceName',
      'destination',
      'stationId',
      'status',
      'error',
      'pages',
      'rate',
      'resolution',
      'mode',
      'callId',
      'sequence',
    ] as const
    fc.assert(
      fc.property(fc.tuple(...names.map(() => any)), (values) => {
        const strangers = Object.fromEntries(names.map((name, index) => [name, values[index]]))
        const metadata = factsToMetadata({ ...strangers, receivedAt })
        const bytes = Object.entries(metadata).reduce(
          (sum, [name, value]) => sum + name.length + value.length,
          0,
        )
        expect(bytes).toBeLessThan(2048)
        for (const value of Object.values(metadata)) expect(value).toMatch(/^[\x21-\x7e]*$/)
      }),
    )
  })

  it.each([
    ['nothing at all', {}, { receivedAt: STORED_AT.toISOString() }],
    [
      'a foreign header',
      { 'x-other': '1', destination: '100' },
      { destination: '100', receivedAt: STORED_AT.toISOString() },
    ],
    ['a date that is none', { 'received-at': 'yesterday' }, { receivedAt: STORED_AT.toISOString() }],
    [
      'a percent sign that encodes nothing',
      { source: '100%' },
      { source: '100%', receivedAt: STORED_AT.toISOString() },
    ],
    ['an empty value', { source: '' }, { receivedAt: STORED_AT.toISOString() }],
  ])('are as many as there are in %s', (_, metadata, facts) => {
    expect(factsFromMetadata(metadata as Record<string, string>, STORED_AT)).toEqual(facts)
  })
})
