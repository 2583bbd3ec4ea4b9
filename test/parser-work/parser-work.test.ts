import { describe, expect, it } from 'vitest'
import { MailRefused, makeDocument } from '../../functions/mail-in/make-document.ts'
import { MailUnreadable, readMail } from '../../functions/mail-in/read-mail.ts'
import { TARGETS, type TargetName } from '../fuzz/targets.ts'
import { WorkCounter } from './work-counter.ts'

// What a parser does is within so much for each byte of its input, whatever the input: counted as V8 counts how often blocks of code are entered, which is
// the same on any machine. Regular expressions, which are not counted inside, are linear (test/regular-expressions.test.ts).

type Name = Exclude<TargetName, 'tiff' | 'strip' | 'pdf'> | 'the pages of a mail'

/** These three count for themselves, and have their own tests: shared/conversion/budget.ts and functions/submit/rasterise/. */
const { tiff: _, strip: __, pdf: ___, ...targets } = TARGETS
const PARSERS: Record<Name, (bytes: Uint8Array) => void | Promise<void>> = {
  ...mapValues(targets, ({ read }) => read),
  // What is read of a mail, and the pages that are made of it, apart: making them takes much more.
  mail: async (bytes) => void (await unlessRefused(readMail(bytes))),
  'the pages of a mail': async (bytes) => {
    const text = Buffer.from(bytes).toString()
    await unlessRefused(makeDocument({ ...MAIL, text, subject: text, date: text }))
  },
}
const NAMES = Object.keys(PARSERS) as Name[]
const MAIL = { from: 'a@b.org', pdfs: [], others: [], isAutomatic: false }

function mapValues<Key extends string, Value, Result>(
  record: Readonly<Record<Key, Value>>,
  change: (value: Value) => Result,
): Record<Key, Result> {
  const entries = Object.entries<Value>(record).map(([key, value]) => [key, change(value)])
  return Object.fromEntries(entries) as Record<Key, Result>
}

async function unlessRefused(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof MailUnreadable) && !(error instanceof MailRefused)) throw error
  }
}

/** What is repeated: for each format its delimiters, beginnings without an end, and what makes the most of a byte. */
const PIECES: readonly string[] = [
  ...[
    '\n',
    '\r\n',
    ' ',
    '\t',
    'a',
    '0',
    '"',
    "'",
    '\\',
    '%',
    ',',
    ';',
    ':',
    '=',
    '[',
    ']',
    '{',
    '}',
    '(',
    '<',
    '>',
    '&',
    '-',
    '@',
    '\0',
  ],
  ...[
    'a\n',
    'a=\n',
    'a=b\n',
    ' a\n',
    '[a]\n',
    'a=b ;c\n',
    '%(a)s',
    '[[',
    '{"a":',
    '[1,',
    '"a",',
    '\\u0000',
    'é',
    '📠',
    'e\u0301',
  ],
  ...[
    'A: b\r\n',
    'a\r\n',
    ' b\r\n',
    '\r\n\r\n',
    '=?utf-8?Q?a?= ',
    'a@b.org,',
    '<a@b.org> ',
    '"a" ',
    '(a',
    'a;b=c',
  ],
  ...[
    '<a ',
    '<b>',
    '<!--',
    '<style>',
    '<script',
    '</p>',
    '<br',
    '&amp;',
    '&#65;',
    '=41',
    '=\r\n',
    '--b\r\n',
    'QUFB',
  ],
]

/** As it begins, and what follows the repetition. The first is nothing around it. */
const FRAMES: Readonly<Partial<Record<Name, readonly (readonly [string, string])[]>>> = {
  'routing-table': [
    ['[log]\nmsg = x\n[dstnum_1]\ndest = ', '\n'],
    ['[mail]\nsubject = ', '\n'],
    ['[', ']\n'],
  ],
  'xivo-file': [
    ['[log]\nmsg = x\n[dstnum_1]\ndest = ', '\n'],
    ['[ftp_a]\npassword = ', '\n'],
  ],
  'agent-config': [['[edge]\nsite = ', '\n']],
  'object-key': [['incoming/', '/a.tif']],
  's3-event': [['{"Records":[', ']}']],
  messages: [['{"version":1,"faxId":"', '"}']],
  'sending-messages': [
    ['{"to":["', '"],"document":"QUFB"}'],
    ['{"document":"', '"}'],
    ['{"to":[', '"1"]}'],
  ],
  'send-request': [
    ['to=', ''],
    ['notify=', ''],
  ],
  sidecar: [['source=', '\nend\n']],
  ami: [['Asterisk Call Manager/9.0.0\r\nEvent: UserEvent\r\n', '\r\n\r\n']],
  mail: [
    ['From: ', '\r\n\r\nx'],
    ['From: a@b.org\r\nSubject: ', '\r\n\r\nx'],
    ['From: a@b.org\r\nContent-Type: text/plain; a="', '"\r\n\r\nx'],
    ['From: a@b.org\r\n\r\n', ''],
    ['From: a@b.org\r\nContent-Type: text/html\r\n\r\n', ''],
    ['From: a@b.org\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n', ''],
    ['From: a@b.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n', '--b--'],
    [
      'From: a@b.org\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n',
      '\r\n--b--',
    ],
  ],
}

/** Blocks of code entered, for each byte of the input and besides. */
interface Work {
  perByte: number
  besides: number
  countedBytes: number
}
const USUAL: Work = { perByte: 50, besides: 20_000, countedBytes: 16_384 }
const WORK: Partial<Record<Name, Work>> = {
  // Lists of addresses are read by their grammar.
  mail: { perByte: 1_200, besides: 50_000, countedBytes: 4_096 },
  'the pages of a mail': { perByte: 200, besides: 500_000, countedBytes: 2_048 },
}
const workOf = (name: Name) => WORK[name] ?? USUAL

function inputsOf(name: Name, sizeBytes: number): { what: string; bytes: Uint8Array }[] {
  return [['', ''] as const, ...(FRAMES[name] ?? [])].flatMap(([before, after]) =>
    PIECES.map((piece) => {
      const repeated = piece.repeat(Math.ceil(sizeBytes / Buffer.byteLength(piece)))
      const what = `${JSON.stringify(before.slice(-40))} and ${JSON.stringify(piece)} over and over`
      return { what, bytes: new Uint8Array(Buffer.from(before + repeated + after)) }
    }),
  )
}

describe.each(NAMES)('the parser of %s', (name) => {
  const { perByte, besides, countedBytes } = workOf(name)

  it('does so much for a byte, and no more', async () => {
    const counter = new WorkCounter()
    for (const { what, bytes } of inputsOf(name, countedBytes)) {
      const blocks = await counter.count(() => PARSERS[name](bytes))
      expect(blocks, what).toBeLessThan(besides + perByte * bytes.length)
    }
    counter.close()
  })
})
