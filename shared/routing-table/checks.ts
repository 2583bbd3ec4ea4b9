import type { Finding, LineFinding } from './finding.ts'
import { nearMiss } from './near-miss.ts'
import { parseTemplate } from './parse-template.ts'
import type { Template } from './template.ts'

/** `found` is a part of the value, where the part is to be shown instead of the whole. */
export interface Problem {
  found?: string
  problem: string
  fix: string
}
export type Checked<Value> = { value: Value } | { problems: readonly Problem[] }
/** Takes a value that is one line and not empty. */
export type Check<Value> = (text: string) => Checked<Value>

export function wrong(problem: string, fix: string): Checked<never> {
  return { problems: [{ problem, fix }] }
}

/** What the readers of sections share: where to report, and what they know of the rest of the world. */
export interface Reading {
  file: string
  readFile: (path: string) => Uint8Array | undefined
  /** Something that an admin has to change before the table is used. */
  finding: (finding: LineFinding) => void
  /** Something about another file that the table names. */
  findingElsewhere: (finding: Finding) => void
  /** Something to know, said once. */
  note: (note: LineFinding) => void
}

export const anyText: Check<string> = (text) => ({ value: text })

export const template: Check<Template> = (text) => {
  const parsed = parseTemplate(text)
  return 'template' in parsed ? { value: parsed.template } : parsed
}

export const port: Check<number> = (text) => {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return value >= 1 && value <= 65535
    ? { value }
    : wrong('A port is a whole number from 1 to 65535.', 'FTP is on port 21, implicit TLS on port 990.')
}

export function oneOf<Word extends string>(words: readonly Word[]): Check<Word> {
  return (text) => {
    const value = words.find((word) => word === text)
    if (value !== undefined) return { value }
    const near = nearMiss(text, words)
    const problem = `This is one of ${words.join(', ')}.`
    return wrong(problem, near === undefined ? `Write ${words.join(' or ')}.` : `Did you mean ${near}?`)
  }
}

export const yesOrNo: Check<boolean> = (text) => {
  if (text === 'yes') return { value: true }
  if (text === 'no') return { value: false }
  return wrong('This is yes or no.', 'Write yes or no.')
}

export const timeZone: Check<string> = (text) => {
  // Newer versions of ICU also take offsets, which know no summer time.
  if (!/^[+-]/.test(text) && isTimeZone(text)) return { value: text }
  const near = nearMiss(text, Intl.supportedValuesOf('timeZone'))
  const fix =
    near === undefined
      ? 'Write a name such as Europe/Paris, America/Toronto or UTC.'
      : `Did you mean ${near}?`
  return wrong('No time zone of the IANA database has this name.', fix)
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
