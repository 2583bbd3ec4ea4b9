import fc from 'fast-check'
import { PDFDocument } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { MailRefused, makeDocument } from './make-document.ts'
import { distrust, type MailNotification } from './notification.ts'
import { MailUnreadable, readMail } from './read-mail.ts'
import { textOfHtml } from './text-of-html.ts'

const MAIL = { from: 'a@b.org', subject: 'x', date: '', pdfs: [], others: [], text: '', isAutomatic: false }

describe('the text of a mail', () => {
  it.each([
    ['<p>one</p><p>two<br>three</p>', 'one\ntwo\nthree'],
    ['<style>p{}</style><b>a</b> &lt;b&gt; &amp;amp; &#233;&#x20AC;', 'a <b> &amp; é€'],
    ['<!-- no --><div>a\n  b</div>', 'a b'],
    ['<STYLE>İ{}</Style >after<head><title>x</title></head> it', 'after it'],
    ['<p>a<!-- <p>b</p>', 'a'],
    ['a < b <br', 'a'],
    ['&#0;&#99999999;&unknown;', '&#0;&#99999999;&unknown;'],
  ])('is read from %j', (html, text) => {
    expect(textOfHtml(html)).toBe(text)
  })

  it('becomes pages, whatever its lines are like', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[ -~\n\t]{1,3000}$/), async (text) => {
        fc.pre(text.trim() !== '')
        const pdf = await PDFDocument.load(await makeDocument({ ...MAIL, text }))
        expect(pdf.getPageCount()).toBeGreaterThanOrEqual(1)
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    ['lines', 'line\n'.repeat(10_000)],
    ['empty lines', '\n'.repeat(10_000_000)],
    ['one word', 'a'.repeat(10_000_000)],
    ['marks on one letter', `e${'\u0301\u0323'.repeat(5_000_000)}`],
  ])('without end is refused before it is laid out: %s', async (_, text) => {
    await expect(makeDocument({ ...MAIL, text })).rejects.toThrow(MailRefused)
  })

  it('in one word goes over many lines, and marks stay on their letters', async () => {
    const pages = async (text: string) =>
      (await PDFDocument.load(await makeDocument({ ...MAIL, text }))).getPageCount()
    expect(await pages('i'.repeat(200_000))).toBeGreaterThan(15)
    expect(await pages('e\u0301 '.repeat(20_000))).toBeGreaterThan(5)
    // As many marks as no letter has: what can't be drawn is refused, within the time of a test.
    await expect(makeDocument({ ...MAIL, text: `e${'\u0301\u0323'.repeat(200_000)}` })).rejects.toThrow(
      MailRefused,
    )
  })

  it('is refused with the first few of many strange attachments', async () => {
    const others = Array.from({ length: 50 }, (_, index) => `${index}${'x'.repeat(10_000)}`)
    const refusal = await makeDocument({ ...MAIL, others }).catch(String)
    expect(refusal.length).toBeLessThan(600)
  })
})

describe('a mail', () => {
  const read = (...lines: string[]) => readMail(Buffer.from(lines.join('\r\n')))

  it('is of one sender, or of nobody', async () => {
    expect(await read('From: Ann <Ann@Example.org>', 'To: x@y.org', '', 'text')).toMatchObject({
      from: 'ann@example.org',
      isAutomatic: false,
    })
    expect(await read('From: a@b.org', 'From: c@d.org', '', 'text')).toMatchObject({ from: undefined })
    expect(await read('To: x@y.org', '', 'text')).toMatchObject({ from: undefined })
    expect(await read('From: "Martin, Ann" <a.m+fax@b.org>', '', 'x')).toMatchObject({
      from: 'a.m+fax@b.org',
    })
  })

  it.each([
    ['lines', Buffer.alloc(1_000_002, '\n')],
    ['headers', Buffer.from(`From: a@b.org\r\n${'A: b\r\n'.repeat(100_000)}\r\n`)],
    [
      'parts in parts',
      Buffer.from(
        Array.from(
          { length: 40 },
          (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
        ).join(''),
      ),
    ],
  ])('of more %s than any mail program writes is not read', async (_, bytes) => {
    await expect(readMail(bytes)).rejects.toThrow(MailUnreadable)
  })

  it.each([
    'ann@example.org, eve@example.net',
    '<ann@example.org>, <eve@example.net>',
    '<ann@example.org> <eve@example.net>',
    'ann@example.org <eve@example.net> (x)',
    'office: ann@example.org, eve@example.net;',
    '"<ann@example.org>" <eve@example.net>',
    'ann@example.org@example.net',
    '"ann@example.org"@example.net',
    'ann@example.org\u0000@example.net',
    'ann@exämple.org',
    `${'a'.repeat(300)}@example.org`,
  ])('from %s is of nobody: another program may read another sender', async (from) => {
    expect(await read(`From: ${from}`, '', 'text')).toMatchObject({ from: undefined })
  })

  it.each(['Auto-Submitted: auto-replied', 'Precedence: bulk', 'Auto-Submitted: AUTO-GENERATED (x)'])(
    'with %s is of a machine',
    async (header) => {
      expect(await read('From: a@b.org', header, '', 'text')).toMatchObject({ isAutomatic: true })
    },
  )

  it('is trusted by the verdicts of SES, all of them', () => {
    const pass = { status: 'PASS' as const }
    const receipt: MailNotification['receipt'] = {
      recipients: [],
      spamVerdict: { status: 'GRAY' },
      virusVerdict: pass,
      spfVerdict: pass,
      dkimVerdict: pass,
      dmarcVerdict: pass,
      action: { type: 'S3', objectKey: 'mail-in/x' },
    }
    const of = (changes: Partial<typeof receipt>): MailNotification => ({
      notificationType: 'Received',
      mail: { timestamp: '2026-11-25T09:00:00.000Z', messageId: 'x', source: 'a@b.org' },
      receipt: { ...receipt, ...changes },
    })
    expect(distrust(of({}))).toBeUndefined()
    expect(distrust(of({ spamVerdict: { status: 'FAIL' } }))).toContain('spam')
    expect(distrust(of({ virusVerdict: { status: 'FAIL' } }))).toContain('virus')
    expect(distrust(of({ dmarcVerdict: { status: 'GRAY' } }))).toBe('Its sender is not proven: DMARC GRAY.')
    expect(distrust(of({ spfVerdict: { status: 'PROCESSING_FAILED' } }))).toContain('SPF PROCESSING_FAILED')
  })
})
