import { describe, expect, test } from 'vitest'
import { verdictOn } from './ftp-answers.ts'
import { UploadError, type UploadStep } from './upload.ts'

const SERVER = 'ftp.example.org:21:'
const coded = (code: string, message = 'said so') => Object.assign(new Error(message), { code })
const outcomeOf = (cause: unknown, step: UploadStep = 'connect') =>
  verdictOn(new UploadError(step, cause), SERVER).outcome

test.each([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ECONNRESET',
  'EPIPE',
])('%s passes, and its text stays whole', (code) => {
  expect(outcomeOf(coded(code, `connect ${code} 192.0.2.1:21`))).toEqual({
    outcome: 'retry',
    maybeDelivered: false,
    code,
    text: `ftp.example.org:21: could not connect: connect ${code} 192.0.2.1:21`,
  })
})

test('a host of several addresses names each failure', () => {
  const cause = Object.assign(
    new AggregateError([new Error('refused at ::1'), new Error('refused at 127.0.0.1')]),
    {
      code: 'ECONNREFUSED',
    },
  )
  const { text, code } = outcomeOf(cause)
  expect(text).toContain('refused at ::1; Error: refused at 127.0.0.1')
  expect(code).toBe('ECONNREFUSED')
})

describe('a certificate that does not hold fails with what to change', () => {
  test.each([
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_ca'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_ca'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_ca'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_ca'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', '`host`'],
    ['CERT_HAS_EXPIRED', 'new certificate'],
    ['CERT_NOT_YET_VALID', 'valid by now'],
  ])('%s: %s', (code, help) => {
    for (const step of ['connect', 'encrypt the connection', 'upload'] as const) {
      expect(outcomeOf(coded(code), step)).toMatchObject({
        outcome: 'failed',
        code,
        text: expect.stringContaining(help),
      })
    }
  })
})

test('no common TLS fails in the handshake, and is an accident in the middle of a transfer', () => {
  for (const code of ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER']) {
    expect(outcomeOf(coded(code), 'encrypt the connection')).toMatchObject({ outcome: 'failed' })
    expect(outcomeOf(coded(code), 'upload')).toMatchObject({ outcome: 'retry' })
  }
})

test('only a break while renaming leaves open whether the file arrived', () => {
  const steps: UploadStep[] = ['connect', 'log in', 'enter the directory', 'upload', 'check the upload']
  for (const step of steps)
    expect(outcomeOf(coded('ECONNRESET'), step)).toMatchObject({ maybeDelivered: false })
  expect(outcomeOf(coded('ECONNRESET'), 'rename the upload')).toMatchObject({ maybeDelivered: true })
})

test.each([new TypeError('not a function'), new RangeError('out of range'), new ReferenceError('undefined')])(
  'a mistake of ours is thrown on (%s)',
  (mistake) => {
    expect(() => outcomeOf(mistake)).toThrow(mistake)
  },
)
