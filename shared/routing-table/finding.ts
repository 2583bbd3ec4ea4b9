import { visible } from '../visible.ts'

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

/**
 * Three lines for a terminal or a build log: place and problem, what was found, what would be right. A table may come from anywhere: an escape sequence in it
 * must not reach the terminal that shows what is wrong.
 */
export function formatFinding({ file, line, found, problem, fix }: Finding): string {
  return `${visible(file)}:${line}: ${visible(problem)}\n  found: ${cut(visible(found))}\n  fix:   ${visible(fix)}`
}

function cut(text: string): string {
  const characters = Array.from(text)
  return characters.length <= SHOWN_CHARACTERS
    ? text
    : `${characters.slice(0, SHOWN_CHARACTERS - 1).join('')}…`
}
