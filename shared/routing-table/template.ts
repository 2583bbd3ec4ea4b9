import * as z from 'zod'

/** The variables of subject, body and msg. XiVO knew dstnum alone. */
export const VARIABLES = {
  dstnum: 'the number dialled',
  srcnum: "the caller's number",
  srcname: "the caller's name",
  stationid: 'what the remote machine called itself (TSI)',
  pages: 'the number of pages',
  date: 'the day of reception, YYYY-MM-DD',
  time: 'the time of reception, HH:MM:SS',
  faxid: "faxlane's name for the fax",
  site: 'the site that received it',
  filename: 'the name of the file delivered, without its ending',
  remarks: 'what of the fax is missing or damaged, in sentences; empty for a fax that came whole',
} as const
export type Variable = keyof typeof VARIABLES

/** The variables of notices: those of the fax, the latest where a notice is of several, and what happened. */
export const NOTICE_VARIABLES = {
  ...VARIABLES,
  backend: 'the backend, where a delivery failed',
  reason: "what happened, in the other side's own words where it has any",
  count: 'how often it happened since the last notice of its kind',
  list: 'each of them on a line of its own, the first fifty',
  link: 'a link to the fax as it was received',
} as const
export type NoticeVariable = keyof typeof NOTICE_VARIABLES

/** A text with variables, taken apart at synth so that a mistake in it is found there: literals and variables in turn. */
export const templateSchema = schemaOf(namesOf(VARIABLES))
export type Template = z.infer<typeof templateSchema>

export const noticeTemplateSchema = schemaOf(namesOf(NOTICE_VARIABLES))
export type NoticeTemplate = z.infer<typeof noticeTemplateSchema>

/** As it is written in a file: what parseTemplate reads as this template. */
export function templateSource(template: Template): string {
  return template
    .map((part) => (typeof part === 'string' ? part.replaceAll('%', '%%') : `%(${part.variable})s`))
    .join('')
}

function namesOf<Name extends string>(variables: Record<Name, string>): [Name, ...Name[]] {
  return Object.keys(variables) as [Name, ...Name[]]
}

function schemaOf<Name extends string>(names: [Name, ...Name[]]) {
  return z.array(z.union([z.string(), z.object({ variable: z.enum(names) })]))
}
