import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTable } from '../../shared/routing-table/read-table.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { type Imported, importXivo } from './import-xivo.ts'
import { readRecipients } from './recipients.ts'

interface Given {
  recipients?: Record<string, string[]>
  files?: Record<string, Uint8Array>
}

function bring(text: string | Uint8Array, { recipients = {}, files = {} }: Given = {}): Imported {
  return importXivo({
    bytes: typeof text === 'string' ? Buffer.from(text) : text,
    recipients: new Map(Object.entries(recipients)),
    readFile: (path) => files[path],
    secretPrefix: 'faxlane/',
  })
}

function said({ remarks }: Imported, kind: string): string[] {
  return remarks.filter((one) => one.kind === kind).map(({ line, text }) => `${line}: ${text}`)
}

function table({ text, files }: Imported) {
  const reading = readTable({
    file: 'fax.conf',
    bytes: Buffer.from(text),
    readFile: (path) => files.find(({ name }) => name === path)?.bytes,
  })
  if (reading.table === undefined) throw new Error(JSON.stringify(reading.findings))
  return reading.table
}

const MAIL = '[mail]\nemail_from = fax@example.org\n'

describe('a file of XiVO', () => {
  it('as its documentation has it comes over with comments and order, and holds', () => {
    const original =
      ';; general\n[general]\ntiff2pdf = /usr/bin/tiff2pdf\n\n;; mail\n[mail]\nsubject = FAX reception to %(dstnum)s\n' +
      'content_file = /etc/xivo/mail.txt\nemail_from = no-reply+fax@xivo.io\n\n[ftp_example_org]\nhost = example.org\n' +
      'username = foo\npassword = bar\ndirectory = /foobar\n\n[dstnum_default]\ndest = mail\n\n[dstnum_100]\ndest = mail, ftp_example_org ; both\n'
    const imported = bring(original, {
      recipients: { default: ['office@example.org'], 100: ['a@example.org', 'b@example.org'] },
      files: { 'mail.txt': Buffer.from('Fax pour %(dstnum)s') },
    })
    expect(imported.text).toBe(
      original
        .replace('password = bar', 'password_secret = faxlane/ftp_example_org')
        .replace('/etc/xivo/mail.txt', 'mail.txt')
        .replace('dest = mail\n', 'dest = mail\nemail = office@example.org\n')
        .replace('; both\n', '; both\nemail = a@example.org, b@example.org\n'),
    )
    expect(imported.secrets).toEqual([
      { name: 'faxlane/ftp_example_org', section: 'ftp_example_org', password: 'bar' },
    ])
    expect(JSON.stringify([imported.text, imported.remarks])).not.toMatch(/\bbar\b/)
    const { routeFor } = makeRouter(table(imported))
    expect(routeFor('100')?.map(({ recipients }) => recipients)).toEqual([
      ['a@example.org', 'b@example.org'],
      [],
    ])
    expect(routeFor('5')?.[0]?.recipients).toEqual(['office@example.org'])
  })

  it.each([
    [
      'an unknown backend',
      '[log]\nmsg = x\n[dstnum_1]\ndest = lgo, log',
      '4: dest named lgo',
      '[dstnum_1]\ndest = log\n',
    ],
    [
      'none but unknown backends',
      '[log]\nmsg = x\n[dstnum_1]\ndest = lgo',
      'XiVO deleted these faxes undelivered. Did it mean log?',
      '[dstnum_1]\ndest = lgo\n',
    ],
    [
      'a backend named twice',
      '[log]\nmsg = x\n[dstnum_1]\ndest = log, log,',
      '4: dest named a backend twice',
      'dest = log\n',
    ],
    [
      'a second section of a name',
      '[log]\nmsg = x\n[dstnum_1]\ndest = log\n[log]\nfile = y',
      '5: [log] stands here a second time',
      '[log]\nmsg = x\nfile = y\n[dstnum_1]',
    ],
    [
      'an option that stands twice',
      '[log]\nmsg = x\nmsg = y',
      '2: msg stands in [log] more than once',
      '[log]\n; msg = x\nmsg = y\n',
    ],
    [
      'fileobj',
      '[log]\nfileobj = x\nmsg = y',
      '2: fileobj was never documented',
      '[log]\n; fileobj = x\nmsg = y\n',
    ],
    [
      'file, as documented',
      '[log]\nfile = x\nmsg = y',
      '2: From 2013 on XiVO wanted fileobj and crashed',
      '[log]\nfile = x\n',
    ],
    [
      'convert_to_pdf = yes',
      '[printer]\nconvert_to_pdf = yes ; really',
      '2: convert_to_pdf = yes: XiVO took it for 1',
      '[printer]\nconvert_to_pdf = 1 ; really\n',
    ],
    [
      'a section of no kind',
      '[Mail]\nsubject = a\n  b',
      '1: XiVO ignored [Mail]',
      '; [Mail]\n; subject = a\n;   b\n',
    ],
    [
      'a number with blanks',
      '[log]\nmsg = x\n[dstnum_01 12]\ndest = log',
      '3: XiVO never matched [dstnum_01 12]',
      '[dstnum_0112]\ndest = log\n',
    ],
    [
      'a number that is a word',
      '[log]\nmsg = x\n[dstnum_Default]\ndest = log',
      '3: XiVO never matched [dstnum_Default]',
      '; [dstnum_Default]\n; dest = log\n',
    ],
    [
      'several backends',
      '[log]\nmsg = x\n[log_2]\nmsg = x\n[dstnum_1]\ndest = log, log_2',
      'the first that failed kept the fax from the rest',
      'dest = log, log_2\n',
    ],
  ])('with %s: says so, and writes what had the effect', (_, text, remark, written) => {
    const imported = bring(text)
    expect(said(imported, 'broken').join('\n')).toContain(remark)
    expect(imported.text).toContain(written)
  })

  it('with a name that no message can carry gets another, and dest follows', () => {
    const imported = bring('[log ä]\nmsg = x\n[log__]\nmsg = y\n[dstnum_1]\ndest = log ä')
    expect(imported.text).toBe('[log_]\nmsg = x\n[log__]\nmsg = y\n[dstnum_1]\ndest = log_\n')
    table(imported)
  })

  it('in Windows-1252 becomes UTF-8', () => {
    const imported = bring(Buffer.from('; re\xe7u\n[log]\nmsg = \x80\n', 'latin1'))
    expect(imported.text).toBe('; reçu\n[log]\nmsg = €\n')
    expect(said(imported, 'changed').join()).toContain('not UTF-8')
  })

  it('lets no password through, wherever it stands', () => {
    const ftp = '[ftp_a]\nhost = h\nusername = u\n'
    for (const text of [
      `${ftp}password = geheim1\npassword = geheim2\n`,
      `${ftp}PassWord: geheim1 ; geheim2\n`,
      `${ftp}password = geheim1\n   geheim2\n`,
      `${ftp}password = geheim1\n[ftp_a]\npassword = geheim2\n`,
    ]) {
      const { text: written, remarks, secrets } = bring(text)
      expect(written + JSON.stringify(remarks)).not.toContain('geheim')
      expect(secrets).toHaveLength(1)
    }
    expect(said(bring(`${ftp}; password = old\n`), 'know').join()).toContain(
      'A comment seems to hold a password',
    )
  })

  it('gives two bodies of one name two names', () => {
    const imported = bring(
      `[mail]\nemail_from = a@example.org\ncontent_file = /a/body.txt\n[mail_2]\nemail_from = a@example.org\ncontent_file = /b/body.txt\n`,
      { files: { '/a/body.txt': Buffer.from('a'), '/b/body.txt': Buffer.from('b\xe9', 'latin1') } },
    )
    expect(imported.files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()])).toEqual([
      ['body.txt', 'a'],
      ['body-2.txt', 'bé'],
    ])
    expect(imported.text).toContain('content_file = body-2.txt')
  })
})

