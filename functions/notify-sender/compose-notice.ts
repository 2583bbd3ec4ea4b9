import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import type { EndedAttempt, TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { localTime } from '../../shared/routing-table/local-time.ts'
import type { TransmissionCause } from '../../shared/transmission/transmit-job.ts'
import { visible } from '../../shared/visible.ts'
import { asciiAddress, headerText, type MailMessage } from '../backends/mail/compose.ts'
import { wasLearntLater } from '../ledger/transmission-transitions.ts'

const SENDER_NAME = 'Fax'

const TITLES: Partial<Record<TransmissionRecord['state'], string>> = {
  sent: 'Fax sent to',
  failed: 'Fax NOT sent to',
  refused: 'Fax NOT sent to',
  canceled: 'Fax canceled to',
  unknown: 'Fax perhaps not sent to',
}

/** What became of a transmission, for who sent it. `picture`: its first page, PNG. `maybeDelivered`: it may be the second mail about it. */
export async function composeNotice(
  record: TransmissionRecord,
  { picture, maybeDelivered }: { picture: Uint8Array | undefined; maybeDelivered: boolean },
): Promise<MailMessage> {
  const { id, destination, notify, settings } = record
  const source = asciiAddress(settings?.noticesFrom ?? '')
  const destinations = notify.map(asciiAddress)
  // A composer passes on the line breaks that it gets, and a mail has no others.
  const text = noticeText(record, maybeDelivered).replaceAll('\n', '\r\n')
  const composer = new MailComposer({
    from: { name: SENDER_NAME, address: source },
    to: destinations.map((address) => ({ name: '', address })),
    subject: headerText(`${TITLES[record.state] ?? 'Fax to'} ${visible(destination)}`),
    text,
    ...(picture === undefined ? {} : { html: htmlOf(text, id), attachments: [attachment(picture, id)] }),
    headers: {
      // RFC 3834: no out-of-office reply to this.
      'Auto-Submitted': 'auto-generated',
      'X-Faxlane-Transmission-Id': id,
      ...(maybeDelivered ? { 'X-Faxlane-Possible-Duplicate': 'yes' } : {}),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return { source, destinations, raw: await composer.compile().build() }
}

function attachment(picture: Uint8Array, id: string) {
  return {
    filename: `${id}.png`,
    contentType: 'image/png',
    cid: pictureId(id),
    contentDisposition: 'inline' as const,
    content: Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength),
  }
}

const pictureId = (id: string) => `${id}@faxlane`

function htmlOf(text: string, id: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return (
    `<html><body><pre style="font-family: sans-serif; white-space: pre-wrap">${escaped}</pre>` +
    `<img src="cid:${pictureId(id)}" alt="The first page" style="border: 1px solid #888; max-width: 100%"></body></html>`
  )
}

function noticeText(record: TransmissionRecord, maybeDelivered: boolean): string {
  const paragraphs = [whatHappened(record), facts(record), attempts(record)]
  if (wasLearntLater(record)) {
    paragraphs.unshift('At first nobody knew whether this fax had gone out. Its site has told since:')
  }
  if (maybeDelivered) {
    paragraphs.unshift(
      'You may have had this mail before: whether an earlier one went out could not be found out.',
    )
  }
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`
}

function whatHappened(record: TransmissionRecord): string {
  const { state, rasterised, reason = '', history, destination } = record
  const to = visible(destination)
  const last = history.at(-1)
  switch (state) {
    case 'sent':
      return `The fax to ${to} was sent: ${pagesOf(last?.pagesSent ?? rasterised?.pages ?? 0)}.`
    case 'unknown':
      return (
        `Whether the fax to ${to} went out could not be found out, so it is not sent again by itself. ${visible(reason)}\n` +
        'Ask the recipient, and send it again if it did not arrive.'
      )
    case 'canceled':
      return `The fax to ${to} was canceled: ${visible(reason)}`
    case 'refused':
      return `The fax to ${to} was not sent, and nothing was dialled: ${visible(reason)}`
    default:
      return `The fax to ${to} was not sent: ${visible(reason)}${last === undefined ? '' : `\nReason: ${CAUSE_WORDS[last.cause]} (${codeOf(last)}).`}`
  }
}

/** In plain words, before the foreign ones. */
const CAUSE_WORDS: Record<TransmissionCause, string> = {
  sent: 'sent',
  busy: 'the number was busy',
  'no-answer': 'nobody answered',
  congestion: 'the telephone network was congested',
  unallocated: 'the number does not exist',
  rejected: 'the call was rejected',
  line: 'the connection broke off',
  incompatible: 'the other machine could not take the fax',
  file: 'the pages could not be read at the site',
  pbx: 'the telephone system could not make the call',
  canceled: 'canceled',
  unknown: 'not known',
}

/** Our cause, and the foreign codes behind it as they came. */
function codeOf({ cause, foreign }: EndedAttempt): string {
  const { hangupCause, hangupText, status, error, statusText } = foreign
  const hangup =
    hangupCause === undefined
      ? []
      : [`Q.850 ${hangupCause}${hangupText === undefined ? '' : ` ${hangupText}`}`]
  const words = [cause, ...hangup, status, error, statusText]
  return visible(words.filter((word) => word !== undefined && word !== '').join(', '))
}

function facts({ id, sender, rasterised, history, settings, closedAt }: TransmissionRecord): string {
  const last = history.at(-1)
  const { date, time } = localTime(new Date(closedAt ?? 0), settings?.timeZone ?? 'UTC')
  const rows: [string, string | undefined][] = [
    ['Time', closedAt === undefined ? undefined : `${date} ${time}`],
    ['Pages', rasterised === undefined ? undefined : `${last?.pagesSent ?? 0} of ${rasterised.pages}`],
    ['Duration', last === undefined ? undefined : durationOf(last.callSeconds)],
    ['Remote station', last?.remoteStationId],
    ['Speed', last?.rate === undefined ? undefined : `${last.rate} bit/s`],
    ['Sent by', sender],
    ['Transmission', id],
    ...(rasterised?.warnings ?? []).map((warning): [string, string] => ['Note', warning]),
  ]
  return rows
    .flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}: ${visible(value)}`]))
    .join('\n')
}

/** Each by the last word on it. Of earlier ones, those that brought pages over: the recipient may have these twice. */
function attempts({ history: all }: TransmissionRecord): string {
  const history = all.filter(({ attempt }, index) => attempt !== all[index + 1]?.attempt)
  if (history.length < 2) return ''
  const lines = history.map(({ attempt, cause, pagesSent, modem }) => {
    const pages = pagesSent === 0 ? '' : `, ${pagesOf(pagesSent)} arrived`
    return `  ${attempt}. ${CAUSE_WORDS[cause]}${pages} (at most ${modem.maxRate} bit/s${modem.ecm ? '' : ', without error correction'})`
  })
  const before = history.slice(0, -1).some(({ pagesSent }) => pagesSent > 0)
  const twice = before
    ? '\nPages that arrived in an earlier attempt were sent again: the recipient may have them twice.'
    : ''
  return `Attempts:\n${lines.join('\n')}${twice}`
}

function durationOf(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

function pagesOf(count: number): string {
  return count === 1 ? '1 page' : `${count} pages`
}
