import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import type { Notices } from '../../shared/routing-table/deployed-table.ts'
import type { NoticeTemplate } from '../../shared/routing-table/template.ts'
import { asciiAddress, headerText, type MailMessage } from '../backends/mail/compose.ts'
import { noticeValues } from './notice-values.ts'
import type { Told } from './notify.ts'
import { defaultText } from './texts.ts'

export interface NoticeSettings {
  notices: Notices
  timeZone: string
}

/** The mail of a notice. `link`: to the latest fax as it was received, where there is one. */
export async function composeNotice(
  { notices, timeZone }: NoticeSettings,
  told: Told,
  link: string | undefined,
): Promise<MailMessage> {
  const [{ event } = { event: undefined }] = told.events
  if (event === undefined) throw new RangeError('a notice is of one event at least')
  const { cause, askedFor = false } = event
  const form = { several: told.count > 1, linked: link !== undefined, askedFor }
  const texts = defaultText(notices.language, cause, form)
  const { subject = texts.subject, body = texts.body } = notices.texts[cause] ?? {}
  const values = noticeValues(told, { timeZone, language: notices.language, link: link ?? '' })
  const fill = (template: NoticeTemplate) =>
    template.map((part) => (typeof part === 'string' ? part : values[part.variable])).join('')
  const source = asciiAddress(notices.from.address)
  const destinations = (notices.recipients[cause] ?? []).map(asciiAddress)
  const composer = new MailComposer({
    from: { name: headerText(notices.from.name), address: source },
    to: destinations.map((address) => ({ name: '', address })),
    subject: headerText(fill(subject)),
    text: fill(body).toWellFormed().replaceAll(/\r?\n/g, '\r\n'),
    // RFC 3834: no out-of-office reply to this.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Faxlane-Notice': cause },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return { source, destinations, raw: await composer.compile().build() }
}
