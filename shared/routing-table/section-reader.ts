import type { Check, Problem, Reading } from './checks.ts'
import type { Option, Section, ValueLine } from './ini.ts'
import { nearMiss } from './near-miss.ts'

/** Reads the options of one section, and reports each that does not hold. */
export interface SectionReader<Name extends string> {
  section: Section
  /** Every place where the option stands; more than one is reported by the parser already. */
  all: (name: Name) => readonly Option[]
  /** undefined: not there, or reported. */
  value: <Value>(name: Name, check: Check<Value>) => Value | undefined
  /** As `value`, and reports an option that is not there; `example` is what to write. */
  mandatory: <Value>(name: Name, check: Check<Value>, example: string) => Value | undefined
  /**
   * The entries of a list with commas, each with its own line; empty where the option is not there. No two may be the
   * same; `identity` is what makes them so, if it is not the text.
   */
  list: <Value>(name: Name, check: Check<Value>, identity?: (text: string) => string) => ListEntry<Value>[]
}

export interface ListEntry<Value> {
  line: number
  value: Value
}

/** `elsewhere`: the section that an option belongs to which stands in this one by mistake. */
export function openSection<Name extends string>(
  {
    section,
    names,
    elsewhere,
  }: { section: Section; names: readonly Name[]; elsewhere: (option: string) => string | undefined },
  reading: Reading,
): SectionReader<Name> {
  reportUnknownOptions(section, names, elsewhere, reading)
  const all = (name: Name): readonly Option[] => section.options.filter((option) => option.name === name)
  const value = <Value>(name: Name, check: Check<Value>): Value | undefined =>
    all(name)
      .map((option) => readOneLine(option, check, reading))
      .at(0)
  return {
    section,
    all,
    value,
    mandatory: (name, check, example) => {
      if (all(name).length === 0) reportMissing(section, name, example, reading)
      return value(name, check)
    },
    list: (name, check, identity = (text) => text) =>
      all(name)
        .map((option) => readList(option, { check, identity }, reading))
        .at(0) ?? [],
  }
}

export function reportMissing(section: Section, name: string, example: string, reading: Reading): void {
  const problem = `${name} is missing.`
  reading.finding({ line: section.line, found: `[${section.name}]`, problem, fix: `Add ${example}` })
}

function reportUnknownOptions(
  section: Section,
  names: readonly string[],
  elsewhere: (option: string) => string | undefined,
  reading: Reading,
): void {
  for (const { name, line } of section.options) {
    if (names.includes(name)) continue
    const owner = elsewhere(name)
    const near = nearMiss(name, names)
    const known = names.length === 0 ? 'It takes none.' : `It takes ${names.join(', ')}.`
    const fix =
      owner !== undefined
        ? `${name} belongs into ${owner}.`
        : near !== undefined
          ? `Did you mean ${near}?`
          : `Remove it, or write it as the option that it stands for. ${known}`
    reading.finding({ line, found: `${name} = …`, problem: `[${section.name}] has no option ${name}.`, fix })
  }
}

function readOneLine<Value>(option: Option, check: Check<Value>, reading: Reading): Value | undefined {
  const [first, second] = option.value
  if (second !== undefined) {
    const problem = `An indented line goes on with ${option.name} of line ${option.line}, which is one line.`
    const fix = 'Remove the white space before it if it is an option, or put it all into one line.'
    reading.finding({ line: second.line, found: `${option.name} (continued)`, problem, fix })
  }
  return first === undefined ? undefined : checked(option.name, first, check, reading)
}

function checked<Value>(
  name: string,
  { line, text }: ValueLine,
  check: Check<Value>,
  reading: Reading,
): Value | undefined {
  if (text === '') {
    const problem = `${name} is empty.`
    reading.finding({ line, found: `${name} =`, problem, fix: 'Give it a value, or remove the line.' })
    return undefined
  }
  const result = check(text)
  if ('value' in result) return result.value
  for (const { found = `${name} = ${text}`, problem, fix } of result.problems) {
    reading.finding({ line, found, problem: `${name}: ${problem}`, fix })
  }
  return undefined
}

function readList<Value>(
  option: Option,
  { check, identity }: { check: Check<Value>; identity: (text: string) => string },
  reading: Reading,
): ListEntry<Value>[] {
  const found = `${option.name} = ${option.value.map(({ text }) => text).join(' ')}`
  const written = listEntries(option)
  const seen = new Set<string>()
  const entries: ListEntry<Value>[] = []
  for (const entry of written) {
    const same = identity(entry.text)
    const problem = listProblem(option.name, entry.text, {
      alone: written.length === 1,
      twice: seen.has(same),
    })
    seen.add(same)
    if (problem !== undefined) {
      reading.finding({ line: entry.line, found, ...problem })
      continue
    }
    const value = checked(option.name, entry, check, reading)
    if (value !== undefined) entries.push({ line: entry.line, value })
  }
  return entries
}

function listProblem(
  name: string,
  text: string,
  { alone, twice }: { alone: boolean; twice: boolean },
): Problem | undefined {
  if (text === '' && !alone) {
    return {
      problem: `${name} has an empty entry.`,
      fix: 'Put one comma between two entries, and none at the end.',
    }
  }
  if (text.includes('\n')) {
    const fix =
      'Put a comma between the lines, or remove the white space before the second if it is an option.'
    return { problem: `An indented line goes on with ${name}, and no comma is between.`, fix }
  }
  if (twice) {
    return { problem: `${name} names the same twice.`, fix: 'Keep one of the two.' }
  }
  return undefined
}

/** Split at the commas; a line break beside a comma means nothing, one without a comma stays in the entry. */
function listEntries(option: Option): ValueLine[] {
  const lineNumbers = option.value.map(({ line }) => line)
  let index = 0
  return option.value
    .map(({ text }) => text)
    .join('\n')
    .split(',')
    .map((piece) => {
      const leading = /^\s*/.exec(piece)?.[0] ?? ''
      const text = piece.trim()
      const line = lineNumbers[index + countBreaks(leading) + countBreaks(text)] ?? option.line
      index += countBreaks(piece)
      return { line, text }
    })
}

function countBreaks(text: string): number {
  return text.split('\n').length - 1
}
