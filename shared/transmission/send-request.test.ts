import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outgoingKey, parseOutgoingKey, transmissionIdOf } from './keys.ts'
import { requestFromMetadata, requestToMetadata, type SendRequest } from './send-request.ts'

describe('a request as metadata of S3', () => {
  it('comes back as it was', () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(
        fc.record(
          {
            to: fc.array(fc.stringMatching(/^\+?[0-9 .,-]{1,20}[0-9]$/), { minLength: 1, maxLength: 5 }),
            from: fc.stringMatching(/^[0-9]{1,10}$/),
            header: texts,
            resolution: fc.constantFrom('standard', 'fine', 'superfine'),
            at: fc.constant('2026-11-25T10:00:00Z'),
            notify: fc.array(fc.constantFrom('a@example.org', 'b+c@example.org'), {
              minLength: 1,
              maxLength: 2,
            }),
            outbound: fc.constant('sales'),
          },
          { requiredKeys: ['to'] },
        ),
        (request) => {
          const trimmed = { ...request, to: request.to.map((number) => number.trim()) } as SendRequest
          const metadata = requestToMetadata(trimmed)
          for (const value of Object.values(metadata)) expect(value).toMatch(/^[ -~]*$/)
          expect(requestFromMetadata(metadata)).toEqual({ request: trimmed })
        },
      ),
      { numRuns: 100 },
    )
  })

  it('may be written by hand', () => {
    expect(requestFromMetadata({ to: '01 12 69 78 45, 0112697846', header: 'Cabinet 100% Martin' })).toEqual({
      request: { to: ['01 12 69 78 45', '0112697846'], header: 'Cabinet 100% Martin' },
    })
  })

  it.each([
    [{}, 'x-amz-meta-to'],
    [{ to: '1', at: 'tomorrow' }, 'x-amz-meta-at'],
    [{ to: '1', resolution: 'finest' }, 'x-amz-meta-resolution'],
    [{ to: '1', notify: 'me' }, 'x-amz-meta-notify (0)'],
  ])('%j does not hold, and the answer names what', (metadata, name) => {
    expect(requestFromMetadata(metadata as unknown as Record<string, string>)).toEqual({
      problem: expect.stringContaining(name),
    })
  })

  it('is no more than S3 takes', () => {
    const notify = Array.from(
      { length: 10 },
      (_, index) => `${'x'.repeat(60)}${index}@${'y'.repeat(200)}.example.org`,
    )
    expect(() => requestToMetadata({ to: ['1'], notify })).toThrow('Send to fewer')
  })
})

describe('the id of a transmission', () => {
  const putAt = new Date('2026-11-25T10:00:00Z')
  const key = outgoingKey({ site: 'main', documentId: '20261125T095959Z-0123456789ab' })
  const id = transmissionIdOf({ key, destination: '0112697845', putAt })

  it('is known to whoever named the document', () => {
    expect(id).toMatch(/^20261125T095959Z-/)
    expect(transmissionIdOf({ key, destination: '0112697845', putAt: new Date(0) })).toBe(id)
    expect(transmissionIdOf({ key, destination: '0112697846', putAt })).not.toBe(id)
  })

  it('of a document of any other name is new each time that it is put', () => {
    const byName = (at: Date) => transmissionIdOf({ key: 'outgoing/main/a.pdf', destination: '1', putAt: at })
    expect(byName(putAt)).toBe(byName(putAt))
    expect(byName(putAt)).not.toBe(byName(new Date(putAt.getTime() + 1)))
  })

  it.each([
    [key, { site: 'main', name: '20261125T095959Z-0123456789ab.pdf' }],
    ['outgoing/main/a b/ü.pdf', { site: 'main', name: 'a b/ü.pdf' }],
    ['outgoing/Main/a.pdf', undefined],
    ['outgoing/a.pdf', undefined],
    ['incoming/main/a.pdf', undefined],
  ])('%s is at its site, or nowhere', (written, place) => {
    expect(parseOutgoingKey(written)).toEqual(place)
  })
})
