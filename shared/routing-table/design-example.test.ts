import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readTable } from './read-table.ts'
import { makeRouter } from './route.ts'

/** A file as a XiVO has it: a table must move over with nothing to do but what is asked for here. */
const original = readFileSync(
  new URL('../../test/routing-tables/design-example.conf', import.meta.url),
  'utf8',
)

const mailText = Buffer.from('Un fax est arrivé pour %(dstnum)s.\n')

function read(text: string, files: Record<string, Uint8Array> = {}) {
  return readTable({ file: 'fax.conf', bytes: Buffer.from(text), readFile: (path) => files[path] })
}

const PASSWORD = { line: 14, found: 'password = …' }
const DEFAULT_RECIPIENT = { line: 22, found: 'dest = mail' }
const RECIPIENT_OF_100 = { line: 25, found: 'dest = mail, ftp_example_org' }

describe('a table from a XiVO', () => {
  test('asks for the body, the password and the recipients, and for nothing else', () => {
    const { table, findings } = read(original)
    expect(table).toBeUndefined()
    expect(findings).toMatchObject([
      { line: 8, found: 'content_file = /etc/xivo/mail.txt' },
      PASSWORD,
      DEFAULT_RECIPIENT,
      RECIPIENT_OF_100,
    ])
    expect(findings).toHaveLength(4)
  })

  test('does not ask for a body that is there', () => {
    const { findings } = read(original, { '/etc/xivo/mail.txt': mailText })
    expect(findings).toMatchObject([PASSWORD, DEFAULT_RECIPIENT, RECIPIENT_OF_100])
    expect(findings).toHaveLength(3)
  })

  test('says each thing to know once', () => {
    expect(read(original).notes).toMatchObject([
      { line: 2, found: 'tiff2pdf, mutt, lp' },
      { line: 11, found: '[ftp_example_org]' },
      { line: 17, found: '[printer_office]' },
    ])
  })

  test('loads once these are answered, and routes as it did', () => {
    const answered = original
      .replace('password = bar', 'password_secret = faxlane/ftp_example_org')
      .replace('dest = mail\n', 'dest = mail\nemail = office@example.org\n')
      .replace('dest = mail, ftp_example_org', '$&\nemail = sales@example.org')
    const { table, findings } = read(answered, { '/etc/xivo/mail.txt': mailText })
    expect(findings).toEqual([])
    if (table === undefined) throw new Error('the table was not read')
    const { routeFor } = makeRouter(table)
    expect(routeFor('100')).toMatchObject([
      {
        backend: {
          name: 'mail',
          subject: ['FAX reception to ', { variable: 'dstnum' }],
          body: ['Un fax est arrivé pour ', { variable: 'dstnum' }, '.\n'],
          from: { address: 'no-reply+fax@xivo.io' },
        },
        recipients: ['sales@example.org'],
      },
      {
        backend: {
          name: 'ftp_example_org',
          host: 'example.org',
          username: 'foo',
          directory: '/foobar',
          port: 21,
        },
        recipients: [],
      },
    ])
    expect(routeFor('101')).toMatchObject([{ backend: { name: 'mail' }, recipients: ['office@example.org'] }])
    expect(table.backends).toContainEqual({
      kind: 'printer',
      name: 'printer_office',
      printer: 'office',
      site: 'main',
      format: 'pdf',
    })
  })
})
