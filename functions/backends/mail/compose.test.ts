import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import type { Remark } from '../../../shared/ledger/remarks.ts'
import { compose, type MailMessage } from './compose.ts'
import { sampleAttempt } from './sample-attempt.ts'

const PDF = new Uint8Array([...Buffer.from('%PDF-1.4\n'), 0, 255, 13, 10, 46, 13, 10])
const LINK = {
  link: {
    url: 'https://links.example.org/t0ken',
    expiresAt: new Date('2026-08-01T09:30:12Z'),
    sizeBytes: 12_345_678,
  },
}

const BROKEN: Remark[] = [{ remark: 'call-broke-off' }, { remark: 'pages-missing', counted: 3, found: 2 }]

const composed = (attempt = sampleAttempt(), enclosure: Parameters<typeof compose>[2] = { file: PDF }) =>
  compose(attempt, attempt.recipients, enclosure)
const parsed = async ({ raw }: Pick<MailMessage, 'raw'>) => {
  const mail = await PostalMime.parse(raw)
  return { ...mail, text: mail.text?.replaceAll('\r\n', '\n').trimEnd() }
}

/** The fields of the message's own header, unfolded: what stands on a line of its own, whoever made it. */
function fieldNames({ raw }: MailMessage): string[] {
  const [header = ''] = Buffer.from(raw).toString('latin1').split('\r\n\r\n')
  return header
    .replaceAll(/\r\n[ \t]/g, ' ')
    .split('\r\n')
    .map((line) => line.split(':')[0] ?? '')
}

const EXPECTED_FIELDS = [
  'Auto-Submitted',
  'X-Faxlane-Fax-ID',
  'From',
  'To',
  'Subject',
  'Message-ID',
  'Date',
  'MIME-Version',
  'Content-Type',
]

