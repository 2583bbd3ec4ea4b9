import { DEFAULT_SITE } from '../object-keys.ts'
import type { Reading } from './checks.ts'
import {
  BACKEND_KINDS,
  type Backend,
  type BackendKind,
  type BackendOf,
  backendNameSchema,
  type DeployedTable,
} from './deployed-table.ts'
import type { Finding } from './finding.ts'
import { decodeUtf8, parseIni, type Section } from './ini.ts'
import { nearMiss } from './near-miss.ts'
import type { PbxTable } from './pbx-table.ts'
import { chainOf, checkFallbacks } from './sections/fallbacks.ts'
import { readFtp } from './sections/ftp.ts'
import { GENERAL_DEFAULTS, readGeneral } from './sections/general.ts'
import { readLog } from './sections/log.ts'
import { readMail } from './sections/mail.ts'
import { readNotices } from './sections/notices.ts'
import { DEFAULT_NUMBER, readNumber } from './sections/number.ts'
import { kindOfSection, SECTION_KINDS, type SectionKind } from './sections/option-names.ts'
import { readOutbound, reportSharedDomains } from './sections/outbound.ts'
import { readPbx } from './sections/pbx/read-pbx.ts'
import { readPrinter } from './sections/printer.ts'
import { type ReadSite, readSite } from './sections/site.ts'

export interface TableReading {
  /** undefined as long as there are findings. */
  table: DeployedTable | undefined
  /** What the table says for the PBXs; undefined as long as there are findings. Nothing of it is deployed. */
  pbx: PbxTable | undefined
  /** What an admin has to change, by line. */
  findings: readonly Finding[]
  /** What an admin may want to know. */
  notes: readonly Finding[]
}

export interface TableInput {
  /** As it is to be named in findings. */
  file: string
  bytes: Uint8Array
  /** Reads a file by its path as the table writes it, relative to the table's folder; undefined if it can't be read. */
  readFile: (path: string) => Uint8Array | undefined
}

/** One for each kind of backend: the compiler says which is missing. */
const BACKEND_READERS: {
  [Kind in BackendKind]: (
    section: Section,
    reading: Reading,
    sites: readonly string[],
  ) => BackendOf<Kind> | undefined
} = { mail: readMail, ftp: readFtp, printer: readPrinter, log: readLog }

/** A hundred thousand numbers, each with a line of addresses. */
export const LARGEST_TABLE_BYTES = 10_000_000
/** Each is looked for in all names, for the one that was meant. What has more mistakes is no table. */
const MOST_FINDINGS = 1000

class EnoughFindings extends Error {}

/** Reads and checks a routing table. Throws for no content whatever; all that is wrong is found in one go, or the first thousand of it. */
export function readTable(input: TableInput): TableReading {
  const findings: Finding[] = []
  const notes: Finding[] = []
  const { file, readFile } = input
  const take = (finding: Finding) => {
    if (findings.length >= MOST_FINDINGS) throw new EnoughFindings()
    findings.push(finding)
  }
  const reading: Reading = {
    file,
    readFile,
    finding: (finding) => take(withoutPassword({ file, ...finding })),
    findingElsewhere: take,
    note: (note) => notes.push(withoutPassword({ file, ...note })),
  }
  const { table, pbx } = readUnlessTooMuch(input.bytes, reading)
  const holds = findings.length === 0
  return {
    table: holds ? table : undefined,
    pbx: holds ? pbx : undefined,
    findings: ordered(findings, file),
    notes: ordered(notes, file),
  }
}

function readUnlessTooMuch(
  bytes: Uint8Array,
  reading: Reading,
): { table: DeployedTable | undefined; pbx: PbxTable | undefined } {
  if (bytes.length > LARGEST_TABLE_BYTES) {
    const problem = `This file has ${bytes.length} bytes; ${LARGEST_TABLE_BYTES} is the most.`
    reading.finding({ line: 1, found: 'the whole file', problem, fix: 'Name the file of the routing table.' })
    return { table: undefined, pbx: undefined }
  }
  try {
    return readSections(decodeUtf8(bytes), reading)
  } catch (error) {
    if (!(error instanceof EnoughFindings)) throw error
    return { table: undefined, pbx: undefined }
  }
}

