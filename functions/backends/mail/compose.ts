import { domainToASCII } from 'node:url'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import { FORMATS, fileStem } from '../../../shared/file-name.ts'
import { marked, remarksInWords } from '../../../shared/ledger/remark-words.ts'
import { oneLine } from '../../../shared/one-line.ts'
import { localTime } from '../../../shared/routing-table/local-time.ts'
import { render, saysRemarks } from '../../../shared/routing-table/render.ts'
import type { Attempt } from '../../deliver/attempt.ts'
import { ATTEMPT_TAG, BACKEND_TAG, FAX_TAG, tagOf } from './mail-events.ts'
import { withOneLineFacts } from './one-line-facts.ts'
import { MAIL_WORDS } from './words.ts'

/** A message ready for SES: who sends it, who gets it, and its bytes. */
export interface MailMessage {
  source: string
  destinations: string[]
  raw: Uint8Array
  /** Come back with what SES tells of the mail later on. */
  tags?: Record<string, string>
}

/** How the fax goes along: attached, or left where it is with a link to it. */
export type Enclosure = { file: Uint8Array } | { link: { url: string; expiresAt: Date; sizeBytes: number } }

export function mailedFileName({ fax, backend }: Pick<Attempt<'mail'>, 'fax' | 'backend'>): string {
  return `${fileStem(fax)}.${FORMATS[backend.format].ending}`
}

/** The mail of one fax to `recipients`, which may be some of the attempt's. */
export async function compose(
  attempt: Attempt<'mail'>,
  recipients: readonly string[],
  enclosure: Enclosure,
): Promise<MailMessage> {
  const { backend, maybeDelivered } = attempt
  const fax = withOneLineFacts(attempt.fax)
  const source = asciiAddress(backend.from.address)
  const destinations = recipients.map(asciiAddress)
  const composer = new MailComposer({
    // Objects, not text: nothing in a name or an address is read as another address.
    from: { name: headerText(backend.from.name), address: source },
    to: destinations.map((address) => ({ name: '', address })),
    subject: headerText(subjectText(attempt, fax)) || 'Fax',
    text: bodyText(attempt, render(backend.body, fax, attempt), enclosure),
    headers: {
      // RFC 3834: no out-of-office reply, which would reach the sender address of every fax.
      'Auto-Submitted': 'auto-generated',
      'X-Faxlane-Fax-Id': fax.id,
      ...(maybeDelivered ? { 'X-Faxlane-Possible-Duplicate': 'yes' } : {}),
    },
    attachments: 'file' in enclosure ? [attachmentOf(attempt, enclosure.file)] : [],
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const tags = {
    [FAX_TAG]: fax.id,
    [BACKEND_TAG]: tagOf(backend.name),
    [ATTEMPT_TAG]: String(attempt.attempt),
  }
  return { source, destinations, raw: await composer.compile().build(), tags }
}

/** A line has 998 characters at most (RFC 5322, 2.1.1), and a word that has no blank in it can not be folded. */
const LONGEST_HEADER_CHARACTERS = 900

/**
 * One line, and no beginning of an encoded word (RFC 2047): a composer leaves one that it meets as it is, and the reader's
 * program decodes what a stranger wrote there, line breaks and all.
 */
export function headerText(text: string): string {
  return oneLine(text).replaceAll('=?', '= ?').slice(0, LONGEST_HEADER_CHARACTERS).toWellFormed()
}

function attachmentOf(attempt: Attempt<'mail'>, file: Uint8Array) {
  return {
    filename: mailedFileName(attempt),
    contentType: FORMATS[attempt.backend.format].contentType,
    // A view on the same memory: a fax can have ten megabytes.
    content: Buffer.from(file.buffer, file.byteOffset, file.byteLength),
  }
}

/** Marked where the fax is not whole, unless the template has a place of its own for that. */
function subjectText(attempt: Attempt<'mail'>, fax: Attempt<'mail'>['fax']): string {
  const { subject } = attempt.backend
  const text = render(subject, fax, attempt)
  return saysRemarks(subject) ? text : marked(text, fax.remarks ?? [], attempt.language)
}

function bodyText(attempt: Attempt<'mail'>, body: string, enclosure: Enclosure): string {
  const { fax, backend, maybeDelivered, timeZone, language = 'en' } = attempt
  const words = MAIL_WORDS[language]
  const { remarks = [] } = fax
  const paragraphs: string[] = []
  if (remarks.length > 0 && !saysRemarks(backend.body))
    paragraphs.push(`${remarksInWords(remarks, language)} ${words.askAgain}`)
  if (maybeDelivered) paragraphs.push(words.duplicate)
  paragraphs.push(withoutControls(body))
  if ('link' in enclosure) {
    const { url, expiresAt, sizeBytes } = enclosure.link
    const { date, time } = localTime(expiresAt, timeZone)
    paragraphs.push(`${words.linked((sizeBytes / 1_000_000).toFixed(1), `${date} ${time}`)}\n${url}`)
  }
  return `${paragraphs.join('\n\n')}\n`.replaceAll('\n', '\r\n')
}

/** The template's own line breaks and tabs stay; the values in it have none any more. */
function withoutControls(body: string): string {
  const lines = body.toWellFormed().replaceAll(/\r\n?/g, '\n')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  return lines.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]+/g, '').trimEnd()
}

/** SES takes ASCII alone: an internationalised domain goes in its xn-- form (RFC 5890). */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = domainToASCII(address.slice(at + 1))
  return domain === '' ? address : `${address.slice(0, at)}@${domain}`
}