describe('a mail', () => {
  test('carries the PDF, byte for byte, under the name that FTP uses', async () => {
    const { attachments } = await parsed(await composed())
    expect(attachments).toHaveLength(1)
    const [attachment] = attachments
    expect(attachment?.filename).toBe('100-+41445550199-1782984612-6789ab.pdf')
    expect(attachment?.mimeType).toBe('application/pdf')
    expect(attachment?.disposition).toBe('attachment')
    expect(new Uint8Array(attachment?.content as ArrayBuffer)).toEqual(PDF)
  })

  test('has subject, body, sender and recipients of the table', async () => {
    const attempt = sampleAttempt({ recipients: ['a@example.org', 'b@example.net'] })
    const message = await composed(attempt)
    expect(message.source).toBe('no-reply+fax@example.org')
    expect(message.destinations).toEqual(['a@example.org', 'b@example.net'])
    const mail = await parsed(message)
    expect(mail.from).toMatchObject({ address: 'no-reply+fax@example.org', name: 'Fax' })
    expect(mail.to?.map(({ address }) => address)).toEqual(['a@example.org', 'b@example.net'])
    expect(mail.subject).toBe('FAX reception to 100')
    expect(mail.text).toBe('A fax of 2 pages from +41445550199.\n\nRegards')
  })

  test('says that a machine sent it, and which fax it is', async () => {
    const message = await composed()
    const headers = new Map((await parsed(message)).headers.map(({ key, value }) => [key, value]))
    expect(headers.get('auto-submitted')).toBe('auto-generated')
    expect(headers.get('x-faxlane-fax-id')).toBe('20260702T093012Z-0123456789ab')
    expect(headers.has('x-faxlane-possible-duplicate')).toBe(false)
    expect(fieldNames(message).sort()).toEqual([...EXPECTED_FIELDS].sort())
  })

  test('calls itself a possible duplicate when an earlier one may have gone out', async () => {
    const mail = await parsed(await composed(sampleAttempt({ maybeDelivered: true, attempt: 2 })))
    expect(mail.headers).toContainEqual(
      expect.objectContaining({ key: 'x-faxlane-possible-duplicate', value: 'yes' }),
    )
    expect(mail.text?.split('\n')[0]).toMatch(/^You may have received this fax before/)
    expect(mail.text).toContain('A fax of 2 pages')
  })

  test('of a fax that is not whole says so first: in the subject, in the body, in the name of the file', async () => {
    const mail = await parsed(await composed(sampleAttempt({ remarks: BROKEN, maybeDelivered: true })))
    expect(mail.subject).toBe('Incomplete: FAX reception to 100')
    expect(mail.text?.split('\n')[0]).toBe(
      'The call broke off, so pages may be missing at the end. The receiving machine counted 3 pages, of which 2 came. If in doubt, ask the sender to send it again.',
    )
    expect(mail.attachments[0]?.filename).toBe('100-+41445550199-1782984612-6789ab-incomplete.pdf')
  })

  test('says what is missing where the template wants it, and there alone', async () => {
    const backend: NonNullable<Parameters<typeof sampleAttempt>[0]>['backend'] = {
      subject: ['Fax, ', { variable: 'remarks' }],
      body: ['Fax.\n', { variable: 'remarks' }],
    }
    const mail = await parsed(await composed(sampleAttempt({ remarks: BROKEN.slice(0, 1), backend })))
    expect(mail.subject).toBe('Fax, The call broke off, so pages may be missing at the end.')
    expect(mail.text).toBe('Fax.\nThe call broke off, so pages may be missing at the end.')
    expect((await parsed(await composed(sampleAttempt({ backend })))).text).toBe('Fax.')
  })

  test('is of one language, whatever it has to say besides the template', async () => {
    const attempt = sampleAttempt({ remarks: BROKEN, maybeDelivered: true, language: 'fr' })
    const body = [{ variable: 'pages' } as const, ' pages de ', { variable: 'srcname' } as const]
    const mail = await parsed(await composed({ ...attempt, backend: { ...attempt.backend, body } }, LINK))
    expect(mail.subject).toBe('Incomplet : FAX reception to 100')
    expect(mail.text).toBe(
      [
        'L’appel a été interrompu ; il peut donc manquer des pages à la fin. L’appareil récepteur a compté 3 pages, dont 2 sont arrivées. En cas de doute, demandez à l’expéditeur de le renvoyer.',
        'Vous avez peut-être déjà reçu ce fax : nous n’avons pas pu savoir si un premier message était parti.',
        '2 pages de inconnu',
        `Le fax fait 12,3 Mo, ce qui est trop pour un message. Ce lien l’ouvre jusqu’au 2026-08-01 11:30:12 ; quiconque a le lien peut l’ouvrir :\n${LINK.link.url}`,
      ].join('\n\n'),
    )
  })

  test('with a link says how large the fax is and how long the link holds, and attaches nothing', async () => {
    const mail = await parsed(await composed(sampleAttempt(), LINK))
    expect(mail.attachments).toEqual([])
    expect(mail.text).toContain('The fax has 12.3 MB')
    expect(mail.text).toContain('opens it until 2026-08-01 11:30:12')
    expect(mail.text).toMatch(/^https:\/\/links\.example\.org\/t0ken$/m)
  })

  test('has a text part even when the body of the table is empty', async () => {
    const mail = await parsed(await composed(sampleAttempt({ backend: { body: [] } })))
    expect(mail.attachments).toHaveLength(1)
  })

  test.each([
    ['Réception de fax à Zürich n° 1', 'Réception de télécopie : « 日本語 » ✓'],
    ['日本語のファックスが届きました'.repeat(12), 'ü'.repeat(2000)],
    ['📠 '.repeat(40).trim(), '📠\n'.repeat(100)],
    ['=3D =', '=3D =\n. \n.\n..\nFrom here'],
  ])('keeps subject %j and its body through every encoding', async (subject, body) => {
    const mail = await parsed(
      await composed(sampleAttempt({ backend: { subject: [subject], body: [body] } })),
    )
    expect(mail.subject).toBe(subject)
    expect(mail.text).toBe(body.trimEnd())
  })

  test('lets nobody smuggle an encoded word into its subject', async () => {
    const message = await composed(sampleAttempt({ backend: { subject: ['=?utf-8?Q?a=0D=0Ab?='] } }))
    expect((await parsed(message)).subject).toBe('= ?utf-8?Q?a=0D=0Ab?=')
  })

  test('has a subject even when the values in it are empty', async () => {
    const attempt = sampleAttempt({ facts: { source: '\0' }, backend: { subject: [{ variable: 'srcnum' }] } })
    expect((await parsed(await composed(attempt))).subject).toBe('Fax')
  })

  test('keeps a sender name with commas, quotes and umlauts in one piece', async () => {
    const name = 'Müller, "Fax" <x@evil.example>'
    const from = { name, address: 'fax@example.org' }
    const message = await composed(sampleAttempt({ backend: { from } }))
    expect((await parsed(message)).from).toMatchObject({ name, address: 'fax@example.org' })
    expect(message.source).toBe('fax@example.org')
  })

  test('addresses an internationalised domain in ASCII, in the header and to SES', async () => {
    const message = await composed(sampleAttempt({ recipients: ['empfang@bücher.example'] }))
    expect(message.destinations).toEqual(['empfang@xn--bcher-kva.example'])
    expect(Buffer.from(message.raw).toString('latin1')).toContain('To: empfang@xn--bcher-kva.example')
  })

  test('is ASCII in lines of at most 998 characters, ended by CR LF', async () => {
    const recipients = Array.from({ length: 50 }, (_, index) => `somebody-${index}@department.example.org`)
    const attempt = sampleAttempt({
      recipients,
      backend: { subject: ['ü'.repeat(500)], body: ['x'.repeat(5000)] },
    })
    const { raw } = await composed(attempt)
    const text = Buffer.from(raw).toString('latin1')
    expect(text).toMatch(/^[\t\n\r -~]+$/)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
    expect((await parsed({ raw })).to).toHaveLength(50)
  })
})