function readSections(text: string, reading: Reading): { table: DeployedTable; pbx: PbxTable } {
  const { sections, findings } = parseIni(text)
  findings.forEach(reading.finding)
  const byKind = groupByKind(sections, reading)
  const general = byKind.general.map((section) => readGeneral(section, reading))[0] ?? GENERAL_DEFAULTS
  const [notices] = byKind.notices.map((section) => readNotices(section, reading))
  const declaredSites = present(byKind.site_.map((section) => readSite(section, reading)))
  const sites = declaredSites.length > 0 ? declaredSites.map(({ name }) => name) : [DEFAULT_SITE]
  const siteDetails = declaredSites.filter(({ details }) => Object.keys(details).length > 0)
  const backends = BACKEND_KINDS.flatMap((kind) =>
    present<Backend>(byKind[kind].map((section) => readBackend(kind, section, reading, sites))),
  )
  reportPrintersWithoutAgent(byKind.site_, { siteDetails, backends }, reading)
  const declared = new Map(
    BACKEND_KINDS.flatMap((kind) => byKind[kind].map(({ name }) => [name, kind] as const)),
  )
  const routes = byKind.dstnum_.map((section) => ({
    section,
    ...readNumber(section, reading, { declared, sites }),
  }))
  if (routes.length === 0 && findings.length === 0) reportNoNumbers(reading)
  const backendSections = BACKEND_KINDS.flatMap((kind) => byKind[kind])
  const byName = new Map(backends.map((backend) => [backend.name, backend]))
  checkFallbacks({ sections: backendSections, backends, routes }, reading)
  reportUnused(
    backendSections,
    routes.flatMap(({ route }) => route.backends.flatMap((name) => [name, ...chainOf(name, byName)])),
    reading,
  )
  const fallback = routes.find(({ number }) => number === DEFAULT_NUMBER)?.route
  const outbound = present(byKind.outbound.map((section) => readOutbound(section, reading, sites)))
  reportSharedDomains(byKind.outbound, outbound, reading)
  const optionsOf = new Map(declaredSites.map(({ name, pbx }) => [name, pbx]))
  const pbx = readPbx(byKind, { sites, optionsOf, country: general.country, numbers: routes }, reading)
  const numbers = routes
    .filter(({ number }) => number !== DEFAULT_NUMBER)
    .map(({ number, route }) => [number, route])
  const table: DeployedTable = {
    version: 1,
    timeZone: general.timeZone,
    sites,
    ...(siteDetails.length === 0
      ? {}
      : { siteDetails: Object.fromEntries(siteDetails.map(({ name, details }) => [name, details])) }),
    ...(general.retention === undefined ? {} : { retention: general.retention }),
    ...(notices === undefined ? {} : { notices }),
    backends,
    numbers: Object.fromEntries(numbers),
    ...(fallback === undefined ? {} : { fallback }),
    ...(outbound.length === 0 ? {} : { outbound }),
  }
  return { table, pbx }
}

function readBackend(
  kind: BackendKind,
  section: Section,
  reading: Reading,
  sites: readonly string[],
): Backend | undefined {
  if (!backendNameSchema.safeParse(section.name).success) {
    const problem = 'A backend is named in letters, digits, dots, hyphens and underscores, at most 64.'
    const fix = `Log groups and messages carry the name: write one such as [${kind}_sales].`
    reading.finding({ line: section.line, found: `[${section.name}]`, problem, fix })
  }
  return BACKEND_READERS[kind](section, reading, sites)
}