describe('recipients', () => {
  it('of numbers that went by the default make sections of them', () => {
    const imported = bring(`${MAIL}[dstnum_default]\ndest = mail`, {
      recipients: { default: ['o@example.org'], 1: ['a@example.org'], 2: ['b@example.org'] },
    })
    const { numbers, fallback } = table(imported)
    expect(numbers).toEqual({
      1: { backends: ['mail'], recipients: ['a@example.org'] },
      2: { backends: ['mail'], recipients: ['b@example.org'] },
    })
    expect(fallback?.recipients).toEqual(['o@example.org'])
  })

  it.each([
    ['no default', `${MAIL}[dstnum_2]\ndest = mail\nemail = a@example.org`, '1', 'XiVO lost their faxes'],
    ['a default without mail', '[log]\nmsg = x\n[dstnum_default]\ndest = log', '1', 'names no mail backend'],
    ['a number without mail', '[log]\nmsg = x\n[dstnum_1]\ndest = log', '1', 'gets no mail'],
    ['a number that lost its zero', `${MAIL}[dstnum_01]\ndest = mail`, '1', 'did the list lose its zero?'],
  ])('with %s are not used, and that is said', (_, text, number, remark) => {
    const imported = bring(text, { recipients: { [number]: ['a@b.org'] } })
    expect(imported.remarks.map((one) => one.text).join('\n')).toContain(remark)
    expect(imported.text).not.toContain('a@b.org')
  })

  it.each([
    ['1,a@b.org', { 1: ['a@b.org'] }],
    ['\uFEFFDID;Mail\r\n01 12.69;a@b.org\r\n', { '011269': ['a@b.org'] }],
    ['"1","a@b.org, c@d.org"\n1\te@f.org', { 1: ['a@b.org', 'c@d.org', 'e@f.org'] }],
    ['Default,a@b.org\n\n# none', { default: ['a@b.org'] }],
    ['+331,a@b.org,c@d.org', { '+331': ['a@b.org', 'c@d.org'] }],
  ])('are read from %j', (text, expected) => {
    const { byNumber, problems } = readRecipients(text)
    expect(Object.fromEntries(byNumber)).toEqual(expected)
    expect(problems).toEqual([])
  })

  it.each([
    ['1', 'line 1: 1 has no address'],
    ['1,a@b.org\nx,a@b.org', 'line 2: x is no number'],
    ['1,a@', 'line 1: a@ is no mail address'],
    ['1,\u001b[2J@b.org', '\\u{1b}[2J@b.org is no mail address'],
  ])('of %j: %s', (text, problem) => {
    expect(readRecipients(text).problems.join()).toContain(problem)
  })
})

