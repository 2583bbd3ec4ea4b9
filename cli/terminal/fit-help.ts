import { wrap } from './wrap.ts'

/**
 * A help text for a terminal of so many columns, where its own lines don't fit: paragraphs, and what is said of an option, are broken anew, the
 * latter below its beginning.
 */
export function fitHelp(text: string, columns: number): string {
  const help = aligned(text)
  if (help.split('\n').every((line) => line.length <= columns)) return help
  return joined(help.split('\n'))
    .flatMap((line) => fitLine(line, columns))
    .join('\n')
}

const OPTION = /^ {2}(-{1,2}[^ ]+(?: [^ ]+)*) {2,}(\S.*)$/
const CONTINUED = /^ {8,}(\S.*)$/

/** What is said of options begins in one column, whichever text each comes from. */
function aligned(help: string): string {
  const lines = help.split('\n')
  const width = Math.max(...lines.map((line) => OPTION.exec(line)?.[1]?.length ?? 0))
  let isOption = false
  return lines
    .map((line) => {
      const [, option, said = ''] = OPTION.exec(line) ?? []
      const more = isOption ? CONTINUED.exec(line)?.[1] : undefined
      isOption = option !== undefined || more !== undefined
      if (option !== undefined) return `  ${option.padEnd(width)}  ${said}`
      return more === undefined ? line : `${' '.repeat(width + 4)}${more}`
    })
    .join('\n')
}

/** Nobody breaks a line before that: what is shorter is a line of its own. */
const FULL_LINE_CHARACTERS = 60

/** Lines that go on with the one before are put behind it. */
function joined(lines: readonly string[]): string[] {
  const whole: string[] = []
  let isFull = false
  for (const line of lines) {
    const before = whole.at(-1) ?? ''
    const goesOn = /^(\S| {8,}(?!faxlane ))/.test(line) && isFull && !before.startsWith('Usage:')
    if (goesOn) whole[whole.length - 1] = `${before} ${line.trimStart()}`
    else whole.push(line)
    isFull = line.length >= FULL_LINE_CHARACTERS
  }
  return whole
}

function fitLine(line: string, columns: number): string[] {
  const head = /^ +\S.*?\s{2,}|^Usage: | +/.exec(line)
  const indent = head?.index === 0 ? head[0] : ''
  const [first = '', ...rest] = wrap(line.slice(indent.length), columns - indent.length)
  return [indent + first, ...rest.map((part) => ' '.repeat(indent.length) + part)]
}
