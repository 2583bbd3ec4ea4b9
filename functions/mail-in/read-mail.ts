import PostalMime, { type Attachment, addressParser, type Email } from 'postal-mime'
import { textOfHtml } from './text-of-html.ts'

export interface ReadMail {
  /** Address of From, in lower case; undefined where there is none, or several. */
  from: string | undefined
  subject: string
  date: string
  /** PDFs, in their order. */
  pdfs: Uint8Array[]
  /** Names of attachments that are no PDF. */
  others: string[]
  text: string
  /** Made by a machine that no answer would reach but another machine's (RFC 3834). */
  isAutomatic: boolean
}

/** It goes beyond what any mail program writes; with why. */
export class MailUnreadable extends Error {}

/** Parts in parts, and all headers together. */
const MIME_LIMITS = { maxNestingDepth: 32, maxRfc822NestingDepth: 3, maxHeadersSize: 256 * 1024 }
/** Forty megabytes in Base64 are half of it; a line takes microseconds, however empty. */
const MOST_LINES = 1_000_000
const LINE_FEED = 0x0a

/** @throws MailUnreadable */
export async function readMail(bytes: Uint8Array): Promise<ReadMail> {
  if (linesIn(bytes) > MOST_LINES) throw new MailUnreadable(`More than ${MOST_LINES} lines`)
  const mail = await parse(bytes)
  const attached = mail.attachments.filter((attachment) => !isPartOfText(attachment))
  return {
    from: onlySender(mail),
    subject: mail.subject ?? '',
    date: mail.date ?? '',
    pdfs: attached.filter(isPdf).map(({ content }) => bytesOf(content)),
    others: attached
      .filter((attachment) => !isPdf(attachment))
      .map(({ filename, mimeType }) => filename ?? mimeType),
    text: mail.text ?? textOfHtml(mail.html ?? ''),
    isAutomatic: isAutomatic(mail),
  }
}

function linesIn(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1
  return lines
}

async function parse(bytes: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(bytes, MIME_LIMITS)
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Maximum '))
      throw new MailUnreadable(error.message)
    throw error
  }
}

/** RFC 5321, 4.5.3.1.3, without the brackets. */
const LONGEST_ADDRESS_CHARACTERS = 254

/**
 * With several From headers or addresses nobody knows which one was proven. So there is one, alone or in brackets behind a name, in a form that no two
 * programs read differently: what SES has proven is what is read here.
 */
function onlySender({ headers }: Email): string | undefined {
  const [header, secondHeader] = headers.filter(({ key }) => key === 'from')
  if (header === undefined || secondHeader !== undefined) return undefined
  const [sender, secondSender] = addressParser(header.value)
  const address = sender?.address?.toLowerCase() ?? ''
  if (secondSender !== undefined || address.length > LONGEST_ADDRESS_CHARACTERS) return undefined
  if (!/^[!#-'*+.-9=?^-~-]+@[a-z0-9.-]+$/.test(address)) return undefined
  const written = header.value.trim().toLowerCase()
  if (written === address) return address
  const inBrackets = `<${address}>`
  const isPlain = written.endsWith(inBrackets) && !/[<>]/.test(written.slice(0, -inBrackets.length))
  return isPlain ? address : undefined
}

function isAutomatic({ headers }: Email): boolean {
  const headerOf = (name: string) =>
    headers
      .find(({ key }) => key === name)
      ?.value.trim()
      .toLowerCase()
  const submitted = headerOf('auto-submitted')
  if (submitted !== undefined && submitted !== 'no') return true
  return /^(bulk|junk|list|auto_reply)$/.test(headerOf('precedence') ?? '')
}

/** Pictures of a signature, and signatures that prove the mail. */
function isPartOfText({ disposition, mimeType, related }: Attachment): boolean {
  if (/^application\/(pkcs7-signature|x-pkcs7-signature|pgp-signature)$/.test(mimeType)) return true
  return mimeType.startsWith('image/') && (related === true || disposition === 'inline')
}

function isPdf({ mimeType, filename }: Attachment): boolean {
  return mimeType === 'application/pdf' || /\.pdf$/i.test(filename ?? '')
}

function bytesOf(content: Attachment['content']): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content)
}