describe('any file', () => {
  const word = fc.constantFrom(
    'dest',
    'email',
    'host',
    'msg',
    'mail',
    'log',
    'ftp_a',
    'x',
    'password',
    'a@b.org',
    '1',
    '%(dstnum)s',
  )
  const line = fc.oneof(
    fc.constantFrom(
      '',
      '; a comment',
      '# another',
      '[mail]',
      '[log]',
      '[ftp_a]',
      '[dstnum_1]',
      '[dstnum_default]',
      '[other]',
    ),
    fc
      .tuple(word, fc.constantFrom(' = ', ':', '='), fc.array(word))
      .map(([name, sign, words]) => name + sign + words.join(', ')),
    fc.tuple(fc.constantFrom('  ', '\t'), word).map((parts) => parts.join('')),
    fc.string(),
  )
  const file = fc.array(line, { maxLength: 25 }).map((lines) => lines.join('\n'))

  it('keeps each of its comments, and is the same when it is brought over again', () => {
    fc.assert(
      fc.property(file, (text) => {
        const once = bring(text)
        for (const comment of text.split(/\r\n|\r|\n/).filter((one) => /^[;#]/.test(one))) {
          expect(once.text).toContain(comment.trimEnd())
        }
        const again = bring(once.text)
        expect(again.text).toBe(once.text)
        expect(again.secrets).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
