import { type Check, type Reading, wrong, yesOrNo } from '../checks.ts'
import type { BackendKind, DeployedTable } from '../deployed-table.ts'
import type { Section } from '../ini.ts'
import { nearMiss } from '../near-miss.ts'
import { mailAddress } from '../network-names.ts'
import { type ListEntry, openSection, type SectionReader } from '../section-reader.ts'
import { NUMBER_OPTIONS, ownerOf } from './option-names.ts'
import { siteOf } from './site-of-section.ts'

type Route = DeployedTable['numbers'][string]

const PREFIX = 'dstnum_'
/** The name that stands for every number without a section. */
export const DEFAULT_NUMBER = 'default'
export const sectionOfNumber = (number: string) => `${PREFIX}${number}`
/** SES takes no more in one mail. */
const MAX_RECIPIENTS = 50
const MAX_SHOWN_BACKENDS = 10

export interface ReadNumber {
  number: string
  route: Route
  /** Where the PBX is that is called by it. Absent: any of the sites. */
  site?: string
  /** Somebody's own number: its calls are listened to for a fax. */
  detect: boolean
}

/** Which backends a number has. `declared`: the kind of every backend section, those with mistakes included. */
export function readNumber(
  section: Section,
  reading: Reading,
  { declared, sites }: { declared: ReadonlyMap<string, BackendKind>; sites: readonly string[] },
): ReadNumber {
  const options = openSection({ section, names: NUMBER_OPTIONS, elsewhere: ownerOf }, reading)
  const number = section.name.slice(PREFIX.length)
  checkNumber(section, number, reading)
  if (options.all('dest').length === 0) {
    const fix = `Add dest = ${[...declared.keys()][0] ?? 'mail'}, or several backends with commas between them.`
    reading.finding({ line: section.line, found: `[${section.name}]`, problem: 'dest is missing.', fix })
  }
  const backends = options.list('dest', declaredBackend(declared))
  const recipients = options.list('email', mailAddress, (address) => address.toLowerCase())
  checkRecipients({ options, number, backends, recipients: recipients.length, declared }, reading)
  return {
    number,
    route: { backends: backends.map(({ value }) => value), recipients: recipients.map(({ value }) => value) },
    ...readPbxSide(options, number, { sites, reading }),
  }
}

/** What the PBX does with the number's calls; the default is for numbers that the PBX knows and the table does not. */
function readPbxSide(
  options: NumberSection['options'],
  number: string,
  { sites, reading }: { sites: readonly string[]; reading: Reading },
): Pick<ReadNumber, 'site' | 'detect'> {
  if (number === DEFAULT_NUMBER) {
    for (const { name, line } of [...options.all('site'), ...options.all('detect')]) {
      const problem = `${name}: This is said of one number, not of all that have no section.`
      const fix = name === 'detect' ? 'List the numbers in [detect], as numbers.' : 'Remove it.'
      reading.finding({ line, found: name, problem, fix })
    }
    return { detect: false }
  }
  const site = options.value('site', siteOf(sites))
  return { detect: options.value('detect', yesOrNo) ?? false, ...(site === undefined ? {} : { site }) }
}

interface NumberSection {
  options: SectionReader<(typeof NUMBER_OPTIONS)[number]>
  number: string
  backends: readonly ListEntry<string>[]
  recipients: number
  declared: ReadonlyMap<string, BackendKind>
}

/** Recipients and mail backends need each other. */
function checkRecipients(
  { options, number, backends, recipients, declared }: NumberSection,
  reading: Reading,
): void {
  const mail = backends.find(({ value }) => declared.get(value) === 'mail')
  const [email] = options.all('email')
  if (mail !== undefined && email === undefined) {
    const found = `dest = ${backends.map(({ value }) => value).join(', ')}`
    const problem = `${mail.value} has no recipient for ${describe(number)}.`
    const fix = `Add email = name@example.org to [${options.section.name}], or several addresses with commas between them.`
    reading.finding({ line: mail.line, found, problem, fix })
  }
  if (mail === undefined && email !== undefined) {
    const problem = `No mail goes out for ${describe(number)}: dest names no mail backend.`
    const fix = 'Add a mail backend to dest, or remove email.'
    reading.note({ line: email.line, found: 'email', problem, fix })
  }
  const dropped = email?.value.find(({ comment }) => comment?.includes('@'))
  if (dropped !== undefined) {
    const problem = 'A ";" behind white space starts a comment, and this one holds an address.'
    const found = `email, and then ${dropped.comment}`
    reading.note({
      line: dropped.line,
      found,
      problem,
      fix: 'Put a comma in its place if mails are to go there.',
    })
  }
  if (email !== undefined && recipients > MAX_RECIPIENTS) {
    const problem = `email: ${recipients} recipients; a mail goes to ${MAX_RECIPIENTS} at most.`
    reading.finding({ line: email.line, found: 'email', problem, fix: 'Name a distribution list.' })
  }
}

function describe(number: string): string {
  return number === DEFAULT_NUMBER ? 'the numbers without a section of their own' : number
}

/** What a PBX can dial. Numbers match as exact strings, so one with blanks or dots would never match. */
export const DIALLED_NUMBER = /^\+?[0-9*#]{1,32}$/

function checkNumber(section: Section, number: string, reading: Reading): void {
  if (number === DEFAULT_NUMBER || DIALLED_NUMBER.test(number)) return
  const bare = number.replaceAll(/[\s()./-]/g, '')
  const near = DIALLED_NUMBER.test(bare) ? bare : nearMiss(number, [DEFAULT_NUMBER])
  const fix =
    near === undefined
      ? 'Write [dstnum_0112345678], or [dstnum_default] for the numbers without a section of their own.'
      : `Did you mean [${PREFIX}${near}]?`
  const problem =
    'A number is digits, * and #, with or without a + in front, at most 32: as the PBX hands it over.'
  reading.finding({ line: section.line, found: `[${section.name}]`, problem, fix })
}

function declaredBackend(declared: ReadonlyMap<string, BackendKind>): Check<string> {
  return (text) => {
    if (declared.has(text)) return { value: text }
    const names = [...declared.keys()]
    const near = nearMiss(text, names)
    if (near !== undefined) return wrong('There is no such backend.', `Did you mean ${near}?`)
    const more = names.length > MAX_SHOWN_BACKENDS ? ', …' : ''
    const fix =
      names.length === 0
        ? 'Add a section for it.'
        : `There is ${names.slice(0, MAX_SHOWN_BACKENDS).join(', ')}${more}.`
    return wrong('There is no such backend.', fix)
  }
}
