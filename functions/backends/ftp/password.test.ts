import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { passwordFrom, UnusableSecret } from './password.ts'

describe('a secret gives its password', () => {
  test.each([
    ['bare', 'hunter2', 'hunter2'],
    ['with the line break that an editor added', 'hunter2\n', 'hunter2'],
    ['with that of another system', 'hunter2\r\n', 'hunter2'],
    ['with blanks, which are part of it', ' hunter 2 ', ' hunter 2 '],
    ['of digits, which is JSON too', '12345', '12345'],
    ['of a word that JSON knows', 'null', 'null'],
    ['that begins like JSON', '{hunter2', '{hunter2'],
    ['as JSON', '{"password":"hunter2"}', 'hunter2'],
    ['as the JSON of a rotation', '{"username":"foo","password":"hünter2","host":"x"}', 'hünter2'],
  ])('%s', (_, value, password) => {
    expect(passwordFrom('ftp-example-org', value)).toBe(password)
  })
})

describe('a secret without a usable password names the command that sets it, and not the value', () => {
  test.each([
    ['empty', ''],
    ['an empty line', '\n'],
    ['JSON without it', '{"passwort":"s3cret"}'],
    ['JSON with a number', '{"password":12345,"note":"s3cret"}'],
    ['JSON with an empty one', '{"password":"","note":"s3cret"}'],
    ['an array', '["s3cret"]'],
    ['two lines', 's3cret\nQUIT'],
    ['a NUL', 's3cret\0'],
  ])('%s', (_, value) => {
    const act = () => passwordFrom('ftp-example-org', value)
    expect(act).toThrow(UnusableSecret)
    expect(act).toThrow('put-secret-value --secret-id ftp-example-org')
    expect(act).not.toThrow('s3cret')
  })
})

test('whatever a secret holds, its password is one line or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, asJson) => {
      try {
        const value = asJson ? JSON.stringify({ password: text }) : text
        expect(passwordFrom('s', value)).toMatch(/^[^\r\n\0]+$/)
      } catch (error) {
        expect(error).toBeInstanceOf(UnusableSecret)
      }
    }),
  )
})
