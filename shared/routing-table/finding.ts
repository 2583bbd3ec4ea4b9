/** What is wrong at one place of a file: what stands there, why that does not hold, and what would. */
export interface Finding {
  file: string
  /** From 1. */
  line: number
  /** As it is written, except that no value of a password is ever in it. */
  found: string
  problem: string
  fix: string
}

/** A finding whose file is known to whoever collects it. */
export type LineFinding = Omit<Finding, 'file'>

const SHOWN_CHARACTERS = 100

/** Three lines for a terminal or a build log: place and problem, what was found, what would be right. */
export function formatFinding({ file, line, found, problem, fix }: Finding): string {
  return `${printable(file)}:${line}: ${printable(problem)}\n  found: ${cut(printable(found))}\n  fix:   ${printable(fix)}`
}

function cut(text: string): string {
  const characters = Array.from(text)
  return characters.length <= SHOWN_CHARACTERS
    ? text
    : `${characters.slice(0, SHOWN_CHARACTERS - 1).join('')}…`
}

/** A table may come from anywhere: an escape sequence in it must not reach the terminal that shows what is wrong. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u${code.toString(16).padStart(4, '0')}`
  })
}
