import PostalMime from 'postal-mime'
import { expect } from 'vitest'
import { OBEYED } from './attack.ts'

/** Of a mail to who sent a fax. */
export const SENDERS_HEADERS = [
  ...['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'],
  'x-faxlane-transmission-id',
]

/** The raw mail is ASCII with lines that SMTP takes, its headers are ours, and nothing in its texts is obeyed. */
export async function checkMail(raw: Uint8Array, headers: readonly string[]) {
  const message = Buffer.from(raw).toString('latin1')
  expect(message.replaceAll('\r\n', '')).toMatch(/^[\t -~]*$/)
  expect(Math.max(...message.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
  const mail = await PostalMime.parse(raw)
  expect(mail.headers.map(({ key }) => key).sort()).toEqual(headers.toSorted())
  expect(`${mail.subject}${mail.from?.name}`).not.toMatch(OBEYED)
  expect(mail.text?.replaceAll(/\r?\n/g, '')).not.toMatch(OBEYED)
  return mail
}
