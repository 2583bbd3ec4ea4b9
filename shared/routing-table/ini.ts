import type { LineFinding } from './finding.ts'

/** One line's share of a value: comment and surrounding white space are off. */
export interface ValueLine {
  line: number
  text: string
  /** What was left out behind the value as a comment, where there is one. */
  comment?: string
}

export interface Option {
  /** In lower case: option names do not tell cases apart. */
  name: string
  line: number
  /** The lines that the value goes over: one, and one more for each continuation. */
  value: readonly ValueLine[]
}

export interface Section {
  name: string
  line: number
  /** In the order of the file. A name stands here twice where the file has it twice, which is a finding. */
  options: readonly Option[]
}

export interface IniFile {
  sections: readonly Section[]
  findings: readonly LineFinding[]
}

/** Whatever is no UTF-8 becomes U+FFFD, which {@link parseIni} reports where it stands outside a comment. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/**
 * The format of Python's RawConfigParser as XiVO's file uses it: comments as Python 2 knew them (`;` also behind a value),
 * continuation lines as Python 3 does (indented deeper than their option). What Python merges, ignores or reads as
 * something else than it looks like is a finding here. No value is ever part of a finding: it may be a password.
 */
export function parseIni(text: string): IniFile {
  if (text.startsWith(UTF_16_MARK_AS_UTF_8)) return { sections: [], findings: [NOT_UTF_8_AT_ALL] }
  const parser = new IniParser()
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  for (const [index, line] of lines.entries()) parser.readLine(line, index + 1)
  return parser
}

/** Windows writes UTF-16 where its editor says Unicode: one finding then, and not two for each line. */
const UTF_16_MARK_AS_UTF_8 = '\uFFFD\uFFFD'
const NOT_UTF_8_AT_ALL: LineFinding = {
  line: 1,
  found: 'the first two bytes',
  problem: 'This file is not UTF-8; it looks like UTF-16.',
  fix: 'Save the file as UTF-8.',
}

interface OpenSection extends Section {
  options: Option[]
}
interface OpenOption extends Option {
  value: ValueLine[]
}

class IniParser implements IniFile {
  readonly sections: OpenSection[] = []
  readonly findings: LineFinding[] = []
  readonly #byName = new Map<string, OpenSection>()
  #section: OpenSection | undefined
  /** Lines of the options read since the last header, by name. */
  #linesInBlock = new Map<string, number>()
  #option: OpenOption | undefined
  #indent = 0
  #orphanReported = false

  readLine(written: string, line: number): void {
    const { content, comment } = splitComment(written)
    const text = content.trim()
    if (text === '') return
    const indent = content.length - content.trimStart().length
    const continues = this.#option !== undefined && indent > this.#indent
    this.#reportBadCharacters(text, line, continues)
    if (text.startsWith('[')) {
      if (continues) this.#reportIndentedHeader(text, line)
      this.#readHeader(text, line)
    } else if (this.#option !== undefined && continues) {
      this.#option.value.push({ line, text, ...comment })
    } else {
      this.#indent = indent
      this.#readOption({ line, text, ...comment })
    }
  }

  #readHeader(text: string, line: number): void {
    const closed = /^\[([^\]]*)\](.*)$/s.exec(text)
    const found = withoutValue(text)
    const name = closed?.[1] ?? found.slice(1)
    if (!closed) {
      const fix = `Close it: [${name}].`
      this.findings.push({ line, found, problem: 'This section header has no "]".', fix })
    } else if (closed[2] !== '') {
      const fix = 'Put the option on a line of its own, or a ";" before a comment.'
      this.findings.push({ line, found, problem: 'Text behind a section header is not read.', fix })
    }
    const first = this.#byName.get(name)
    if (first !== undefined) {
      const problem = `The section [${name}] is already on line ${first.line}.`
      this.findings.push({ line, found, problem, fix: 'Keep one of the two, with all of its options.' })
    }
    this.#section = first ?? { name, line, options: [] }
    if (first === undefined) {
      this.sections.push(this.#section)
      this.#byName.set(name, this.#section)
    }
    this.#linesInBlock = new Map()
    this.#option = undefined
  }

  #readOption({ line, text, ...comment }: ValueLine): void {
    this.#option = undefined
    const [, writtenName = '', value = ''] = /^([^=:]*)[=:](.*)$/s.exec(text) ?? []
    const name = writtenName.trim().toLowerCase()
    if (this.#section === undefined) {
      this.#reportOrphan(text, line)
      return
    }
    if (name === '') {
      this.#reportNoOption(text, line)
      return
    }
    this.#option = { name, line, value: [{ line, text: unquoted(value.trim()), ...comment }] }
    this.#section.options.push(this.#option)
    const earlierLine = this.#linesInBlock.get(name)
    if (earlierLine === undefined) {
      this.#linesInBlock.set(name, line)
    } else {
      const problem = `${name} is already on line ${earlierLine} of the same section.`
      this.findings.push({ line, found: withoutValue(text), problem, fix: 'Keep one of the two.' })
    }
  }

  /** Once: what follows is the same mistake. */
  #reportOrphan(text: string, line: number): void {
    if (this.#orphanReported) return
    this.#orphanReported = true
    const problem = 'This line stands before the first section.'
    const fix = 'Put a section header such as [general] above it, or a ";" before a comment.'
    this.findings.push({ line, found: withoutValue(text), problem, fix })
  }

  #reportNoOption(text: string, line: number): void {
    const problem = 'This line is neither a section, an option nor a comment.'
    const fix = 'Write option = value, [section], or a ";" before a comment.'
    this.findings.push({ line, found: withoutValue(text), problem, fix })
  }

  #reportIndentedHeader(text: string, line: number): void {
    const problem = `A section header that is indented is part of ${this.#option?.name}, the option above it.`
    const fix = 'Remove the white space before it.'
    this.findings.push({ line, found: withoutValue(text), problem, fix })
  }

  #reportBadCharacters(text: string, line: number, continues: boolean): void {
    const found = continues ? `${this.#option?.name} (continued)` : withoutValue(text)
    if (text.includes('\uFFFD')) {
      const problem = 'This line is not UTF-8.'
      this.findings.push({ line, found, problem, fix: 'Save the file as UTF-8.' })
    }
    const control = /(?!\t)[\p{Cc}\u2028\u2029]/u.exec(text)?.[0].codePointAt(0)
    if (control !== undefined) {
      const problem = `A control character (U+${control.toString(16).toUpperCase().padStart(4, '0')}) stands in this line.`
      this.findings.push({ line, found, problem, fix: 'Remove it.' })
    }
  }
}

function splitComment(line: string): { content: string; comment?: { comment: string } } {
  if (/^\s*[#;]/.test(line)) return { content: '' }
  const start = /\s;/.exec(line)?.index
  if (start === undefined) return { content: line }
  return { content: line.slice(0, start), comment: { comment: line.slice(start).trim() } }
}

/** Python 2 read a value of two quotes as an empty one. */
function unquoted(value: string): string {
  return value === '""' ? '' : value
}

/** The header, the option's name, or the first of several words: what follows may be a password. */
function withoutValue(text: string): string {
  const header = /^\[[^\]]*\]|^\[\S*/.exec(text)?.[0]
  if (header !== undefined) return header
  const named = /^([^=:]*)[=:]/.exec(text)?.[0]
  if (named !== undefined) return `${named} …`
  const [firstWord, ...rest] = text.split(/\s+/)
  return rest.length > 0 ? `${firstWord} …` : 'one word'
}
