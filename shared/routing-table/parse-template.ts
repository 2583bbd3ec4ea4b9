import { nearMiss } from './near-miss.ts'
import { type Template, VARIABLES, type Variable } from './template.ts'

export interface TemplateProblem {
  /** Where the piece that is wrong starts, in UTF-16 units from the text's start. */
  offset: number
  found: string
  problem: string
  fix: string
}

export type ParsedTemplate = { template: Template } | { problems: readonly TemplateProblem[] }

/** `%%`, `%(name)s`, or whatever else begins with a percent sign, taken as far as it looks like one of the two. */
const PERCENT = /%(?:%|\((?<name>[^()%\s]*)\)s|\((?<unended>[^()%\s]*)\)?[A-Za-z]?|.?)/gsu

/** Text with variables as in XiVO: `%(dstnum)s` is a variable, `%%` a percent sign, any other `%` a mistake. */
export function parseTemplate(text: string): ParsedTemplate {
  const template: Template = []
  const problems: TemplateProblem[] = []
  let literal = ''
  let read = 0
  for (const match of text.matchAll(PERCENT)) {
    literal += text.slice(read, match.index)
    read = match.index + match[0].length
    const { name, unended } = match.groups ?? {}
    if (match[0] === '%%') {
      literal += '%'
    } else if (name !== undefined && isVariable(name)) {
      if (literal !== '') template.push(literal)
      template.push({ variable: name })
      literal = ''
    } else {
      problems.push({ offset: match.index, found: match[0], ...explain(name, unended) })
    }
  }
  literal += text.slice(read)
  if (literal !== '') template.push(literal)
  return problems.length > 0 ? { problems } : { template }
}

function isVariable(name: string): name is Variable {
  return Object.hasOwn(VARIABLES, name)
}

function explain(name: string | undefined, unended: string | undefined): { problem: string; fix: string } {
  const names = Object.keys(VARIABLES)
  if (name !== undefined) {
    const near = nearMiss(name, names)
    const fix = near === undefined ? `The variables are ${names.join(', ')}.` : `Did you mean %(${near})s?`
    return { problem: 'There is no such variable.', fix }
  }
  if (unended !== undefined) {
    const fix = `Write %(${nearMiss(unended, names) ?? 'dstnum'})s for the variable, or %% for a percent sign.`
    return { problem: 'A variable is written %(name)s, with the s at its end.', fix }
  }
  return { problem: 'A single percent sign means nothing.', fix: 'Write %% for a percent sign.' }
}
