import {
  BACKEND_KINDS,
  type BackendKind,
  backendNameSchema,
} from '../../shared/routing-table/deployed-table.ts'
import { kindOfSection } from '../../shared/routing-table/sections/option-names.ts'
import {
  type ConfSection,
  commentOut,
  commentOutSection,
  optionLine,
  removeLines,
  setOption,
} from './conf-lines.ts'
import { remark, type Work } from './work.ts'

export function backendKind({ name }: ConfSection): BackendKind | undefined {
  const kind = kindOfSection(name)
  return BACKEND_KINDS.find((one) => one === kind)
}

export function ofKind({ sections }: Work, kind: BackendKind): ConfSection[] {
  return sections.filter((section) => backendKind(section) === kind)
}

/** Where no FTP server is: XiVO read none there, and a table goes where passwords should not. */
export function removeStrayPasswords(work: Work): void {
  for (const section of work.sections) {
    if (backendKind(section) === 'ftp') continue
    const stray = section.lines.filter(({ option }) => option !== undefined && isPassword(option.name))
    const where = section.header === undefined ? 'before the first section' : `in [${section.name}]`
    for (const { option, number } of stray)
      remark(work, 'changed', `${option?.name} ${where} had no effect, and is left out.`, {
        section,
        line: number,
      })
    removeLines(section, stray)
  }
}

/** Of an option. */
export function isPassword(name: string): boolean {
  return /pass/.test(name)
}

/** XiVO read the sections whose names begin in one of its ways, and no others. */
export function silenceUnknownSections(work: Work): void {
  for (const section of work.sections) {
    if (section.header === undefined || kindOfSection(section.name) !== undefined) continue
    commentOutSection(section)
    remark(
      work,
      'broken',
      `XiVO ignored [${section.name}]: no kind of section is called so. It is a comment now.`,
      { section },
    )
  }
}

/** A name that messages and log groups can't carry gets one that they can; `dest` follows. Answers old and new. */
export function renameBackends(work: Work): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>()
  const taken = new Set(work.sections.map(({ name }) => name))
  for (const section of work.sections) {
    if (backendKind(section) === undefined || backendNameSchema.safeParse(section.name).success) continue
    const before = section.name
    const after = freeName(before.replaceAll(/[^A-Za-z0-9_.-]+/g, '_').slice(0, 60), taken)
    renamed.set(before, after)
    remark(work, 'changed', `[${before}] is now [${after}]: a backend is named in letters, digits and _.-`, {
      section,
    })
    section.name = after
    if (section.header !== undefined) section.header.text = `[${after}]`
  }
  return renamed
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`
  taken.add(name)
  return name
}

/** `prefix`: what the names of secrets begin with. */
export function replacePasswords(work: Work, prefix: string): void {
  for (const section of ofKind(work, 'ftp')) {
    const line = optionLine(section, 'password')
    if (line?.option === undefined) continue
    const { value: password } = line.option
    const name = `${prefix}${section.name}`
    // What stands behind the password may be a part of it that XiVO took for a comment.
    line.text = line.text.replace(/(?<!\s)\s+;.*$/s, '')
    setOption(section, line, name, 'password_secret')
    remark(work, 'changed', `The password left the file, for the secret ${name}.`, {
      section,
      line: line.number,
    })
    if (password !== '') work.secrets.push({ name, section: section.name, password })
    else
      remark(work, 'know', 'The password is empty, which no secret can be: set one.', {
        section,
        line: line.number,
      })
  }
}

/** Anything but 0 and 1 meant 1. */
export function normaliseConversion(work: Work): void {
  for (const section of [...ofKind(work, 'ftp'), ...ofKind(work, 'printer')]) {
    const line = optionLine(section, 'convert_to_pdf')
    const value = line?.option?.value
    if (line === undefined || value === undefined || value === '0' || value === '1') continue
    setOption(section, line, '1')
    remark(
      work,
      'broken',
      `convert_to_pdf = ${value}: XiVO took it for 1, with a warning in its log. It is 1 now.`,
      { section, line: line.number },
    )
  }
}

export function explainLogs(work: Work): void {
  for (const section of ofKind(work, 'log')) {
    const fileobj = optionLine(section, 'fileobj')
    const file = optionLine(section, 'file')
    const line = (fileobj ?? file)?.number
    if (fileobj !== undefined) commentOut(fileobj)
    const text =
      fileobj === undefined
        ? 'From 2013 on XiVO wanted fileobj and crashed on file, as its documentation had it; from 16.11 on it had no log backend at all. '
        : 'fileobj was never documented, and from 16.11 on XiVO had no log backend at all. '
    remark(work, 'broken', `${text}Here lines go to a log group of their own.`, { section, line })
  }
}

/** What is delivered otherwise than by XiVO, without an option's having changed. */
export function explainFtp(work: Work): void {
  const [first] = ofKind(work, 'ftp')
  if (first === undefined) return
  const text =
    'By FTP XiVO sent TIFFs until 16.04, whatever its documentation said, and PDFs from then on; here it is PDF, or the TIFF with format = tiff. ' +
    'The file is called DSTNUM-SRCNUM-EPOCH-xxxxxx.'
  remark(work, 'know', text, { section: first })
}
