import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import { delivered, failed, type Outcome, retry } from '../../../shared/outcome.ts'
import type { MailMessage } from './compose.ts'
import { deliverByMail, type LinkedFile, MAX_MESSAGE_BYTES } from './deliver-mail.ts'
import { sampleAttempt } from './sample-attempt.ts'

/** A mailer that keeps what it was given, and answers as told; told nothing more, it takes everything. */
function fakes({ pdf = new Uint8Array(1000), answers = [] as Outcome[] } = {}) {
  const sent: MailMessage[] = []
  const links: LinkedFile[] = []
  const remaining = [...answers]
  return {
    sent,
    links,
    readObject: async () => pdf,
    sendRaw: async (message: MailMessage) => {
      sent.push(message)
      return remaining.shift() ?? delivered(`id-${sent.length}`, 'SES took the message')
    },
    makeLink: async (file: LinkedFile) => {
      links.push(file)
      return {
        url: 'https://links.example.org/t0ken',
        expiresAt: new Date('2026-08-01T00:00:00Z'),
        lifetimeDays: 30,
      }
    },
  }
}

const manyRecipients = (count: number) => Array.from({ length: count }, (_, index) => `r${index}@example.org`)

describe('one message', () => {
  test('goes to all recipients at once, and its id is the receipt', async () => {
    const dependencies = fakes()
    const outcome = await deliverByMail(dependencies, sampleAttempt({ recipients: manyRecipients(50) }))
    expect(outcome).toMatchObject({ outcome: 'delivered', receipt: 'id-1' })
    expect(dependencies.sent.map(({ destinations }) => destinations.length)).toEqual([50])
  })

  test('goes once to an address that the table gives twice', async () => {
    const dependencies = fakes()
    await deliverByMail(dependencies, sampleAttempt({ recipients: ['a@example.org', 'a@example.org'] }))
    expect(dependencies.sent[0]?.destinations).toEqual(['a@example.org'])
  })

  test.each([
    retry('Maximum sending rate exceeded.', { code: 'Throttling' }),
    retry('timeout', { maybeDelivered: true }),
    failed('Email address is not verified.', 'MessageRejected'),
  ])("hands SES's answer on as it is (%j)", async (answer) => {
    expect(await deliverByMail(fakes({ answers: [answer] }), sampleAttempt())).toEqual(answer)
  })

  test('without a recipient fails and says what to write where', async () => {
    const outcome = await deliverByMail(fakes(), sampleAttempt({ recipients: [] }))
    expect(outcome).toMatchObject({ outcome: 'failed', text: expect.stringContaining('email = ') })
  })

  test('has the TIFF as it was received where the table wants it', async () => {
    const read: string[] = []
    const dependencies = fakes()
    const readObject = async (key: string) => {
      read.push(key)
      return new Uint8Array([0x49, 0x49, 42, 0])
    }
    await deliverByMail({ ...dependencies, readObject }, sampleAttempt({ backend: { format: 'tiff' } }))
    expect(read).toEqual(['incoming/main/20260702T093012Z-0123456789ab.tif'])
    const mail = await PostalMime.parse(dependencies.sent[0]?.raw ?? '')
    expect(mail.attachments).toMatchObject([
      { mimeType: 'image/tiff', filename: '100-+41445550199-1782984612-6789ab.tif' },
    ])
  })

  test('is not sent when the PDF can not be read', async () => {
    const dependencies = fakes()
    const readObject = () => Promise.reject(new Error('S3 is away'))
    await expect(deliverByMail({ ...dependencies, readObject }, sampleAttempt())).rejects.toThrow(
      'S3 is away',
    )
    expect(dependencies.sent).toEqual([])
  })
})

describe('the size limit', () => {
  /** Bytes of a message around its attachment do not depend on the attachment. */
  async function largestAttachable(): Promise<number> {
    const dependencies = fakes({ pdf: new Uint8Array(57) })
    await deliverByMail(dependencies, sampleAttempt())
    // Base64 in lines of 76 characters: 57 bytes become 78.
    const around = (dependencies.sent[0]?.raw.byteLength ?? 0) - 78
    return Math.floor((MAX_MESSAGE_BYTES - around) / 78) * 57
  }

  test('lets through what just fits', async () => {
    const dependencies = fakes({ pdf: new Uint8Array(await largestAttachable()) })
    await deliverByMail(dependencies, sampleAttempt())
    expect(dependencies.links).toEqual([])
    const size = dependencies.sent[0]?.raw.byteLength ?? 0
    expect(size).toBeLessThanOrEqual(MAX_MESSAGE_BYTES)
    expect(size).toBeGreaterThan(MAX_MESSAGE_BYTES - 200)
  })

  test.each([200, 100_000, 5_000_000])('mails a link from there on (%i bytes more)', async (more) => {
    const dependencies = fakes({ pdf: new Uint8Array((await largestAttachable()) + more) })
    const outcome = await deliverByMail(dependencies, sampleAttempt())
    expect(outcome.outcome).toBe('delivered')
    expect(dependencies.links).toEqual([
      {
        faxId: '20260702T093012Z-0123456789ab',
        format: 'pdf',
        key: 'pdf/main/20260702T093012Z-0123456789ab.pdf',
        fileName: '100-+41445550199-1782984612-6789ab.pdf',
      },
    ])
    const mail = await PostalMime.parse(dependencies.sent[0]?.raw ?? '')
    expect(mail.attachments).toEqual([])
    expect(mail.text).toContain('https://links.example.org/t0ken')
  })

  test('makes one link for all messages', async () => {
    const dependencies = fakes({ pdf: new Uint8Array(8_000_000) })
    await deliverByMail(dependencies, sampleAttempt({ recipients: manyRecipients(51) }))
    expect(dependencies.sent).toHaveLength(2)
    expect(dependencies.links).toHaveLength(1)
  })
})

describe('more recipients than a message takes', () => {
  const attempt = sampleAttempt({ recipients: manyRecipients(120) })
  const ok = delivered('id', 'SES took the message')

  test('get it in several messages, each address once, with all ids in the receipt', async () => {
    const dependencies = fakes()
    const outcome = await deliverByMail(dependencies, attempt)
    expect(dependencies.sent.map(({ destinations }) => destinations.length)).toEqual([50, 50, 20])
    expect(dependencies.sent.flatMap(({ destinations }) => destinations)).toEqual(attempt.recipients)
    expect(outcome).toMatchObject({ outcome: 'delivered', receipt: 'id-1 id-2 id-3' })
  })

  test('a hindrance stops the rest, and the next attempt is a possible duplicate once one went out', async () => {
    const dependencies = fakes({ answers: [ok, retry('slow down', { code: 'Throttling' })] })
    expect(await deliverByMail(dependencies, attempt)).toEqual(
      retry('1 of 3 messages went out, then: slow down', { code: 'Throttling', maybeDelivered: true }),
    )
    expect(dependencies.sent).toHaveLength(2)
  })

  test('a hindrance of the first is no possible duplicate', async () => {
    const outcome = await deliverByMail(fakes({ answers: [retry('slow down')] }), attempt)
    expect(outcome).toMatchObject({ outcome: 'retry', maybeDelivered: false })
  })

  test('one that is refused leaves the others delivered, and is reported', async () => {
    const dependencies = fakes({ answers: [ok, failed('bad address', 'InvalidParameterValue'), ok] })
    expect(await deliverByMail(dependencies, attempt)).toEqual(
      failed('2 of 3 messages went out; of another one: bad address', 'InvalidParameterValue', {
        maybeDelivered: true,
      }),
    )
    expect(dependencies.sent).toHaveLength(3)
  })
})
