import { fileStem } from '../file-name.ts'
import type { Language } from '../language.ts'
import { remarksInWords } from '../ledger/remark-words.ts'
import type { RoutedFax } from '../messages.ts'
import { localTime } from './local-time.ts'
import type { Template, Variable } from './template.ts'

/** Where and for whom a template is filled in. */
export interface Reader {
  timeZone: string
  /** Absent: English. */
  language?: Language | undefined
}

/** A checked template with the values of one fax. Values are raw: who prints them into a header or a log guards it there. */
export function render(template: Template, fax: RoutedFax, reader: Reader): string {
  const values = valuesOf(fax, reader)
  return template.map((part) => (typeof part === 'string' ? part : values[part.variable])).join('')
}

/** Whether it says by itself what of a fax is missing. */
export function saysRemarks(template: Template): boolean {
  return template.some((part) => typeof part !== 'string' && part.variable === 'remarks')
}

const UNKNOWN: Record<Language, string> = { en: 'unknown', fr: 'inconnu', de: 'unbekannt' }

/** Without `pages` their number is not known: nothing was converted. */
export function valuesOf(
  fax: Pick<RoutedFax, 'id' | 'site' | 'facts' | 'remarks'> & { pages?: number | undefined },
  { timeZone, language = 'en' }: Reader,
): Record<Variable, string> {
  const { id, site, facts, pages, remarks = [] } = fax
  const { date, time } = localTime(new Date(facts.receivedAt), timeZone)
  const unknown = UNKNOWN[language]
  return {
    dstnum: facts.destination ?? unknown,
    srcnum: facts.source ?? unknown,
    srcname: facts.sourceName ?? unknown,
    stationid: facts.stationId ?? unknown,
    pages: pages === undefined ? unknown : String(pages),
    date,
    time,
    faxid: id,
    site,
    filename: fileStem(fax),
    remarks: remarksInWords(remarks, language),
  }
}
