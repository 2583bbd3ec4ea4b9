import PostalMime from 'postal-mime'
import { beforeEach, describe, expect, it } from 'vitest'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { delivered, failed, type Outcome, retry } from '../../shared/outcome.ts'
import type { TransmissionEvent } from '../../shared/transmission/transmit-job.ts'
import type { MailMessage } from '../backends/mail/compose.ts'
import { makeMemoryTransmissions } from '../ledger/memory-transmissions.ts'
import { ended, OPENED_AT, sampleTransmission, waitingTransmission } from '../ledger/sample-transmission.ts'
import {
  cancelTransmission,
  observeTransmission,
  refuseTransmission,
} from '../ledger/transmission-transitions.ts'
import { composeNotice } from './compose-notice.ts'
import { notifySender } from './notify-sender.ts'

const PICTURE = Buffer.from('89504e470d0a1a0a', 'hex')

/** Each report of the attempt that is due, ten minutes after the one before. */
function told(record: TransmissionRecord, ...events: TransmissionEvent[]): TransmissionRecord {
  return events.reduce((current, progress, index) => {
    const at = new Date(OPENED_AT.getTime() + 600_000 * (index + 1)).toISOString()
    return observeTransmission(current, { attempt: current.attempt, at, progress }) ?? current
  }, record)
}

async function mailOf(record: TransmissionRecord, maybeDelivered = false) {
  const picture = record.rasterised === undefined ? undefined : PICTURE
  const { raw, ...addresses } = await composeNotice(record, { picture, maybeDelivered })
  return { addresses, mail: await PostalMime.parse(raw) }
}

const SENT = told(
  waitingTransmission(),
  ended('sent', { pagesSent: 2, callSeconds: 61.4, rate: 14400, remoteStationId: '+33 1 12 69' }),
)

describe('the mail about a transmission', () => {
  it('that was sent has pages, duration, remote station and the first page as a picture', async () => {
    const { addresses, mail } = await mailOf(SENT)
    expect(addresses).toEqual({ source: 'fax@example.org', destinations: ['ann@example.org'] })
    expect(mail.subject).toBe('Fax sent to 0112697845')
    expect(mail.from?.address).toBe('fax@example.org')
    const lines = mail.text?.split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'The fax to 0112697845 was sent: 2 pages.',
        'Time: 2026-11-25 10:10:00',
        'Pages: 2 of 2',
        'Duration: 1 min 1 s',
        'Remote station: +33 1 12 69',
        'Speed: 14400 bit/s',
        `Transmission: ${SENT.id}`,
      ]),
    )
    expect(mail.html).toContain(`<img src="cid:${SENT.id}@faxlane"`)
    expect(mail.attachments).toMatchObject([
      { mimeType: 'image/png', disposition: 'inline', contentId: `<${SENT.id}@faxlane>` },
    ])
    expect(Buffer.from(mail.attachments[0]?.content as ArrayBuffer)).toEqual(PICTURE)
  })

  it('that failed has the reason in plain words, and the foreign codes', async () => {
    const busy = ended('busy', {
      text: 'The number was busy.',
      foreign: { hangupCause: 17, hangupText: 'User busy' },
    })
    const { mail } = await mailOf(told(waitingTransmission(), busy, busy, busy, busy))
    expect(mail.subject).toBe('Fax NOT sent to 0112697845')
    expect(mail.text).toContain(
      'was not sent: The number was busy.\nReason: the number was busy (busy, Q.850 17 User busy).',
    )
    expect(mail.text).toContain('  4. the number was busy (at most 14400 bit/s)')
  })

  it('says which pages had arrived before the line broke', async () => {
    const record = told(
      waitingTransmission(),
      ended('line', { pagesSent: 1 }),
      ended('sent', { pagesSent: 2 }),
    )
    const { mail } = await mailOf(record)
    expect(mail.text).toContain('  1. the connection broke off, 1 page arrived (at most 14400 bit/s)')
    expect(mail.text).toContain('  2. sent, 2 pages arrived (at most 9600 bit/s, without error correction)')
    expect(mail.text).toContain('the recipient may have them twice')
  })

  it.each([
    ['unknown', told(waitingTransmission(), ended('unknown')), 'Ask the recipient, and send it again'],
    [
      'canceled',
      cancelTransmission(waitingTransmission(), 'as ann asked.', OPENED_AT),
      'was canceled: as ann asked.',
    ],
    [
      'refused',
      refuseTransmission(sampleTransmission(), 'It is no PDF.', OPENED_AT),
      'nothing was dialled: It is no PDF.',
    ],
  ])('of the state %s says so', async (_, record, words) => {
    if (record === undefined) throw new Error('There was to be a record.')
    expect((await mailOf(record)).mail.text).toContain(words)
  })

  it('says so when nobody knew at first, and names no attempt twice', async () => {
    const sent = ended('sent', { pagesSent: 2, callSeconds: 61.4 })
    const { mail } = await mailOf(told(waitingTransmission(), ended('busy'), ended('unknown'), sent))
    expect(mail.subject).toBe('Fax sent to 0112697845')
    expect(mail.text).toMatch(
      /^At first nobody knew whether this fax had gone out\. Its site has told since:\n/,
    )
    expect(mail.text).toContain('  1. the number was busy')
    expect(mail.text).toContain('  2. sent, 2 pages arrived')
    expect(mail.text).not.toContain('not known')
    expect(mail.text).not.toContain('twice')
  })

  it('lets no machine write headers, lines or markup into it', async () => {
    const evil = '<b>\r\nBcc: eve@example.org'
    const record = told(
      waitingTransmission(),
      ended('rejected', { text: evil, remoteStationId: evil, foreign: { error: evil } }),
    )
    const { mail } = await mailOf({ ...record, destination: `1${evil}` })
    expect(mail.bcc).toBeUndefined()
    expect(mail.headers.filter(({ key }) => key === 'bcc')).toEqual([])
    expect(mail.text?.split('\n').some((line) => line.startsWith('Bcc'))).toBe(false)
    expect(mail.html).not.toContain('<b>')
  })

  it('says so when it may be the second', async () => {
    const { mail } = await mailOf(SENT, true)
    expect(mail.text).toMatch(/^You may have had this mail before/)
    expect(mail.headers).toContainEqual(expect.objectContaining({ key: 'x-faxlane-possible-duplicate' }))
  })
})

