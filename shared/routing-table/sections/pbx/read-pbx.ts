import type { Reading } from '../../checks.ts'
import type { Section } from '../../ini.ts'
import type { PbxSite, PbxTable } from '../../pbx-table.ts'
import { DEFAULT_NUMBER, type ReadNumber } from '../number.ts'
import type { SectionKind } from '../option-names.ts'
import { type Detection, NO_DETECTION, readDetect } from './detect.ts'
import { readGateway } from './gateway.ts'
import { type ReadLine, readLine, reportSharedPlaces } from './line.ts'
import { PBX_DEFAULTS, type PbxOptions } from './site.ts'
import { readTrunk } from './trunk.ts'

interface Known {
  sites: readonly string[]
  /** Of the sites that a section declares. */
  optionsOf: ReadonlyMap<string, PbxOptions>
  /** `[general]`'s, for sites that say none. */
  country: PbxOptions['country']
  numbers: readonly ReadNumber[]
}

/** What the table says for the PBXs of its sites. */
export function readPbx(
  byKind: Readonly<Record<SectionKind, readonly Section[]>>,
  { sites, optionsOf, country, numbers }: Known,
  reading: Reading,
): PbxTable {
  const countryOf = (site: string) => optionsOf.get(site)?.country ?? country
  const trunks = present(byKind.trunk_.map((section) => readTrunk(section, reading, sites)))
  const gateways = present(
    byKind.gateway_.map((section) => readGateway(section, reading, { sites, countryOf })),
  )
  const declared = byKind.gateway_.map(({ name }) => name.slice('gateway_'.length))
  const lines = present(
    byKind.line_.map((section) => readLine(section, reading, { sites, gateways, declared })),
  )
  reportSharedPlaces(byKind.line_, lines, reading)
  const detection = byKind.detect.map((section) => readDetect(section, reading))[0] ?? NO_DETECTION
  reportUnroutedDetection(detection, numbers, reading)
  reportAnsweredLines(byKind.line_, { lines, numbers }, reading)
  const isHere = ({ site }: { site: string }, name: string) => site === name
  return {
    sites: sites.map((name) => {
      const ofCountry = countryOf(name)
      return {
        name,
        ...PBX_DEFAULTS,
        ...optionsOf.get(name),
        ...(ofCountry === undefined ? {} : { country: ofCountry }),
        trunks: trunks.filter((one) => isHere(one, name)).map(withoutSite),
        gateways: gateways.filter((one) => isHere(one, name)).map(withoutSite),
        lines: lines.filter((one) => isHere(one, name)).map(withoutSite),
        ...numbersOf(name, numbers, detection),
      }
    }),
  }
}

/** A number that names no site may be called at any of them. */
function numbersOf(
  site: string,
  numbers: readonly ReadNumber[],
  detection: Detection,
): Pick<PbxSite, 'direct' | 'detected' | 'listenSeconds' | 'takesAny'> {
  const here = numbers.filter((one) => one.number !== DEFAULT_NUMBER && (one.site ?? site) === site)
  const elsewhere = new Set(numbers.filter((one) => (one.site ?? site) !== site).map(({ number }) => number))
  const listed = detection.numbers.map(({ value }) => value).filter((number) => !elsewhere.has(number))
  const detected = new Set([...here.filter(({ detect }) => detect).map(({ number }) => number), ...listed])
  return {
    direct: here.map(({ number }) => number).filter((number) => !detected.has(number)),
    detected: [...detected],
    listenSeconds: detection.listenSeconds,
    takesAny: numbers.some(({ number }) => number === DEFAULT_NUMBER),
  }
}

/** A fax that is found on such a call would end unrouted. */
function reportUnroutedDetection(
  { numbers: listed }: Detection,
  numbers: readonly ReadNumber[],
  reading: Reading,
): void {
  const routed = new Set(numbers.map(({ number }) => number))
  if (routed.has(DEFAULT_NUMBER)) return
  for (const { line, value } of listed) {
    if (routed.has(value)) continue
    const problem = `numbers: A fax for ${value} has nowhere to go.`
    const fix = `Add [dstnum_${value}] with dest, or a [dstnum_default].`
    reading.finding({ line, found: `numbers = … ${value} …`, problem, fix })
  }
}

/** The PBX has one answer to a number: a machine on a line, or faxlane. */
function reportAnsweredLines(
  sections: readonly Section[],
  { lines, numbers }: { lines: readonly ReadLine[]; numbers: readonly ReadNumber[] },
  reading: Reading,
): void {
  for (const { name, did, site } of lines) {
    const answered = numbers.find((one) => one.number === did && !one.detect && (one.site ?? site) === site)
    if (answered === undefined) continue
    const section = sections.find((one) => one.name === `line_${name}`)
    const problem = `${did} has a section [dstnum_${did}]: faxlane answers it, and the machine on this line never rings.`
    const fix =
      'Keep one of the two. A number that only calls out is no did: write the one by which it is called.'
    reading.note({ line: section?.line ?? 1, found: `[line_${name}]`, problem, fix })
  }
}

function withoutSite<Part extends { site: string }>({ site: _, ...part }: Part): Omit<Part, 'site'> {
  return part
}

function present<Value>(values: readonly (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined)
}
