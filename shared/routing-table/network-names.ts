import { isIP, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { type Check, wrong } from './checks.ts'

/** RFC 1035 2.3.4 sets the lengths. The underscore is not in it, and is in the names of many an office's machines. */
const LABEL = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/
const MAX_NAME_CHARACTERS = 253

function isDomainName(name: string): boolean {
  const labels = name.split('.')
  const last = labels.at(-1) ?? ''
  // A name whose last label is a number is a mistyped address (RFC 1123 2.1).
  return (
    name.length <= MAX_NAME_CHARACTERS && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(last)
  )
}

/** A host name or an IP address, and nothing around it. */
export const hostName: Check<string> = (text) => {
  if (isIP(text) !== 0 || isDomainName(text)) return { value: text }
  return {
    problems: [
      { found: `host = ${withoutLogin(text)}`, problem: 'This is no host name.', fix: hostFix(text) },
    ],
  }
}

/** A URL pasted here may carry the password. */
function withoutLogin(text: string): string {
  return text.replace(/^.*@/s, '…@')
}

function hostFix(text: string): string {
  const bare = text
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/.*$/s, '')
    .replace(/^.*@/s, '')
  const [, host = '', port] = /^\[?(.*?)\]?(?::(\d+))?$/s.exec(bare) ?? []
  const ascii = inAscii(host)
  for (const name of [bare.replace(/^\[(.*)\]$/s, '$1'), host, ascii]) {
    if (!isIPv6(name) && isIP(name) === 0 && !isDomainName(name)) continue
    const portFix = name === bare || port === undefined ? '' : `, and port = ${port}`
    const rest = /^[a-z]+:\/\/[^/]*\/./i.test(text) ? ', and the folder as directory' : ''
    return `Write host = ${name}${portFix}${rest}.`
  }
  return 'Write a name such as ftp.example.org, or an IP address.'
}

/** Empty where there is nothing to turn: of what is ASCII already, the URL parser would make addresses (192.0.2 is 192.0.0.2). */
function inAscii(name: string): string {
  return /\P{ASCII}/u.test(name) ? domainToASCII(name) : ''
}

/** RFC 5321 4.1.2, Dot-string: quoted local parts exist in the grammar and in no mailbox. */
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const MAX_LOCAL_CHARACTERS = 64
const MAX_ADDRESS_CHARACTERS = 254

/** A bare address that SES takes: ASCII, with a full domain. */
export const mailAddress: Check<string> = (text) => {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at)
  const domain = text.slice(at + 1)
  const holds =
    at > 0 &&
    text.length <= MAX_ADDRESS_CHARACTERS &&
    local.length <= MAX_LOCAL_CHARACTERS &&
    LOCAL_PART.test(local) &&
    domain.includes('.') &&
    isDomainName(domain)
  return holds ? { value: text } : wrong('This is no mail address.', addressFix(text, local, domain))
}

function addressFix(text: string, local: string, domain: string): string {
  const bracketed = /<([^<>]*)>\s*$/.exec(text)?.[1]
  if (bracketed !== undefined)
    return `Write the address alone: ${bracketed}. The sender's name is email_realname.`
  if (/[;\s]/.test(text))
    return 'Write one address, or several with commas between them where a list may stand.'
  const ascii = inAscii(domain)
  if (LOCAL_PART.test(local) && ascii.includes('.') && isDomainName(ascii)) {
    return `Write the domain in its ASCII form: ${local}@${ascii}.`
  }
  return 'Write an address such as fax@example.org.'
}
