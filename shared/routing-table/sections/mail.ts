import { anyText, type Reading, template } from '../checks.ts'
import type { BackendOf } from '../deployed-table.ts'
import type { Section } from '../ini.ts'
import { mailAddress } from '../network-names.ts'
import { parseTemplate } from '../parse-template.ts'
import { openSection } from '../section-reader.ts'
import type { Template } from '../template.ts'
import { formatName } from './document-format.ts'
import { fileNamed, lineAt, readText } from './named-file.ts'
import { MAIL_OPTIONS, ownerOf } from './option-names.ts'
import { fallbackName, readRetryPlan } from './retrying.ts'

const DEFAULT_SUBJECT: Template = ['Fax to ', { variable: 'dstnum' }]
const DEFAULT_BODY: Template = [
  'A fax from ',
  { variable: 'srcnum' },
  ' to ',
  { variable: 'dstnum' },
  ', received on ',
  { variable: 'date' },
  ' at ',
  { variable: 'time' },
  '. Pages: ',
  { variable: 'pages' },
  '.\n',
]
const DEFAULT_SENDER_NAME = 'Fax'

export function readMail(section: Section, reading: Reading): BackendOf<'mail'> | undefined {
  const options = openSection({ section, names: MAIL_OPTIONS, elsewhere: ownerOf }, reading)
  const subject = options.value('subject', template) ?? DEFAULT_SUBJECT
  const path = options.value('content_file', anyText)
  const line = options.all('content_file')[0]?.line ?? section.line
  const body = path === undefined ? DEFAULT_BODY : readBody({ path, line }, reading)
  const address = options.mandatory('email_from', mailAddress, 'email_from = fax@example.org')
  const name = options.value('email_realname', anyText) ?? DEFAULT_SENDER_NAME
  const format = options.value('format', formatName) ?? 'pdf'
  const fallback = options.value('fallback', fallbackName)
  const retry = readRetryPlan(options, reading)
  if (body === undefined || address === undefined) return undefined
  return {
    kind: 'mail',
    name: section.name,
    ...(fallback === undefined ? {} : { fallback }),
    ...(retry === undefined ? {} : { retry }),
    subject,
    body,
    from: { address, name },
    format,
  }
}

function readBody({ path, line }: { path: string; line: number }, reading: Reading): Template | undefined {
  const text = readText({ path, line, option: 'content_file' }, reading)
  if (text === undefined) return undefined
  const parsed = parseTemplate(text)
  if ('template' in parsed) return parsed.template
  for (const { offset, found, problem, fix } of parsed.problems) {
    reading.findingElsewhere({
      file: fileNamed(path, reading),
      line: lineAt(text, offset),
      found,
      problem,
      fix,
    })
  }
  return undefined
}
