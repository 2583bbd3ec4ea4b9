import { nearMiss } from '../../shared/routing-table/near-miss.ts'
import {
  DEFAULT_NUMBER,
  DIALLED_NUMBER,
  sectionOfNumber,
} from '../../shared/routing-table/sections/number.ts'
import { kindOfSection } from '../../shared/routing-table/sections/option-names.ts'
import { backendKind } from './backends.ts'
import { type ConfSection, commentOutSection, optionLine, setOption } from './conf-lines.ts'
import { remark, type Work } from './work.ts'

export function numberSections({ sections }: Work): ConfSection[] {
  return sections.filter(({ name }) => kindOfSection(name) === 'dstnum_')
}

export function numberOf({ name }: ConfSection): string {
  return name.slice(sectionOfNumber('').length)
}

export function destOf(section: ConfSection): string[] {
  return listOf(optionLine(section, 'dest')?.option?.value ?? '')
}

function listOf(value: string): string[] {
  return value.split(',').map((name) => name.trim())
}

/** XiVO compared texts: what no PBX can dial was never met by a call. */
export function silenceUndiallable(work: Work): void {
  for (const section of numberSections(work)) {
    const number = numberOf(section)
    if (number === DEFAULT_NUMBER || DIALLED_NUMBER.test(number)) continue
    const bare = number.replaceAll(/[\s()./-]/g, '')
    const meant =
      DIALLED_NUMBER.test(bare) && !work.sections.some(({ name }) => name === sectionOfNumber(bare))
    const name = meant ? sectionOfNumber(bare) : undefined
    const said = `XiVO never matched [${section.name}], since numbers are compared as text: its faxes went by [dstnum_default]. `
    if (name === undefined || section.header === undefined) {
      commentOutSection(section)
      remark(work, 'broken', `${said}It is a comment now.`, { section })
    } else {
      remark(work, 'broken', `${said}It is [${name}] now.`, { section })
      section.header.text = `[${name}]`
      section.name = name
    }
  }
}

/** Names that no section defines, doubled ones and stray commas go, as XiVO skipped them; one that has no other name is left to the admin. */
export function cleanDestinations(work: Work, renamed: ReadonlyMap<string, string>): void {
  const declared = work.sections
    .filter((section) => backendKind(section) !== undefined)
    .map(({ name }) => name)
  for (const section of numberSections(work)) {
    const line = optionLine(section, 'dest')
    if (line?.option === undefined) continue
    const written = listOf(line.option.value)
    const names = written.map((name) => renamed.get(name) ?? name)
    const unknown = [...new Set(names.filter((name) => name !== '' && !declared.includes(name)))]
    const known = [...new Set(names.filter((name) => declared.includes(name)))]
    for (const name of unknown)
      remarkUnknown(work, section, { name, declared, alone: known.length === 0, line: line.number })
    if (names.length - names.filter((name) => name === '').length > known.length + unknown.length) {
      remark(work, 'broken', 'dest named a backend twice, so XiVO delivered twice. Now once.', {
        section,
        line: line.number,
      })
    }
    if (known.length > 0 && known.join() !== written.join()) setOption(section, line, known.join(', '))
  }
}

interface UnknownName {
  name: string
  declared: readonly string[]
  /** Whether no other backend is left. */
  alone: boolean
  line: number | undefined
}

function remarkUnknown(work: Work, section: ConfSection, { name, declared, alone, line }: UnknownName): void {
  const near = nearMiss(name, declared)
  const hint = near === undefined ? '' : ` Did it mean ${near}?`
  const text = alone
    ? `dest names ${name}, which no section defines, and nothing else: XiVO deleted these faxes undelivered.${hint} It is left to you.`
    : `dest named ${name}, which no section defines: XiVO delivered nothing there, without a word.${hint} It is taken out.`
  remark(work, 'broken', text, { section, line })
}

/** What held for every number with more than one backend. */
export function explainOrder(work: Work): void {
  const several = numberSections(work).filter((section) => destOf(section).length > 1)
  if (several.length === 0) return
  const numbers = several.length === 1 ? 'One number has' : `${several.length} numbers have`
  remark(
    work,
    'broken',
    `${numbers} several backends: in XiVO the first that failed kept the fax from the rest, and nothing was tried again. Here each is delivered on its own.`,
  )
}
