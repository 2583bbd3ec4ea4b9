import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { generate } from 'selfsigned'
import { describe, expect, test } from 'vitest'
import { agentsOf, deployedTableSchema } from './deployed-table.ts'
import { formatFinding } from './finding.ts'
import { readTable, type TableReading } from './read-table.ts'
import { makeRouter } from './route.ts'

/** What the tables of these tests name, by path. */
const files = new Map<string, Uint8Array>([
  ['mail.txt', Buffer.from('Réception : %(pages)s pages, 100%%\r\n')],
  ['latin1.txt', Buffer.from('one\nR\xE9ception\n', 'latin1')],
  ['wrong.txt', Buffer.from('one\nto %(foo)s\nat 5 %\n')],
  ['control.txt', Buffer.from('one\ntwo\u0000\n')],
  ['large.txt', Buffer.alloc(70_000, 'a')],
  ['empty.txt', Buffer.alloc(0)],
  ['key.pem', Buffer.from('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')],
  ['broken.pem', Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')],
])
const { cert: certificate } = await generate([{ name: 'commonName', value: 'ftp.example.org' }])
files.set('ca.pem', Buffer.from(`issued by us\n${certificate}\n${certificate}`))
const { cert: leaf } = await generate([{ name: 'commonName', value: 'edge' }], {
  extensions: [{ name: 'basicConstraints', cA: false }],
})
files.set('leaf.pem', Buffer.from(leaf))

function read(text: string | Uint8Array): TableReading {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return readTable({ file: 'config/fax.conf', bytes, readFile: (path) => files.get(path) })
}

/** The findings as LINE FOUND, for a glance. */
function places({ findings }: TableReading): string[] {
  return findings.map(({ file, line, found }) => `${file.replace('config/', '')}:${line} ${found}`)
}

/** A section with what it must have; `more` starts on line 4 or later. */
const MAIL = '[mail]\nemail_from = fax@example.org\n'
const FTP = '[ftp]\nhost = example.org\nusername = foo\npassword_secret = faxlane/ftp\n'
const NUMBERS = '[log]\nmsg = x\n[dstnum_default]\ndest = log\n'

describe('each mistake, where it stands', () => {
  const inMail = (more: string) => `${NUMBERS}${MAIL}${more}`
  const inFtp = (more: string) => `${NUMBERS}${FTP}${more}`
  const inPrinter = (more: string) => `${NUMBERS}[printer]\n${more}`
  const inNumber = (more: string) => `${NUMBERS}[dstnum_100]\n${more}`
  const inGeneral = (more: string) => `${NUMBERS}[general]\n${more}`
  test.each([
    ['an unknown option', inMail('subjet = Fax'), '7 subjet = …', 'Did you mean subject?'],
    [
      'an option that nothing is near to',
      inMail('colour = red'),
      '7 colour = …',
      'It takes subject, content_file',
    ],
    [
      'an option of another section',
      inMail('email = a@b.org'),
      '7 email = …',
      'belongs into a [dstnum_…] section',
    ],
    [
      'an option of a backend in a number',
      inNumber('dest = log\nmsg = x'),
      '7 msg = …',
      'belongs into [log]',
    ],
    ['an unknown option of a site', `${NUMBERS}[site_a]\nzone = x`, '6 zone = …', 'It takes description'],
    [
      'an unknown kind of section',
      `${NUMBERS}[smtp]`,
      '5 [smtp]',
      'A section is one of [general], [notices], [site_…]',
    ],
    ['a section in the wrong case', `${NUMBERS}[Mail_sales]`, '5 [Mail_sales]', 'Did you mean [mail_sales]?'],
    ['a section with blanks', `${NUMBERS}[ mail ]`, '5 [ mail ]', 'Did you mean [mail]?'],
    [
      'a number without its underscore',
      `${NUMBERS}[dstnum100]`,
      '5 [dstnum100]',
      'Did you mean [dstnum_100]?',
    ],
    ['a site without a name', `${NUMBERS}[site]`, '5 [site]', 'Did you mean [site_main]?'],
    ["Python's DEFAULT", `${NUMBERS}[DEFAULT]\ndest = log`, '5 [DEFAULT]', 'A section is one of'],
    [
      'a backend with a name that nothing can carry',
      `${NUMBERS}[log é]\nmsg = x`,
      '5 [log é]',
      '[log_sales]',
    ],
    ['an unknown backend', inNumber('dest = lgo'), '6 dest = lgo', 'Did you mean log?'],
    ['an unknown backend that nothing is near to', inNumber('dest = fax'), '6 dest = fax', 'There is log.'],
    ['backends without a comma', inNumber('dest = log log'), '6 dest = log log', 'There is log.'],
    ['a backend in another case', inNumber('dest = LOG'), '6 dest = LOG', 'Did you mean log?'],
    [
      'a backend named like what every object has',
      inNumber('dest = toString'),
      '6 dest = toString',
      'There is log.',
    ],
    ['an empty dest', inNumber('dest ='), '6 dest =', 'Give it a value'],
    ['a dest of a comment', inNumber('dest = ; log'), '6 dest =', 'Give it a value'],
    ['a dest with an empty entry', inNumber('dest = log,'), '6 dest = log,', 'none at the end'],
    ['a backend twice in dest', inNumber('dest = log, log'), '6 dest = log, log', 'Keep one of the two.'],
    ['a second dest', inNumber('dest = log\ndest = log'), '7 dest = …', 'Keep one of the two.'],
    [
      'a dest over lines without a comma',
      inNumber('dest = log\n  ftp'),
      '7 dest = log ftp',
      'a comma between',
    ],
    ['no dest', inNumber(''), '5 [dstnum_100]', 'Add dest = log'],
    [
      'a number twice',
      `${inNumber('dest = log')}\n[dstnum_100]\ndest = log`,
      '7 [dstnum_100]',
      'Keep one of the two',
    ],
    [
      'the default twice',
      `${NUMBERS}[dstnum_default]\ndest = log`,
      '5 [dstnum_default]',
      'Keep one of the two',
    ],
    ['a backend section twice', `${NUMBERS}[log]\nmsg = x`, '5 [log]', 'Keep one of the two'],
    ['a number with blanks', `${NUMBERS}[dstnum_01 12]\ndest = log`, '5 [dstnum_01 12]', '[dstnum_0112]'],
    ['a number with dots', `${NUMBERS}[dstnum_01.12]\ndest = log`, '5 [dstnum_01.12]', '[dstnum_0112]'],
    ['a number of nothing', `${NUMBERS}[dstnum_]\ndest = log`, '5 [dstnum_]', '[dstnum_default]'],
    ['a number of letters', `${NUMBERS}[dstnum_abc]\ndest = log`, '5 [dstnum_abc]', '[dstnum_default]'],
    ['default mistyped', `${NUMBERS}[dstnum_Defualt]\ndest = log`, '5 [dstnum_Defualt]', '[dstnum_default]?'],
    [
      'an endless number',
      `${NUMBERS}[dstnum_${'1'.repeat(33)}]\ndest = log`,
      `5 [dstnum_${'1'.repeat(33)}]`,
      'dstnum_',
    ],
    ['no number at all', '[log]\nmsg = x', '1 no section [dstnum_…]', 'Add [dstnum_default]'],
    [
      'no recipient',
      `${MAIL}[dstnum_100]\ndest = mail`,
      '4 dest = mail',
      'Add email = name@example.org to [dstnum_100]',
    ],
    ['an empty email', `${MAIL}[dstnum_100]\ndest = mail\nemail =`, '5 email =', 'Give it a value'],
    ['a bad address', inNumber('dest = log\nemail = a@b'), '7 email = a@b', 'fax@example.org'],
    [
      'an address twice',
      inNumber('dest = log\nemail = a@b.org, A@B.org'),
      '7 email = a@b.org, A@B.org',
      'Keep one',
    ],
    [
      'addresses with a semicolon',
      inNumber('dest = log\nemail = a@b.org;c@d.org'),
      '7 email = a@b.org;c@d.org',
      'comma',
    ],
    ['no sender', `${NUMBERS}[mail]\nsubject = Fax`, '5 [mail]', 'Add email_from = fax@example.org'],
    ['a bad sender', `${NUMBERS}[mail]\nemail_from = Fax`, '6 email_from = Fax', 'fax@example.org'],
    [
      'a sender with a name',
      `${NUMBERS}[mail]\nemail_from = F <f@b.org>`,
      '6 email_from = F <f@b.org>',
      'email_realname',
    ],
    [
      'two senders',
      `${NUMBERS}[mail]\nemail_from = a@b.org, c@d.org`,
      '6 email_from = a@b.org, c@d.org',
      'one address',
    ],
    ['an unknown variable', inMail('subject = %(dstnm)s'), '7 %(dstnm)s', 'Did you mean %(dstnum)s?'],
    ['a variable without its s', inMail('subject = %(dstnum)'), '7 %(dstnum)', '%(dstnum)s'],
    ['a stray percent sign', inMail('subject = 100%'), '7 %', 'Write %% for'],
    [
      'a header behind the subject',
      inMail('subject = Fax\n Bcc: eve@example.org'),
      '8 subject (continued)',
      'one line',
    ],
    [
      'a carriage return in the subject',
      inMail('subject = Fax\rBcc: eve@b.org'),
      '8 bcc = …',
      'It takes subject',
    ],
    [
      'a line break of Unicode in the subject',
      inMail('subject = Fax\u2028Bcc: x'),
      '7 subject = …',
      'Remove it.',
    ],
    [
      'a control character in the sender name',
      inMail('email_realname = F\u0000x'),
      '7 email_realname = …',
      'Remove',
    ],
    ['an empty option', inMail('subject = ""'), '7 subject =', 'Give it a value'],
    [
      'a content_file that is not there',
      inMail('content_file = /etc/no.txt'),
      '7 content_file = /etc/no.txt',
      'relative',
    ],
    [
      'a content_file that is too large',
      inMail('content_file = large.txt'),
      '7 content_file = large.txt',
      'smaller',
    ],
    [
      'no host',
      `${NUMBERS}[ftp]\nusername = a\npassword_secret = b`,
      '5 [ftp]',
      'Add host = ftp.example.org',
    ],
    ['no username', `${NUMBERS}[ftp]\nhost = a\npassword_secret = b`, '5 [ftp]', 'Add username = '],
    [
      'no secret',
      `${NUMBERS}[ftp_a]\nhost = a\nusername = b`,
      '5 [ftp_a]',
      'Add password_secret = faxlane/ftp_a',
    ],
    [
      'a bad host',
      `${NUMBERS}[ftp]\nhost = ftp://a.org\nusername = a\npassword_secret = b`,
      '6 host = ftp://a.org',
      'host = a.org',
    ],
    [
      'a password in clear',
      `${NUMBERS}[ftp_a]\nhost = a\nusername = b\npassword = geheim`,
      '8 password = …',
      'password_secret = faxlane/ftp_a',
    ],
    ['a password beside its secret', inFtp('password = geheim'), '9 password = …', 'Remove the line'],
    [
      'a secret that is none',
      `${NUMBERS}[ftp]\nhost = a\nusername = b\npassword_secret = p@ss w0rd!`,
      '8 password_secret = …',
      'in',
    ],
    [
      'an ARN of something else',
      `${NUMBERS}[ftp]\nhost = a\nusername = b\npassword_secret = arn:aws:s3:::b`,
      '8 password_secret = …',
      '',
    ],
    ['a port of letters', inFtp('port = ftp'), '9 port = ftp', 'port 21'],
    ['port 0', inFtp('port = 0'), '9 port = 0', 'port 21'],
    ['port 65536', inFtp('port = 65536'), '9 port = 65536', 'port 21'],
    ['a port below nothing', inFtp('port = -21'), '9 port = -21', 'port 21'],
    ['an unknown tls', inFtp('tls = explict'), '9 tls = explict', 'Did you mean explicit?'],
    ['a tls of yes', inFtp('tls = yes'), '9 tls = yes', 'explicit or implicit or off'],
    ['a directory with a command', inFtp('directory = /a\rDELE b'), '10 DELE …', 'Write option = value'],
    ['a directory with a control character', inFtp('directory = /a\u0001'), '9 directory = …', 'Remove it.'],
    ['tls_ca without TLS', inFtp('tls_ca = ca.pem'), '9 tls_ca = ca.pem', 'tls = explicit'],
    [
      'tls_ca that is not there',
      inFtp('tls = explicit\ntls_ca = no.pem'),
      '10 tls_ca = no.pem',
      'Put the file there',
    ],
    [
      'tls_ca with a private key',
      inFtp('tls = explicit\ntls_ca = key.pem'),
      '10 tls_ca = key.pem',
      'certificate',
    ],
    [
      'tls_ca without a certificate',
      inFtp('tls = explicit\ntls_ca = mail.txt'),
      '10 tls_ca = mail.txt',
      'certificate',
    ],
    [
      'tls_ca that cannot be read',
      inFtp('tls = explicit\ntls_ca = broken.pem'),
      '10 tls_ca = broken.pem',
      'certificate',
    ],
    [
      'convert_to_pdf of an FTP backend',
      inFtp('convert_to_pdf = yes'),
      '9 convert_to_pdf = yes',
      'Write 1 for PDF',
    ],
    [
      'convert_to_pdf of a printer',
      inPrinter('convert_to_pdf = 2'),
      '6 convert_to_pdf = 2',
      'Write 1 for PDF',
    ],
    ['format of an FTP backend', inFtp('format = tif'), '9 format = tif', 'Did you mean tiff?'],
    [
      'format that contradicts convert_to_pdf',
      inPrinter('format = tiff\nconvert_to_pdf = 1'),
      '7 convert_to_pdf = 1',
      'Remove one of the two.',
    ],
    ['a printer with a blank', inPrinter('name = the office'), '6 name = the office', 'lpstat -e'],
    ['a printer that is an option of lp', inPrinter('name = -oraw'), '6 name = -oraw', 'lpstat -e'],
    ['a printer that is a path', inPrinter('name = ../x'), '6 name = ../x', 'lpstat -e'],
    [
      'an option of lp with a quote',
      inPrinter("options = media='A4'"),
      "6 options = … media='A4' …",
      'NAME=VALUE',
    ],
    ['two options of lp in one', inPrinter('options = a=1,b'), '6 options = … a=1,b …', 'NAME=VALUE'],
    [
      'an option of lp that starts as its own',
      inPrinter('options = -d x'),
      '6 options = … -d …',
      'NAME=VALUE',
    ],
    [
      'an option of lp twice',
      inPrinter('options = media=A4 media=A5'),
      '6 options = … media=A5 …',
      'Keep one',
    ],
    [
      "the agent's own hold",
      inPrinter('options = media=A4 job-hold-until=night'),
      '6 options = … job-hold-until=night …',
      'Remove it',
    ],
    ['a time without a unit', inPrinter('expires_after = 12'), '6 expires_after = 12', '30m, 12h or 1d'],
    ['a time of nothing', inPrinter('expires_after = 0h'), '6 expires_after = 0h', '30m, 12h or 1d'],
    ['more than a week', inPrinter('expires_after = 8d'), '6 expires_after = 8d', '30m, 12h or 1d'],
    ['a site that is not declared', inPrinter('site = rome'), '6 site = rome', '[site_rome]'],
    [
      'a site mistyped',
      `${NUMBERS}[site_paris]\n[printer]\nsite = pariss`,
      '7 site = pariss',
      'Did you mean paris?',
    ],
    [
      'no site among several',
      `${NUMBERS}[site_a]\n[site_b]\n[printer]`,
      '7 [printer]',
      'site = NAME, one of a, b',
    ],
    ['an agent that there is not', `${NUMBERS}[site_a]\nagents = edeg`, '6 agents = edeg', 'mean edge?'],
    [
      'a printer at a site without a print agent',
      `${NUMBERS}[site_a]\nagents = edge\n[printer]\n[dstnum_1]\ndest = printer`,
      '6 agents = edge',
      'Write agents = edge, print',
    ],
    [
      'ca_certificate that is not there',
      `${NUMBERS}[site_a]\nca_certificate = no.pem`,
      '6 ca_certificate = no.pem',
      'Put the file there',
    ],
    [
      'ca_certificate with a private key',
      `${NUMBERS}[site_a]\nca_certificate = key.pem`,
      '6 ca_certificate = key.pem',
      'the authority that signs',
    ],
    [
      "ca_certificate that is no authority's",
      `${NUMBERS}[site_a]\nca_certificate = leaf.pem`,
      '6 ca_certificate = leaf.pem',
      'docs/agents.md',
    ],
    ['a site in capitals', `${NUMBERS}[site_Paris]`, '5 [site_Paris]', 'such as [site_paris]'],
    ['a log without msg', '[log]\n[dstnum_1]\ndest = log', '1 [log]', 'Add msg = '],
    ['a bad msg', '[log]\nmsg = %(x)s\n[dstnum_1]\ndest = log', '2 %(x)s', 'The variables are'],
    [
      'an unknown time zone',
      inGeneral('time_zone = Europe/Pariss'),
      '6 time_zone = Europe/Pariss',
      'Europe/Paris?',
    ],
    [
      'an offset as time zone',
      inGeneral('time_zone = +02:00'),
      '6 time_zone = +02:00',
      'such as Europe/Paris',
    ],
    ['a line of nothing', inMail('hello'), '7 one word', 'Write option = value'],
    [
      'Latin-1',
      Buffer.from(inMail('subject = R\xE9ception'), 'latin1'),
      '7 subject = …',
      'Save the file as UTF-8.',
    ],
  ])('%s', (_, text, place, fix) => {
    const reading = read(text)
    expect(places(reading)).toEqual([`fax.conf:${place}`])
    expect(reading.findings[0]?.fix).toContain(fix)
    expect(reading.table).toBeUndefined()
  })

  test.each([
    ['that is not UTF-8', 'latin1.txt', ['latin1.txt:2 R\uFFFD']],
    ['with wrong variables', 'wrong.txt', ['wrong.txt:2 %(foo)s', 'wrong.txt:3 %\n']],
    ['with a control character', 'control.txt', ['control.txt:2 two\u0000']],
  ])('a content_file %s is reported with its own name and lines, once', (_, file, expected) => {
    const mails = ['mail', 'mail_b'].map(
      (name) => `[${name}]\nemail_from = a@b.org\ncontent_file = ${file}\n`,
    )
    expect(places(read(`${NUMBERS}${mails.join('')}`))).toEqual(expected)
  })

  test('more recipients than one mail can have', () => {
    const recipients = (count: number) =>
      Array.from({ length: count }, (_, index) => `u${index}@b.org`).join(', ')
    const text = (count: number) => `${MAIL}[dstnum_1]\ndest = mail\nemail = ${recipients(count)}`
    expect(places(read(text(50)))).toEqual([])
    expect(places(read(text(51)))).toEqual(['fax.conf:5 email'])
  })
})

test('all that is wrong comes at once, by line, and one mistake is not several', () => {
  const text = `[general
time_zone = Mars/Base
[mail]
subject = %(foo)s %
email_from = foo
[ftp_a]
pasword = geheim
port = 0
[dstnum_1]
dest = mail, ftp_a, ftp_b
[dstnum_1]
dest = fax
`
  expect(places(read(text))).toEqual([
    'fax.conf:1 [general',
    'fax.conf:2 time_zone = Mars/Base',
    'fax.conf:4 %(foo)s',
    'fax.conf:4 %',
    'fax.conf:5 email_from = foo',
    'fax.conf:6 [ftp_a]',
    'fax.conf:6 [ftp_a]',
    'fax.conf:6 [ftp_a]',
    'fax.conf:7 pasword = …',
    'fax.conf:8 port = 0',
    'fax.conf:10 dest = ftp_b',
    'fax.conf:10 dest = mail, ftp_a',
    'fax.conf:11 [dstnum_1]',
    'fax.conf:12 dest = fax',
  ])
})

test('a site says which agents it has, and whose certificates they show', async () => {
  const { cert } = await generate([{ name: 'commonName', value: 'authority' }], {
    extensions: [{ name: 'basicConstraints', cA: true }],
  })
  files.set('authority.pem', Buffer.from(`made by hand\n${cert}`))
  const sites =
    '[site_a]\nca_certificate = authority.pem\nagents = print, edge\n[site_b]\n[site_c]\nagents = edge\n'
  const { table, findings } = read(`${NUMBERS}${sites}[printer]\nsite = b\n[dstnum_1]\ndest = printer\n`)
  expect(findings).toEqual([])
  expect(table?.siteDetails).toEqual({
    a: { agents: ['print', 'edge'], caCertificate: `${cert.trim()}\n` },
    c: { agents: ['edge'] },
  })
  expect(['a', 'b', 'c'].map((site) => table && agentsOf(table, site))).toEqual([
    ['print', 'edge'],
    ['edge', 'print'],
    ['edge'],
  ])
})

describe('a table that holds', () => {
  const text = `[general]
time_zone = Europe/Paris
[site_paris]
description = the office in Paris
[site_lyon]
[mail]
subject = Fax %(dstnum)s
content_file = mail.txt
email_from = fax@example.org
email_realname = Télécopie
format = tiff
[ftp]
host = ftp.example.org
username = foo
password_secret = arn:aws:secretsmanager:eu-west-1:123456789012:secret:faxlane/ftp-AbCdEf
directory = /in/foobar
tls = implicit
tls_ca = ca.pem
convert_to_pdf = 0
[printer_lyon]
name = office
site = lyon
options = sides=two-sided-long-edge  fit-to-page
expires_after = 12h
[log]
msg = %(faxid)s
[dstnum_default]
dest = log
[dstnum_+33*1#]
dest = mail,
  ftp, ; the archive
  printer_lyon
email = a@b.org, c@d.org
`
  const { table, findings, notes } = read(text)

  test('has no findings, and gives what is deployed', () => {
    expect(findings).toEqual([])
    expect(notes).toEqual([])
    expect(table).toEqual(deployedTableSchema.parse(table))
    expect(table).toMatchObject({ version: 1, timeZone: 'Europe/Paris', sites: ['paris', 'lyon'] })
  })

  test('has the backends as they are written', () => {
    expect(table?.backends).toEqual([
      {
        kind: 'mail',
        name: 'mail',
        subject: ['Fax ', { variable: 'dstnum' }],
        body: ['Réception : ', { variable: 'pages' }, ' pages, 100%\n'],
        from: { address: 'fax@example.org', name: 'Télécopie' },
        format: 'tiff',
      },
      {
        kind: 'ftp',
        name: 'ftp',
        host: 'ftp.example.org',
        port: 990,
        username: 'foo',
        passwordSecret: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:faxlane/ftp-AbCdEf',
        directory: '/in/foobar',
        tls: 'implicit',
        tlsCa: `${certificate.trim()}\n${certificate.trim()}\n`,
        format: 'tiff',
      },
      {
        kind: 'printer',
        name: 'printer_lyon',
        printer: 'office',
        site: 'lyon',
        format: 'pdf',
        options: ['sides=two-sided-long-edge', 'fit-to-page'],
        expiresAfterSeconds: 43_200,
      },
      { kind: 'log', name: 'log', message: [{ variable: 'faxid' }] },
    ])
  })

  test('has the routes', () => {
    expect(table?.numbers).toEqual({
      '+33*1#': { backends: ['mail', 'ftp', 'printer_lyon'], recipients: ['a@b.org', 'c@d.org'] },
    })
    expect(table?.fallback).toEqual({ backends: ['log'], recipients: [] })
  })

  test('goes with the defaults where it says nothing', () => {
    const { table: plain } = read(
      `${MAIL}${FTP}[printer]\n[dstnum_1]\ndest = mail, ftp, printer\nemail = a@b.org\n`,
    )
    expect(plain).toMatchObject({ timeZone: 'UTC', sites: ['main'] })
    expect(plain?.fallback).toBeUndefined()
    const [mail, ftp, printer] = plain?.backends ?? []
    expect(mail).toMatchObject({ from: { name: 'Fax' }, subject: ['Fax to ', { variable: 'dstnum' }] })
    expect(ftp).toEqual({
      kind: 'ftp',
      name: 'ftp',
      host: 'example.org',
      port: 21,
      username: 'foo',
      passwordSecret: 'faxlane/ftp',
      tls: 'off',
      format: 'pdf',
    })
    expect(printer).toEqual({ kind: 'printer', name: 'printer', site: 'main', format: 'pdf' })
  })

  test.each([
    ['tls = explicit', 21],
    ['tls = implicit', 990],
    ['tls = off', 21],
    ['tls = implicit\nport = 2990', 2990],
    ['port = 2121', 2121],
  ])('%j means port %i', (options, port) => {
    expect(read(`${NUMBERS}${FTP}${options}`).table?.backends).toContainEqual(
      expect.objectContaining({ port }),
    )
  })

  test('a file of another content is a body as it is, an empty one too', () => {
    const { table: plain } = read(`${NUMBERS}${MAIL}content_file = empty.txt`)
    expect(plain?.backends[0]).toMatchObject({ kind: 'mail', body: [] })
  })

  test('kinds go by how a name begins, as in XiVO', () => {
    const { table: plain } = read('[logbook]\nmsg = x\n[log-2]\nmsg = x\n[dstnum_1]\ndest = logbook, log-2')
    expect(plain?.backends.map(({ kind, name }) => [kind, name])).toEqual([
      ['log', 'logbook'],
      ['log', 'log-2'],
    ])
  })
})

test('what is worth knowing is a note, and stops nothing', () => {
  const { table, findings, notes } = read(`[general]
lp = /usr/bin/lp
mutt = /usr/bin/mutt
[log]
file = /var/log/fax.log
msg = x
[mail]
email_from = fax@example.org
${FTP}[ftp_clear]
host = example.org
username = foo
password_secret = b
tls = off
[dstnum_default]
dest = log, ftp, ftp_clear
email = a@b.org ; c@d.org
`)
  expect(table).toBeDefined()
  expect(findings).toEqual([])
  expect(notes.map(({ line, found }) => [line, found])).toEqual([
    [2, 'lp, mutt'],
    [5, 'file'],
    [7, '[mail]'],
    [9, '[ftp]'],
    [20, 'email'],
    [20, 'email, and then ; c@d.org'],
  ])
})

describe('hostile files', () => {
  const piece = fc.constantFrom(
    ...[
      '[mail]',
      '[ftp]',
      '[log]',
      '[dstnum_1]',
      '[dstnum_default]',
      '[site_a]',
      '[printer]',
      '[general',
      '[',
    ],
    ...['dest = mail, log', 'email = a@b.org', 'msg = %(', 'msg = x', 'content_file = mail.txt', 'host = a'],
    ...[
      'email_from = a@b.org',
      'tls_ca = ca.pem',
      'tls = explicit',
      ' ',
      '  x',
      '\t',
      ',',
      '=',
      ':',
      ';',
      '%',
      '\r',
    ],
    ...[
      'constructor = 1',
      '[__proto__]',
      '[dstnum___proto__]',
      'dest = __proto__',
      '__proto__ = 1',
      '\uFEFF',
    ],
  )
  const text = fc.array(
    fc.oneof({ weight: 5, arbitrary: piece }, fc.string({ unit: 'binary', maxLength: 8 })),
  )

  test('any text ends in findings or in a table of the schema', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('\n', ''), (pieces, between) => {
        const written = pieces.join(between)
        const { table, findings } = read(written)
        expect(table === undefined).toBe(findings.length > 0)
        if (table !== undefined) {
          expect(deployedTableSchema.parse(table)).toEqual(table)
          expect(() => makeRouter(table)).not.toThrow()
        }
        const lines = written.split(/\r\n|\r|\n/).length
        for (const { line } of findings) expect(line >= 1 && line <= lines).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('any bytes end in findings', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(read(bytes).findings.length).toBeGreaterThan(0)
      }),
    )
  })

  test.each([
    'password = GEHEIM',
    'password: GEHEIM',
    'PASSWORD=GEHEIM',
    'password GEHEIM',
    'pasword = GEHEIM',
    'passwd = GEHEIM',
    'pw = GEHEIM',
    'password_secret = GEHEIM !',
    'password_secret =\n  GEHEIM',
    'password = a\n  GEHEIM',
    'password = a\npassword = GEHEIM',
    'password = GEHEIM\u0001',
    'password = GEHEIM\uFFFD',
    'password = a\n  GEHEIM\u0001',
    'host = ftp://foo:GEHEIM@example.org/in',
    '[ftp_b] password = GEHEIM',
    '[ftp_b password = GEHEIM',
    'port = 1\n [ftp_b] password = GEHEIM',
    'port = 1\n [ftp_b password = GEHEIM',
    '[dstnum_1]\ndest = log,\n  password = GEHEIM',
    '[dstnum_1]\ndest = log\n  password = GEHEIM',
  ])('the password of %j is in no finding and no note', (options) => {
    const { findings, notes } = read(`${NUMBERS}[ftp]\n${options}\n`)
    expect(findings.length).toBeGreaterThan(0)
    expect(JSON.stringify([...findings, ...notes])).not.toMatch(/geheim/i)
    expect(JSON.stringify(read(options).findings)).not.toMatch(/geheim/i)
  })
})

