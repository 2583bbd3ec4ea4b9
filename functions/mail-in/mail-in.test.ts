import { PDFDocument } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import type { OutboundProfile } from '../../shared/transmission/outbound-profile.ts'
import { makeMemoryTransmissions } from '../ledger/memory-transmissions.ts'
import { type MailInDependencies, mailIn } from './mail-in.ts'
import { mailNotificationSchema } from './notification.ts'

const NOW = new Date('2026-11-25T10:00:00Z')
const PASS = { status: 'PASS' }
const NOTIFICATION = mailNotificationSchema.parse({
  notificationType: 'Received',
  mail: { timestamp: NOW.toISOString(), messageId: 'a0b1', source: 'ann@example.org' },
  receipt: {
    recipients: ['0112697845@fax.example.org'],
    ...{ spamVerdict: PASS, virusVerdict: PASS, spfVerdict: PASS, dkimVerdict: PASS, dmarcVerdict: PASS },
    action: { type: 'S3', objectKey: 'mail-in/a0b1' },
  },
})
const PROFILE: OutboundProfile = {
  name: 'default',
  site: 'main',
  country: 'FR',
  callerNumbers: ['0478123456'],
  headerBy: 'gateway',
  allowInternational: [],
  allowPremium: [],
  senders: ['@example.org'],
  mailDomain: 'fax.example.org',
  noticesFrom: 'fax@example.org',
  dailyLimit: 500,
  retries: 3,
  retryWaitSeconds: 60,
  resolution: 'fine',
  widthPixels: 1728,
}

async function mailWith(pdfs: number): Promise<Buffer> {
  const document = await PDFDocument.create()
  document.addPage()
  const pdf = Buffer.from(await document.save()).toString('base64')
  const part =
    `--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n` +
    `Content-Transfer-Encoding: base64\r\n\r\n${pdf}\r\n`
  return Buffer.from(
    `From: ann@example.org\r\nSubject: fax\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n` +
      `${part.repeat(pdfs)}--b--\r\n`,
  )
}

async function take(mail: Buffer, lastReceive: boolean) {
  const put: Uint8Array[] = []
  const told: string[] = []
  const dependencies: MailInDependencies = {
    ledger: makeMemoryTransmissions(),
    rules: { profiles: [PROFILE], timeZone: 'Europe/Paris' },
    readMailObject: async () => mail,
    putDocument: async ({ bytes }) => void put.push(bytes),
    tellEnd: async ({ reason = '' }) => void told.push(reason),
    count: () => {},
    now: () => NOW,
  }
  return { end: await mailIn(dependencies, NOTIFICATION, lastReceive), put, told }
}

describe('a mail to a number', () => {
  it('with several PDFs is one document', async () => {
    const { put, told } = await take(await mailWith(2), false)
    expect(put).toHaveLength(1)
    expect((await PDFDocument.load(put[0] ?? '')).getPageCount()).toBe(2)
    expect(told).toEqual([])
  })

  it('whose PDFs broke everything off each time is refused, and its sender hears of it', async () => {
    const { end, put, told } = await take(await mailWith(2), true)
    expect(end).toMatchObject({ transmissions: [{ state: 'refused', notify: ['ann@example.org'] }] })
    expect(put).toEqual([])
    expect(told).toEqual([expect.stringContaining('Send each in a mail of its own.')])
  })

  it('with one PDF, which is not even opened, goes its way at the last time as well', async () => {
    expect((await take(await mailWith(1), true)).put).toHaveLength(1)
  })
})
