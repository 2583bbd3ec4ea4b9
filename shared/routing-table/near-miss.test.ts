import { expect, test } from 'vitest'
import { nearMiss } from './near-miss.ts'

const options = ['subject', 'content_file', 'email_from', 'email_realname', 'port', 'tls', 'tls_ca']

test.each([
  ['subjet', 'subject'],
  ['subejct', 'subject'],
  ['Subject', 'subject'],
  ['email form', 'email_from'],
  ['prot', 'port'],
  ['content', 'content_file'],
  ['tsl', 'tls'],
  ['email', undefined],
  ['colour', undefined],
  ['x', undefined],
  ['', undefined],
])('%j is near %j', (written, near) => {
  expect(nearMiss(written, options)).toBe(near)
})