describe('what a stranger sends as number, name or station id', () => {
  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '\r\n',
          '\n',
          '\r',
          '\0',
          '\u2028',
          '\u0085',
          '\u202e',
          '\ud800',
          '\u001b[2J',
          '\r\n\r\n',
        ),
        fc.constantFrom(
          'Bcc: spy@evil.example',
          'Content-Type: text/html',
          '<spy@evil.example>',
          ', x@y',
          '"',
          '\\',
          '--_NmP',
          '=?utf-8?B?Cg==?=',
        ),
        fc.string({ unit: 'binary', maxLength: 20 }),
      ),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join(''))

  test('adds no header, no recipient, no attachment and no line', async () => {
    const every = [
      { variable: 'srcnum' },
      ' ',
      { variable: 'dstnum' },
      ' ',
      { variable: 'srcname' },
      ' ',
      { variable: 'stationid' },
    ] as const
    await fc.assert(
      fc.asyncProperty(
        hostile,
        hostile,
        hostile,
        hostile,
        async (source, destination, sourceName, stationId) => {
          const attempt = sampleAttempt({
            facts: { source, destination, sourceName, stationId },
            backend: { subject: [...every], body: ['first\n', ...every, '\nlast'] },
          })
          const message = await composed(attempt)
          expect(fieldNames(message).sort()).toEqual([...EXPECTED_FIELDS].sort())
          const mail = await parsed(message)
          expect(mail.to?.map(({ address }) => address)).toEqual(['reception@example.org'])
          expect(mail.bcc).toBeUndefined()
          expect(mail.attachments.map(({ filename }) => filename)).toEqual([
            expect.stringMatching(/^[0-9A-Za-z][0-9A-Za-z+-]*\.pdf$/),
          ])
          const lines = mail.text?.split('\n') ?? []
          expect(lines).toHaveLength(3)
          expect(lines[0]).toBe('first')
          expect(lines[2]).toBe('last')
        },
      ),
      { numRuns: 150 },
    )
  })
})
