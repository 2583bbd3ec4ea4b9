import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logLine } from './log.ts'

describe('logLine', () => {
  it('is the event and its fields on one line', () => {
    expect(
      logLine('uploaded', { faxId: '20261123T080000Z-0123456789ab', sizeBytes: 11264, from: '***845' }),
    ).toBe('uploaded faxId=20261123T080000Z-0123456789ab sizeBytes=11264 from=***845')
  })

  it('quotes what a reader could take for another field', () => {
    expect(logLine('failed', { reason: 'no "office" here', printer: '' })).toBe(
      'failed reason="no \\"office\\" here" printer=""',
    )
  })

  it('stays one line without control characters whatever a value holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
        expect(logLine('event', { value })).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/)
      }),
      { examples: [['\nuploaded faxId=forged'], ['\u2028'], ['\u009b31m'], ['\u202e']] },
    )
  })
})
