import PostalMime, { type Attachment, addressParser, type Email } from 'postal-mime'

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

export async function readMail(bytes: Uint8Array): Promise<ReadMail> {
  const mail = await PostalMime.parse(bytes)
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

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

/** Of mails that have no text beside their HTML: what a reader would read, without its looks. */
export function textOfHtml(html: string): string {
  return html
    .replaceAll(/<(style|script|head|title)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/<(br|\/p|\/div|\/tr|\/li|\/h[1-6])\b[^>]*>/gi, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, name: string) => {
      if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole
      const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
    })
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim()
}
