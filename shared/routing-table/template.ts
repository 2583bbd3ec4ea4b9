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
} as const
export type Variable = keyof typeof VARIABLES

const variableSchema = z.enum(Object.keys(VARIABLES) as [Variable, ...Variable[]])

/** A text with variables, taken apart at synth so that a mistake in it is found there: literals and variables in turn. */
export const templateSchema = z.array(z.union([z.string(), z.object({ variable: variableSchema })]))
export type Template = z.infer<typeof templateSchema>

/** As it is written in a file: what parseTemplate reads as this template. */
export function templateSource(template: Template): string {
  return template
    .map((part) => (typeof part === 'string' ? part.replaceAll('%', '%%') : `%(${part.variable})s`))
    .join('')
}