describe('telling a sender', () => {
  let ledger: ReturnType<typeof makeMemoryTransmissions>
  let outcomes: Outcome[]
  let mails: MailMessage[]
  let later: number[]
  beforeEach(() => {
    ledger = makeMemoryTransmissions()
    ;[outcomes, mails, later] = [[delivered('id', 'SES took it')], [], []]
  })

  const tell = () =>
    notifySender(
      {
        ledger,
        readPicture: async () => PICTURE,
        sendRaw: async (message) => {
          mails.push(message)
          return outcomes.shift() ?? failed('nothing left')
        },
        sendLater: async (_, seconds) => void later.push(seconds),
        now: () => new Date(OPENED_AT),
        leaseSeconds: 60,
      },
      { version: 1, transmissionId: SENT.id },
    )

  it('happens once, however often it is asked for', async () => {
    await ledger.addTransmission(SENT)
    expect(await tell()).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(await tell()).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(mails).toHaveLength(1)
  })

  it('happens once more when it becomes known how it ended', async () => {
    outcomes = [delivered('id', 'SES took it'), delivered('id', 'SES took it')]
    const unknown = told(waitingTransmission(), ended('unknown'))
    await ledger.addTransmission(unknown)
    await tell()
    ledger.transmissions.set(SENT.id, told(unknown, ended('rejected')))
    await tell()
    await tell()
    const subjects = mails.map(({ raw }) => /^Subject: (.*)$/m.exec(Buffer.from(raw).toString())?.[1]?.trim())
    expect(subjects).toEqual(['Fax perhaps not sent to 0112697845', 'Fax NOT sent to 0112697845'])
  })

  it('is tried again later when SES is busy, and says so when the first may have gone out', async () => {
    outcomes = [retry('busy', { maybeDelivered: true }), delivered('id', 'SES took it')]
    await ledger.addTransmission(SENT)
    expect(await tell()).toMatchObject({ state: 'waiting' })
    expect(later).toEqual([60])
    expect(await tell()).toMatchObject({ state: 'delivered', attempts: 2 })
    expect(Buffer.from(mails[1]?.raw ?? []).toString()).toContain('X-Faxlane-Possible-Duplicate: yes')
  })

  it('waits for the end, and leaves alone who did not ask', async () => {
    await ledger.addTransmission(waitingTransmission())
    expect(await tell()).toBeUndefined()
    ledger.transmissions.set(SENT.id, { ...SENT, notify: [] })
    expect(await tell()).toBeUndefined()
    ledger.transmissions.clear()
    await expect(tell()).rejects.toThrow('no transmission')
    expect(mails).toEqual([])
  })

  it('writes to nobody who was not found among those that may send', async () => {
    const { settings: _, outbound: __, ...stranger } = sampleTransmission()
    const refused = refuseTransmission(stranger, 'You may not send.', OPENED_AT)
    await ledger.addTransmission(refused ?? stranger)
    expect(await tell()).toMatchObject({ state: 'failed' })
    expect(mails).toEqual([])
  })
})
