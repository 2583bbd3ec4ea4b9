/**
 * A file of XiVO's as lines that can be changed one by one: comments, blanks and their order stay. What the routing table's own
 * reader says of the result is another matter.
 */

export interface ConfLine {
  /** In the original, from 1; absent for a line that was put in. */
  number?: number
  text: string
  /** Where the line sets an option. */
  option?: ConfOption
}

export interface ConfOption {
  /** In lower case. */
  name: string
  /** Without comments; of several lines, joined by line feeds. */
  value: string
  /** Lines that go on with the value. */
  further: ConfLine[]
  indent: number
}

/** A header and what follows it, as far as the next. */
export interface ConfSection {
  /** Absent: what stands before the first header. */
  header?: ConfLine
  name: string
  lines: ConfLine[]
}

/** The sections in the order of the file, those of one name apart. */
export function readConf(text: string): ConfSection[] {
  let section: ConfSection = { name: '', lines: [] }
  const sections = [section]
  let option: ConfOption | undefined
  for (const [index, written] of text.split(/\r\n|\r|\n/).entries()) {
    const line: ConfLine = { number: index + 1, text: written }
    const header = /^\s*\[([^\]]*)\]/.exec(written)
    if (header !== null) {
      section = { header: line, name: header[1] ?? '', lines: [] }
      sections.push(section)
      option = undefined
      continue
    }
    section.lines.push(line)
    option = readLine(line, option)
  }
  return sections
}

/** Gives the line its place; answers the option that a deeper line below would go on with. */
function readLine(line: ConfLine, current: ConfOption | undefined): ConfOption | undefined {
  if (/^\s*([#;]|$)/.test(line.text)) return current
  const indent = line.text.length - line.text.trimStart().length
  if (current !== undefined && indent > current.indent) {
    current.value += `\n${withoutComment(line.text).trim()}`
    current.further.push(line)
    return current
  }
  const sign = line.text.search(/[=:]/)
  const name = line.text.slice(0, sign).trim()
  if (sign === -1 || name === '') return undefined
  const value = line.text.slice(sign + 1)
  line.option = { name: name.toLowerCase(), value: withoutComment(value).trim(), further: [], indent }
  return line.option
}

function withoutComment(value: string): string {
  return value.replace(/\s;.*$/s, '')
}

export function writeConf(sections: readonly ConfSection[]): string {
  const lines = sections.flatMap(({ header, lines }) => (header === undefined ? lines : [header, ...lines]))
  return `${lines
    .map(({ text }) => text)
    .join('\n')
    .trimEnd()}\n`
}

export function optionLine(section: ConfSection, name: string): ConfLine | undefined {
  return section.lines.find(({ option }) => option?.name === name)
}

/** The option with another value, and another name if one is given, on one line. A comment behind it stays. */
export function setOption(
  section: ConfSection,
  line: ConfLine,
  value: string,
  name = line.option?.name ?? '',
): void {
  removeFurther(section, line)
  const comment = /(?<!\s)\s+;.*$/s.exec(line.text)?.[0] ?? ''
  const indent = line.option?.indent ?? 0
  line.text = `${line.text.slice(0, indent)}${name} = ${value}${comment}`
  line.option = { name, value, further: [], indent }
}

/** All at once: a file may have them by the thousand. */
export function removeLines(section: ConfSection, lines: readonly ConfLine[]): void {
  const gone = new Set(lines.flatMap((line) => [line, ...(line.option?.further ?? [])]))
  section.lines = section.lines.filter((line) => !gone.has(line))
}

function removeFurther(section: ConfSection, { option }: ConfLine): void {
  const further = new Set(option?.further)
  section.lines = section.lines.filter((line) => !further.has(line))
}

/** The option as a comment: it can be read, and does nothing. */
export function commentOut(line: ConfLine): void {
  for (const one of [line, ...(line.option?.further ?? [])]) one.text = `; ${one.text}`
  delete line.option
}

export function commentOutSection(section: ConfSection): void {
  if (section.header !== undefined) section.header.text = `; ${section.header.text}`
  for (const line of section.lines) if (line.option !== undefined) commentOut(line)
}

export function newOption(name: string, value: string): ConfLine {
  return { text: `${name} = ${value}`, option: { name, value, further: [], indent: 0 } }
}

export function insertAfter(section: ConfSection, line: ConfLine, added: ConfLine): void {
  const last = line.option?.further.at(-1) ?? line
  const indent = ' '.repeat(line.option?.indent ?? 0)
  section.lines.splice(section.lines.indexOf(last) + 1, 0, { ...added, text: `${indent}${added.text}` })
}
