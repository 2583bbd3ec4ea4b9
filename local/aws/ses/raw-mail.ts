import { AwsError } from '../aws-error.ts'

interface Field {
  /** In lower case. */
  name: string
  /** Whole, folded lines and line breaks included. */
  bytes: Buffer
}

/** Those that RFC 5322, 3.6 allows once: SES refuses a second one. */
const ONCE = ['date', 'from', 'sender', 'reply-to', 'to', 'cc', 'bcc', 'message-id', 'subject']

/**
 * The mail as SES sends it on: byte for byte, but for Message-ID and Date, which SES writes itself.
 * Throws what SES answers to headers that it does not take.
 */
export function stampMail(raw: Buffer, { messageId, date }: { messageId: string; date: Date }): Buffer {
  const { fields, rest } = splitHeader(raw)
  const doubled = ONCE.find((name) => fields.filter((field) => field.name === name).length > 1)
  if (doubled !== undefined) throw invalid(`Duplicate header '${capitalise(doubled)}'.`)
  if (!fields.some(({ name }) => name === 'from')) throw invalid("Missing required header 'From'.")
  const stamps = new Map([
    ['message-id', `Message-ID: <${messageId}>\r\n`],
    ['date', `Date: ${rfc5322Date(date)}\r\n`],
  ])
  const stamped = fields.map(({ name, bytes }) => {
    const stamp = stamps.get(name)
    stamps.delete(name)
    return stamp === undefined ? bytes : Buffer.from(stamp)
  })
  return Buffer.concat([...stamped, ...[...stamps.values()].map((stamp) => Buffer.from(stamp)), rest])
}

/** `rest` begins with the empty line. */
function splitHeader(raw: Buffer): { fields: Field[]; rest: Buffer } {
  const fields: Field[] = []
  let at = 0
  while (at < raw.length) {
    const lineBreak = raw.indexOf('\n', at)
    const end = lineBreak < 0 ? raw.length : lineBreak + 1
    const line = raw.toString('latin1', at, end)
    if (/^\r?\n$/.test(line)) break
    const last = fields.at(-1)
    if (/^[ \t]/.test(line) && last) last.bytes = Buffer.concat([last.bytes, raw.subarray(at, end)])
    else fields.push({ name: fieldName(line), bytes: raw.subarray(at, end) })
    at = end
  }
  return { fields, rest: raw.subarray(at) }
}

function fieldName(line: string): string {
  const match = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:/.exec(line)
  if (!match?.[1]) throw invalid(`Invalid MIME header: ${JSON.stringify(line.trimEnd().slice(0, 80))}.`)
  return match[1].toLowerCase()
}

/** As `Sat, 31 Jan 2026 12:00:00 +0000`; GMT is RFC 5322's obsolete form. */
function rfc5322Date(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000')
}

/** Throws for an address that SES does not take; the text says which part. */
export function checkAddress(address: string): void {
  const bare = /<([^<>]*)>\s*$/.exec(address)?.[1] ?? address.trim()
  const at = bare.lastIndexOf('@')
  if (at < 0 || at === bare.length - 1) throw invalid("Missing final '@domain'")
  const [local, domain] = [bare.slice(0, at), bare.slice(at + 1)]
  if (local === '') throw invalid('Missing local name')
  if (/[\s\p{Cc}]/u.test(local)) throw invalid('Local address contains control or whitespace')
  if (/[^\x20-\x7e]/.test(local)) throw invalid('Local address contains non-ASCII characters')
  if (/[\s\p{Cc}]/u.test(domain)) throw invalid('Domain contains control or whitespace')
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(domain) || domain.includes('..'))
    throw invalid('Domain contains illegal character')
}

export const invalid = (message: string) => new AwsError(400, 'InvalidParameterValue', message)

const capitalise = (name: string) => name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
