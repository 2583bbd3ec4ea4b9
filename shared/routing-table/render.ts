import { fileStem, UNKNOWN } from '../file-name.ts'
import type { RoutedFax } from '../messages.ts'
import { localTime } from './local-time.ts'
import type { Template, Variable } from './template.ts'

/** A checked template with the values of one fax. Values are raw: who prints them into a header or a log guards it there. */
export function render(template: Template, fax: RoutedFax, timeZone: string): string {
  const values = valuesOf(fax, timeZone)
  return template.map((part) => (typeof part === 'string' ? part : values[part.variable])).join('')
}

/** `pages` may be a word, where their number is not known. */
export function valuesOf(
  { id, site, facts, pages }: Pick<RoutedFax, 'id' | 'site' | 'facts'> & { pages: number | string },
  timeZone: string,
): Record<Variable, string> {
  const { date, time } = localTime(new Date(facts.receivedAt), timeZone)
  return {
    dstnum: facts.destination ?? UNKNOWN,
    srcnum: facts.source ?? UNKNOWN,
    srcname: facts.sourceName ?? UNKNOWN,
    stationid: facts.stationId ?? UNKNOWN,
    pages: String(pages),
    date,
    time,
    faxid: id,
    site,
    filename: fileStem({ id, facts }),
  }
}
