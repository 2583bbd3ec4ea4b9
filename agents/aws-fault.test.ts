import { describe, expect, it } from 'vitest'
import { awsFault } from './aws-fault.ts'

function answer(name: string, httpStatusCode?: number): Error {
  return Object.assign(new Error('said so'), { name, $metadata: { httpStatusCode } })
}

describe('awsFault', () => {
  it.each([
    ['InternalError', 500, true],
    ['SlowDown', 503, true],
    ['TooManyRequests', 429, true],
    ['ConditionalRequestConflict', 409, true],
    ['BadDigest', 400, true],
    ['RequestTimeout', 400, true],
    ['RequestTimeTooSkewed', 403, true],
    ['ExpiredToken', 400, true],
    ['ExpiredTokenException', 400, true],
    ['AccessDenied', 403, false],
    ['NoSuchBucket', 404, false],
    ['InvalidRequest', 400, false],
  ])('%s with status %i passes by itself: %s', (code, httpStatus, passing) => {
    expect(awsFault(answer(code, httpStatus))).toEqual({
      code,
      httpStatus,
      passing,
      text: `${code} (HTTP ${httpStatus}): said so`,
    })
  })

  it('takes a fault without an answer for one that passes', () => {
    expect(awsFault(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })).passing).toBe(
      true,
    )
    expect(awsFault(answer('TimeoutError')).passing).toBe(true)
  })

  it('takes a bug of ours for none', () => {
    expect(awsFault(new TypeError('x is not a function')).passing).toBe(false)
    expect(awsFault('thrown text')).toEqual({
      code: 'Unknown',
      httpStatus: undefined,
      text: 'thrown text',
      passing: false,
    })
  })
})
