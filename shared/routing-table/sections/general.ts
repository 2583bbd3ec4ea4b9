import type { Country } from '../../transmission/numbering-plans.ts'
import { type Reading, timeZone } from '../checks.ts'
import { DEFAULT_RETENTION, type Retention } from '../deployed-table.ts'
import type { Section } from '../ini.ts'
import { openSection, type SectionReader } from '../section-reader.ts'
import { GENERAL_OPTIONS, ownerOf, XIVO_TOOLS } from './option-names.ts'
import { countryOfSite } from './pbx/checks.ts'
import { span } from './span.ts'

export interface GeneralOptions {
  timeZone: string
  /** Of the sites that say none. */
  country?: Country | 'other'
  /** undefined where the table says nothing of it. */
  retention?: Retention
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
  const retention = readRetention(options, reading)
  return {
    timeZone: options.value('time_zone', timeZone) ?? GENERAL_DEFAULTS.timeZone,
    ...(country === undefined ? {} : { country }),
    ...(retention === undefined ? {} : { retention }),
  }
}

const DAY_SECONDS = 86_400
/** Links in mails open a fax for thirty days, and the files have to be there as long. */
const faxesKept = span({ units: ['d', 'y'], least: '30d', most: '30y', example: '90d or 1y' })
const ledgerKept = span({ units: ['d', 'y'], least: '30d', most: '99y', example: '400d or 10y' })

function readRetention(
  options: SectionReader<(typeof GENERAL_OPTIONS)[number]>,
  reading: Reading,
): Retention | undefined {
  const faxes = options.value('keep_faxes', faxesKept)
  const ledger = options.value('keep_ledger', ledgerKept)
  if (faxes === undefined && ledger === undefined) return undefined
  const days = (seconds: number | undefined, otherwise: number) =>
    seconds === undefined ? otherwise : Math.ceil(seconds / DAY_SECONDS)
  const faxesDays = days(faxes, DEFAULT_RETENTION.faxesDays)
  const ledgerDays = days(ledger, DEFAULT_RETENTION.ledgerDays)
  if (ledgerDays < faxesDays) {
    const [option] = [...options.all('keep_ledger'), ...options.all('keep_faxes')]
    const problem = 'The faxes would be kept longer than what is known of them.'
    const found = `keep_faxes of ${faxesDays} days, keep_ledger of ${ledgerDays} days`
    reading.finding({ line: option?.line ?? 1, found, problem, fix: 'Keep the ledger at least as long.' })
  }
  return { faxesDays, ledgerDays }
}