test('a table of 10,000 numbers is read and routed', () => {
  const count = 10_000
  const numberOf = (index: number) => `0${112_000_000 + index}`
  const sections = Array.from(
    { length: count },
    (_, index) =>
      `[dstnum_${numberOf(index)}]\ndest = mail_${index % 50}, log\nemail = u${index}@example.org\n`,
  )
  const mails = Array.from({ length: 50 }, (_, index) => `[mail_${index}]\nemail_from = fax@example.org\n`)
  const { table, findings } = read(`${NUMBERS}${mails.join('')}${sections.join('')}`)
  expect(findings).toEqual([])
  if (table === undefined) throw new Error('the table was not read')
  const { routeFor } = makeRouter(deployedTableSchema.parse(JSON.parse(JSON.stringify(table))))
  const routed = Array.from({ length: count }, (_, index) =>
    routeFor(numberOf(index))?.map(({ backend, recipients }) => [backend.name, ...recipients]),
  )
  expect(routed).toEqual(routed.map((_, index) => [[`mail_${index % 50}`, `u${index}@example.org`], ['log']]))
  expect(routeFor('0')?.map(({ backend }) => backend.name)).toEqual(['log'])
})

test('a finding is three lines, and nothing of the file reaches the terminal as a command to it', () => {
  const finding = {
    file: 'fax.conf',
    line: 3,
    found: 'dest = \u001b[2J\u009b\u202e',
    problem: 'No.',
    fix: 'Yes.',
  }
  expect(formatFinding(finding)).toBe(
    'fax.conf:3: No.\n  found: dest = \\u{1b}[2J\\u{9b}\\u{202e}\n  fix:   Yes.',
  )
  expect(formatFinding({ ...finding, found: 'é'.repeat(1000) }).length).toBeLessThan(200)
})

test('what is too large for a table is not read, and what has a thousand mistakes is not read on', () => {
  const large = read(`${'; a comment\n'.repeat(1_000_000)}`)
  expect(places(large)).toEqual(['fax.conf:1 the whole file'])
  const names = Array.from({ length: 2_000 }, (_, index) => `lgo${index}`).join(', ')
  const { table, pbx, findings } = read(`[log]\nmsg = x\n[dstnum_1]\ndest = ${names}\n`)
  expect({ table, pbx }).toEqual({ table: undefined, pbx: undefined })
  expect(findings.length).toBeLessThanOrEqual(1000)
})