function groupByKind(sections: readonly Section[], reading: Reading): Record<SectionKind, Section[]> {
  const byKind: Record<SectionKind, Section[]> = {
    general: [],
    notices: [],
    site_: [],
    mail: [],
    ftp: [],
    printer: [],
    log: [],
    dstnum_: [],
    outbound: [],
    detect: [],
    trunk_: [],
    gateway_: [],
    line_: [],
  }
  for (const section of sections) {
    const kind = kindOfSection(section.name)
    if (kind !== undefined) byKind[kind].push(section)
    else reportUnknownSection(section, reading)
  }
  return byKind
}

function reportUnknownSection({ name, line }: Section, reading: Reading): void {
  const problem = 'There is no such kind of section.'
  const known = SECTION_KINDS.map((kind) => `[${kind}${kind.endsWith('_') ? '…' : ''}]`).join(', ')
  const near = nearSectionName(name)
  const fix = near === undefined ? `A section is one of ${known}.` : `Did you mean [${near}]?`
  reading.finding({ line, found: `[${name}]`, problem, fix })
}

/** Only the kind can be wrong: [ Mail_sales] and [dstnum100] are [mail_sales] and [dstnum_100]. */
function nearSectionName(name: string): string | undefined {
  const [, word = '', rest = ''] = /^([a-z]+)[\s_-]*(.*)$/is.exec(name.trim()) ?? []
  const kind = nearMiss(
    word,
    SECTION_KINDS.map((one) => one.replace(/_$/, '')),
  )
  if (kind === undefined) return undefined
  if (kind === 'general' || kind === 'notices' || kind === 'detect') return kind
  if (rest === '')
    return kind === 'dstnum' ? 'dstnum_default' : kind === 'site' ? `site_${DEFAULT_SITE}` : kind
  return `${kind}_${rest}`
}

/** Its jobs would wait until they expire. */
function reportPrintersWithoutAgent(
  sections: readonly Section[],
  { siteDetails, backends }: { siteDetails: readonly ReadSite[]; backends: readonly Backend[] },
  reading: Reading,
): void {
  for (const { name, details } of siteDetails) {
    const printer = backends.find((backend) => backend.kind === 'printer' && backend.site === name)
    if (printer === undefined || details.agents === undefined || details.agents.includes('print')) continue
    const option = sections
      .find((section) => section.name === `site_${name}`)
      ?.options.find((one) => one.name === 'agents')
    const problem = `agents: The printer ${printer.name} is at this site, and no print agent.`
    const fix = `Write agents = ${[...details.agents, 'print'].join(', ')}, or name another site in [${printer.name}].`
    reading.finding({ line: option?.line ?? 1, found: `agents = ${details.agents.join(', ')}`, problem, fix })
  }
}

function reportNoNumbers(reading: Reading): void {
  const problem = 'No section says where faxes go: each would end unrouted.'
  const fix = 'Add [dstnum_default] with dest = and the name of a backend.'
  reading.finding({ line: 1, found: 'no section [dstnum_…]', problem, fix })
}

function reportUnused(backends: readonly Section[], inUse: readonly string[], reading: Reading): void {
  const used = new Set(inUse)
  for (const { name, line } of backends) {
    if (used.has(name)) continue
    const fix = 'Name it in the dest of a number, or remove it.'
    reading.note({ line, found: `[${name}]`, problem: `No number uses the backend ${name}.`, fix })
  }
}

/** An option of the wrong name or in the wrong place may still be a password. */
function withoutPassword(finding: Finding): Finding {
  const { found } = finding
  const name = found.search(/pass/i)
  const sign = name === -1 ? -1 : name + found.slice(name).search(/[=:]/)
  return sign < name || name === -1 ? finding : { ...finding, found: `${found.slice(0, sign + 1)} …` }
}

/** By line, the table's own before those of the files that it names, each once. */
function ordered(findings: readonly Finding[], table: string): Finding[] {
  const once = new Map(findings.map((finding) => [JSON.stringify(finding), finding]))
  return [...once.values()].sort((one, other) => {
    if (one.file === other.file) return one.line - other.line
    if (one.file === table || other.file === table) return one.file === table ? -1 : 1
    return one.file < other.file ? -1 : 1
  })
}

function present<Value>(values: readonly (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined)
}
