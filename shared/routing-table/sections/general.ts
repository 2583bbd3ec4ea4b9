import type { Country } from '../../transmission/numbering-plans.ts'
import { type Reading, timeZone } from '../checks.ts'
import type { Section } from '../ini.ts'
import { openSection } from '../section-reader.ts'
import { GENERAL_OPTIONS, ownerOf, XIVO_TOOLS } from './option-names.ts'
import { countryOfSite } from './pbx/checks.ts'

export interface GeneralOptions {
  timeZone: string
  /** Of the sites that say none. */
  country?: Country | 'other'
}

export const GENERAL_DEFAULTS: GeneralOptions = { timeZone: 'UTC' }

export function readGeneral(section: Section, reading: Reading): GeneralOptions {
  const options = openSection({ section, names: GENERAL_OPTIONS, elsewhere: ownerOf }, reading)
  const tools = XIVO_TOOLS.flatMap((tool) => options.all(tool)).sort((one, other) => one.line - other.line)
  const [first] = tools
  if (first !== undefined) {
    const found = tools.map(({ name }) => name).join(', ')
    const problem = 'The paths of XiVO’s tools are not used: faxlane converts, mails and prints without them.'
    reading.note({ line: first.line, found, problem, fix: 'They may stay or go.' })
  }
  const country = options.value('country', countryOfSite)
  return {
    timeZone: options.value('time_zone', timeZone) ?? GENERAL_DEFAULTS.timeZone,
    ...(country === undefined ? {} : { country }),
  }
}
