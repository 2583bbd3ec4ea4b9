import { describe, expect, test } from 'vitest'
import { hostName, mailAddress } from './network-names.ts'

describe('a host', () => {
  test.each([
    'example.org',
    'ftp',
    'ftp_server.intern',
    '192.0.2.1',
    '2001:db8::1',
    'xn--mnchen-3ya.de',
    `${'a'.repeat(63)}.org`,
  ])('%s', (host) => expect(hostName(host)).toEqual({ value: host }))

  test.each([
    ['ftp://example.org', 'Write host = example.org.'],
    [
      'ftp://joe:geheim@example.org:2121/in',
      'Write host = example.org, and port = 2121, and the folder as directory.',
    ],
    ['example.org:2121', 'Write host = example.org, and port = 2121.'],
    ['[2001:db8::1]', 'Write host = 2001:db8::1.'],
    ['[2001:db8::1]:990', 'Write host = 2001:db8::1, and port = 990.'],
    ['example.org/in', 'Write host = example.org.'],
    ['münchen.de', 'Write host = xn--mnchen-3ya.de.'],
    ['300.1.1.1', 'Write a name such as'],
    ['192.0.2', 'Write a name such as'],
    ['exa mple.org', 'Write a name such as'],
    ['-example.org', 'Write a name such as'],
    ['example..org', 'Write a name such as'],
    ['example.org.', 'Write a name such as'],
    [`${'a'.repeat(64)}.org`, 'Write a name such as'],
  ])('not %s', (host, fix) => {
    const result = hostName(host)
    expect('problems' in result && result.problems[0]?.fix).toContain(fix)
    expect(JSON.stringify(result)).not.toContain('geheim')
  })
})

describe('an address', () => {
  test.each([
    'fax@example.org',
    'no-reply+fax@xivo.io',
    "o'neil@mail.example.co.uk",
    'a.b=c@x-y.org',
    `${'a'.repeat(64)}@example.org`,
  ])('%s', (address) => expect(mailAddress(address)).toEqual({ value: address }))

  test.each([
    ['Fax <fax@example.org>', 'Write the address alone: fax@example.org.'],
    ['a@example.org; b@example.org', 'commas'],
    ['a@example.org b@example.org', 'commas'],
    ['fax@münchen.de', 'fax@xn--mnchen-3ya.de'],
    ['example.org', 'such as'],
    ['@example.org', 'such as'],
    ['fax@', 'such as'],
    ['fax@localhost', 'such as'],
    ['.fax@example.org', 'such as'],
    ['fax.@example.org', 'such as'],
    ['f..x@example.org', 'such as'],
    ['fäx@example.org', 'such as'],
    ['"fax"@example.org', 'such as'],
    ['a@b@example.org', 'such as'],
    ['fax@192.0.2.1', 'such as'],
    ['fax@example.org>', 'such as'],
    [`${'a'.repeat(65)}@example.org`, 'such as'],
    [`a@${'b.'.repeat(130)}org`, 'such as'],
  ])('not %s', (address, fix) => {
    const result = mailAddress(address)
    expect('problems' in result && result.problems[0]?.fix).toContain(fix)
  })
})
