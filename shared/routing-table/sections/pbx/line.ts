import { oneOf, type Reading, wrong } from '../../checks.ts'
import type { Section } from '../../ini.ts'
import { nearMiss } from '../../near-miss.ts'
import { GATEWAY_MODELS, LINE_T38, type Line } from '../../pbx-table.ts'
import { openSection, type SectionReader } from '../../section-reader.ts'
import { LINE_OPTIONS, ownerOf } from '../option-names.ts'
import { readOwnSite } from '../site-of-section.ts'
import { lineLabel, pbxNumber, portNumber } from './checks.ts'
import type { ReadGateway } from './gateway.ts'
import { nameOfSection } from './section-name.ts'

export interface ReadLine extends Line {
  site: string
}

type Options = SectionReader<(typeof LINE_OPTIONS)[number]>

interface Around {
  sites: readonly string[]
  gateways: readonly ReadGateway[]
  /** Those with mistakes included. */
  declared: readonly string[]
}

/** An analogue line with a fax machine on it. */
export function readLine(section: Section, reading: Reading, around: Around): ReadLine | undefined {
  const options = openSection({ section, names: LINE_OPTIONS, elsewhere: ownerOf }, reading)
  const name = nameOfSection(section, { prefix: 'line_', example: 'line_reception' }, reading)
  const label = options.value('name', lineLabel)
  const number = options.mandatory('number', pbxNumber, 'number = 0112345678, which the line calls with.')
  const did = options.value('did', pbxNumber)
  const t38 = options.value('t38', oneOf(LINE_T38)) ?? 'adapter'
  const place = readPlace(options, reading, around)
  if (name === undefined || number === undefined || place === undefined) return undefined
  return { name, ...(label === undefined ? {} : { label }), number, did: did ?? number, t38, ...place }
}

/** At which site, and at which port of what; a line without a gateway hangs on a card of the PBX. */
function readPlace(
  options: Options,
  reading: Reading,
  { sites, gateways, declared }: Around,
): Pick<ReadLine, 'site' | 'gateway'> | undefined {
  if (options.all('gateway').length === 0) {
    const site = readOwnSite(options, reading, sites)
    const [port] = options.all('port')
    if (port !== undefined) {
      const fix = 'Add gateway = NAME, or remove port.'
      reading.finding({ line: port.line, found: 'port', problem: 'port: A port of which gateway?', fix })
    }
    return site === undefined ? undefined : { site }
  }
  const gatewayName = options.value('gateway', (text) => declaredGateway(text, declared))
  const port = options.mandatory('port', portNumber, 'port = 1, or the one that the machine is plugged into.')
  const gateway = gateways.find(({ name }) => name === gatewayName)
  reportSite(options, gateway, reading)
  if (gateway === undefined || port === undefined) return undefined
  const ports = GATEWAY_MODELS[gateway.model]
  if (port <= ports) return { site: gateway.site, gateway: { name: gateway.name, port } }
  const problem = `port: ${gateway.name} is a ${gateway.model}, which has ${ports === 1 ? 'one port' : `ports 1 to ${ports}`}.`
  const line = options.all('port')[0]?.line ?? options.section.line
  reading.finding({ line, found: `port = ${port}`, problem, fix: 'Name a port that it has.' })
  return undefined
}

function declaredGateway(text: string, declared: readonly string[]) {
  if (declared.includes(text)) return { value: text }
  const near = nearMiss(text, declared)
  const fix = near === undefined ? `Add a section [gateway_${text}] with its model.` : `Did you mean ${near}?`
  return wrong('There is no such gateway.', fix)
}

/** A line is where its gateway is. */
function reportSite(options: Options, gateway: ReadGateway | undefined, reading: Reading): void {
  const [site] = options.all('site')
  if (site === undefined || gateway === undefined) return
  const written = options.value('site', (text) => ({ value: text }))
  if (written === undefined || written === gateway.site) return
  reading.finding({
    line: site.line,
    found: `site = ${written}`,
    problem: `site: The gateway ${gateway.name} is at ${gateway.site}.`,
    fix: 'Remove the line: the gateway says where it is.',
  })
}

/** Two machines on one port, or two lines with one number: the second would never be meant. */
export function reportSharedPlaces(
  sections: readonly Section[],
  lines: readonly ReadLine[],
  reading: Reading,
): void {
  const first = new Map<string, string>()
  for (const { name, site, number, gateway } of lines) {
    const section = sections.find((one) => one.name === `line_${name}`)
    const places = [
      { option: 'number', key: `number ${site} ${number}`, what: `calls with ${number}` },
      ...(gateway === undefined
        ? []
        : [
            {
              option: 'port',
              key: `port ${gateway.name} ${gateway.port}`,
              what: `is at port ${gateway.port} of ${gateway.name}`,
            },
          ]),
    ]
    for (const { option, key, what } of places) {
      const other = first.get(key)
      first.set(key, other ?? name)
      if (other === undefined) continue
      const line = section?.options.find((one) => one.name === option)?.line ?? 1
      const problem = `${option}: [line_${other}] ${what} already.`
      reading.finding({ line, found: `[line_${name}]`, problem, fix: 'Keep one of the two.' })
    }
  }
}
