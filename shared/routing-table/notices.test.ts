import { describe, expect, it } from 'vitest'
import { readTable } from './read-table.ts'

const files: Record<string, string> = {
  'failed.txt': 'Zu %(backend)s: %(reason)s\n',
  'wrong.txt': 'a\n%(backendd)s',
}
const read = (options: string) =>
  readTable({
    file: 'fax.conf',
    bytes: Buffer.from(`[notices]\n${options}\n[log]\nmsg = x\n[dstnum_1]\ndest = log\n`),
    readFile: (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
  })

describe('the section of notices', () => {
  it('names who is told of what, and in which words', () => {
    const { table, findings } = read(
      'email_from = fax@example.org\nlanguage = de\nto = a@example.org, b@example.org\nmissed = nobody\nunrouted = c@example.org\nfailed_content_file = failed.txt',
    )
    expect(findings).toEqual([])
    const all = ['a@example.org', 'b@example.org']
    expect(table?.notices).toEqual({
      from: { address: 'fax@example.org', name: 'Fax' },
      language: 'de',
      recipients: { failed: all, unrouted: ['c@example.org'], damaged: all, refused: all },
      alarms: all,
      texts: { failed: { body: ['Zu ', { variable: 'backend' }, ': ', { variable: 'reason' }, '\n'] } },
    })
  })

  it.each([
    ['to = a@example.org', '1: email_from is missing.'],
    ['email_from = fax@example.org', '1: Nobody is told of anything.'],
    ['email_from = fax@example.org\nto = nobody', '1: Nobody is told of anything.'],
    [
      'email_from = fax@example.org\nto = a@example.org\nlanguage = es',
      '4: language: This is one of en, fr, de.',
    ],
    ['email_from = fax@example.org\nto = a', expect.stringMatching(/^3: to: /)],
    [
      'email_from = fax@example.org\nto = a@example.org\nfailed_subject = %(nobody)s',
      '4: failed_subject: There is no such variable.',
    ],
    [
      'email_from = fax@example.org\nto = a@example.org\nfailed_content_file = wrong.txt',
      '2: There is no such variable.',
    ],
  ])('is refused with its line: %s', (options, problem) => {
    expect(read(options).findings.map((finding) => `${finding.line}: ${finding.problem}`)).toEqual([problem])
  })
})
