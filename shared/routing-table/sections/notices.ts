import { LANGUAGES } from '../../language.ts'
import { anyText, type Check, oneOf, type Reading } from '../checks.ts'
import { NOTICE_CAUSES, type NoticeCause, type Notices } from '../deployed-table.ts'
import type { Section } from '../ini.ts'
import { mailAddress } from '../network-names.ts'
import { parseNoticeTemplate } from '../parse-template.ts'
import { openSection, type SectionReader } from '../section-reader.ts'
import type { NoticeTemplate } from '../template.ts'
import { fileNamed, lineAt, readText } from './named-file.ts'
import { NOTICE_OPTIONS, ownerOf } from './option-names.ts'

type NoticeOptions = SectionReader<(typeof NOTICE_OPTIONS)[number]>

/** In the place of addresses: of this, nobody is told. */
const NOBODY = 'nobody'

/** Who is told of what, in which words. */
export function readNotices(section: Section, reading: Reading): Notices | undefined {
  const options = openSection({ section, names: NOTICE_OPTIONS, elsewhere: ownerOf }, reading)
  const address = options.mandatory('email_from', mailAddress, 'email_from = fax@example.org')
  const name = options.value('email_realname', anyText) ?? 'Fax'
  const language = options.value('language', oneOf(LANGUAGES)) ?? 'en'
  const everything = addressesOf(options, 'to')
  const alarms = addressesOf(options, 'alarms') ?? everything ?? []
  const recipients: Notices['recipients'] = {}
  const texts: Notices['texts'] = {}
  for (const cause of NOTICE_CAUSES) {
    const told = addressesOf(options, cause) ?? everything ?? []
    if (told.length > 0) recipients[cause] = told
    const text = textsOf(options, cause, reading)
    if (Object.keys(text).length > 0) texts[cause] = text
  }
  if (namesNobody(options)) {
    const problem = 'Nobody is told of anything.'
    const fix = 'Add to = name@example.org, or remove the section.'
    reading.finding({ line: section.line, found: `[${section.name}]`, problem, fix })
  }
  if (address === undefined) return undefined
  return { from: { address, name }, language, recipients, alarms, texts }
}

function namesNobody(options: NoticeOptions): boolean {
  const named = (['to', ...NOTICE_CAUSES] as const).flatMap((name) => options.all(name))
  return named.every(({ value }) => value.every(({ text }) => text === NOBODY))
}

/** undefined where nothing is said, none where it says nobody. */
function addressesOf(options: NoticeOptions, name: 'to' | 'alarms' | NoticeCause): string[] | undefined {
  if (options.all(name).length === 0) return undefined
  const entries = options.list(name, addressOrNobody, (text) => text.toLowerCase())
  return entries.map(({ value }) => value).filter((value) => value !== NOBODY)
}

const addressOrNobody: Check<string> = (text) => (text === NOBODY ? { value: text } : mailAddress(text))

function textsOf(
  options: NoticeOptions,
  cause: NoticeCause,
  reading: Reading,
): { subject?: NoticeTemplate; body?: NoticeTemplate } {
  const subject = options.value(`${cause}_subject`, noticeTemplate)
  const option = `${cause}_content_file` as const
  const path = options.value(option, anyText)
  const line = options.all(option)[0]?.line ?? options.section.line
  const body = path === undefined ? undefined : readBody({ path, line, option }, reading)
  return { ...(subject === undefined ? {} : { subject }), ...(body === undefined ? {} : { body }) }
}

const noticeTemplate: Check<NoticeTemplate> = (text) => {
  const parsed = parseNoticeTemplate(text)
  return 'template' in parsed ? { value: parsed.template } : parsed
}

function readBody(
  file: { path: string; line: number; option: string },
  reading: Reading,
): NoticeTemplate | undefined {
  const text = readText(file, reading)
  if (text === undefined) return undefined
  const parsed = parseNoticeTemplate(text)
  if ('template' in parsed) return parsed.template
  for (const { offset, ...finding } of parsed.problems) {
    reading.findingElsewhere({ file: fileNamed(file.path, reading), line: lineAt(text, offset), ...finding })
  }
  return undefined
}
