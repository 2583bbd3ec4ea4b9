import type { Country } from '../../../transmission/numbering-plans.ts'
import { oneOf, type Reading } from '../../checks.ts'
import type { Section } from '../../ini.ts'
import {
  GATEWAY_COUNTRIES,
  GATEWAY_MODELS,
  type Gateway,
  type GatewayCountry,
  type GatewayModel,
} from '../../pbx-table.ts'
import { openSection, reportMissing, type SectionReader } from '../../section-reader.ts'
import { GATEWAY_OPTIONS, ownerOf } from '../option-names.ts'
import { readOwnSite } from '../site-of-section.ts'
import { countryOfSite } from './checks.ts'
import { nameOfSection } from './section-name.ts'

export interface ReadGateway extends Gateway {
  site: string
}

type Options = SectionReader<(typeof GATEWAY_OPTIONS)[number]>

const MODELS = Object.keys(GATEWAY_MODELS) as GatewayModel[]

/** A device with analogue ports. `countryOf`: of its site, where the table says it. */
export function readGateway(
  section: Section,
  reading: Reading,
  {
    sites,
    countryOf,
  }: { sites: readonly string[]; countryOf: (site: string) => Country | 'other' | undefined },
): ReadGateway | undefined {
  const options = openSection({ section, names: GATEWAY_OPTIONS, elsewhere: ownerOf }, reading)
  const name = nameOfSection(section, { prefix: 'gateway_', example: 'gateway_reception' }, reading)
  const model = options.mandatory(
    'model',
    oneOf<GatewayModel>(MODELS),
    `model = spa122, or another of ${MODELS.join(', ')}.`,
  )
  const site = readOwnSite(options, reading, sites)
  const country = readCountry(options, site === undefined ? undefined : countryOf(site), reading)
  if (name === undefined || model === undefined || site === undefined || country === undefined)
    return undefined
  return { name, model, site, country }
}

/** Impedance, ringing and caller ID are the country's: a guess would ring no bell. */
function readCountry(
  options: Options,
  countryOfSection: Country | 'other' | undefined,
  reading: Reading,
): GatewayCountry | undefined {
  const [written] = options.all('country')
  const country = written === undefined ? countryOfSection : options.value('country', countryOfSite)
  const known = GATEWAY_COUNTRIES.find((one) => one === country)
  if (known !== undefined || (written !== undefined && country === undefined)) return known
  const example = `country = FR, or another of ${GATEWAY_COUNTRIES.join(', ')}.`
  if (country === undefined) {
    reportMissing(options.section, 'country', `${example} [site_…] and [general] take it as well.`, reading)
  } else {
    reading.finding({
      line: written?.line ?? options.section.line,
      found: written === undefined ? `[${options.section.name}]` : `country = ${country}`,
      problem: `country: What telephone lines are like in ${country} is not known here.`,
      fix: `Write the country whose lines are nearest: ${example}`,
    })
  }
  return undefined
}
