import { readFile } from 'node:fs/promises'
import type { Check, Reading } from '../../shared/routing-table/checks.ts'
import { type Finding, formatFinding } from '../../shared/routing-table/finding.ts'
import { decodeUtf8, parseIni, type Section } from '../../shared/routing-table/ini.ts'
import { openSection, reportMissing, type SectionReader } from '../../shared/routing-table/section-reader.ts'
import { visible } from '../../shared/visible.ts'

/** How an option of a configuration file is read, and what holds where it is left out. */
export type OptionSpec<Value> =
  | { check: Check<Value>; mandatory: true; example: string }
  | { check: Check<Value>; mandatory: false; otherwise: Value }

/** `example` is the line to write. */
export function mandatory<Value>(check: Check<Value>, example: string): OptionSpec<Value> {
  return { check, mandatory: true, example }
}

export function optional<Value>(check: Check<Value>): OptionSpec<Value | undefined> {
  return { check, mandatory: false, otherwise: undefined }
}

export function withDefault<Value>(check: Check<Value>, otherwise: Value): OptionSpec<Value> {
  return { check, mandatory: false, otherwise }
}

/** By the option's name as it stands in the file. */
export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>

type CamelCase<Name> = Name extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name

/** What comes out: `state_folder` of the file is `stateFolder` here. */
export type ConfigOf<Specs extends OptionSpecs> = {
  [Name in keyof Specs as CamelCase<Name>]: Specs[Name] extends OptionSpec<infer Value> ? Value : never
}

/** A configuration that does not hold; the message has every finding. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Of an agent's configuration: what is larger is another file. */
const LARGEST_FILE_BYTES = 1_000_000

/**
 * Reads the one section of an agent's configuration file, in the routing table's format.
 * @throws ConfigError with all that is wrong, each with file, line and the way out
 */
export function readConfig<Specs extends OptionSpecs>(
  file: string,
  bytes: Uint8Array,
  section: string,
  specs: Specs,
): ConfigOf<Specs> {
  const findings: Finding[] = []
  const reading: Reading = {
    file,
    // No option names a file that is read here.
    readFile: () => undefined,
    finding: (finding) => void findings.push({ file, ...finding }),
    findingElsewhere: (finding) => void findings.push(finding),
    note: (note) => void findings.push({ file, ...note }),
  }
  if (bytes.length > LARGEST_FILE_BYTES)
    throw new ConfigError(`${visible(file)} has ${bytes.length} bytes; ${LARGEST_FILE_BYTES} is the most.`)
  const ini = parseIni(decodeUtf8(bytes))
  for (const finding of ini.findings) reading.finding(finding)
  reportOtherSections(ini.sections, section, reading)
  const found = ini.sections.find(({ name }) => name === section)
  const config = readSection(found ?? { name: section, line: 1, options: [] }, specs, reading)
  if (findings.length > 0) throw new ConfigError(findings.map(formatFinding).join('\n'))
  return config
}

/** @throws ConfigError also where there is no file to read */
export async function loadConfig<Specs extends OptionSpecs>(
  file: string,
  section: string,
  specs: Specs,
): Promise<ConfigOf<Specs>> {
  return readConfig(file, await bytesOf(file), section, specs)
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'There is no such file' : `The file cannot be read (${code})`
    throw new ConfigError(
      `${visible(file)}: ${why}. The Debian package installs a commented one; --config FILE names another.`,
    )
  }
}

function readSection<Specs extends OptionSpecs>(
  section: Section,
  specs: Specs,
  reading: Reading,
): ConfigOf<Specs> {
  const reader = openSection({ section, names: Object.keys(specs), elsewhere: () => undefined }, reading)
  const entries = Object.entries(specs).map(([name, spec]) => [
    camelCase(name),
    readOption(reader, name, spec, reading),
  ])
  // What was mandatory and not there is a finding, and the caller throws then.
  return Object.fromEntries(entries) as ConfigOf<Specs>
}

function readOption(
  reader: SectionReader<string>,
  name: string,
  spec: OptionSpec<unknown>,
  reading: Reading,
): unknown {
  if (spec.mandatory) {
    const [line] = reader.all(name)[0]?.value ?? []
    if (line?.text !== '') return reader.mandatory(name, spec.check, spec.example)
    // As the package installs it: to remove the line would be no way out.
    const problem = `${name} is empty.`
    reading.finding({ line: line.line, found: `${name} =`, problem, fix: `Write ${spec.example}` })
    return undefined
  }
  return reader.value(name, spec.check) ?? spec.otherwise
}

function reportOtherSections(sections: readonly Section[], wanted: string, reading: Reading): void {
  if (!sections.some(({ name }) => name === wanted)) {
    reportMissing({ name: wanted, line: 1, options: [] }, `The section [${wanted}]`, `[${wanted}].`, reading)
  }
  for (const { name, line } of sections.filter((section) => section.name !== wanted)) {
    const problem = `This file has one section, [${wanted}].`
    reading.finding({ line, found: `[${name}]`, problem, fix: 'Remove the section with its options.' })
  }
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
