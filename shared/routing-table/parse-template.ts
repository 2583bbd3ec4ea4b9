import { nearMiss } from './near-miss.ts'
import { NOTICE_VARIABLES, type NoticeVariable, VARIABLES, type Variable } from './template.ts'

export interface TemplateProblem {
  /** Where the piece that is wrong starts, in UTF-16 units from the text's start. */
  offset: number
  found: string
  problem: string
  fix: string
}

type Parsed<Name extends string> =
  | { template: (string | { variable: Name })[] }
  | { problems: readonly TemplateProblem[] }
export type ParsedTemplate = Parsed<Variable>

/** `%%`, `%(name)s`, or whatever else begins with a percent sign, taken as far as it looks like one of the two. */
const PERCENT = /%(?:%|\((?<name>[^()%\s]*)\)s|\((?<unended>[^()%\s]*)\)?[A-Za-z]?|.?)/gsu

/** Text with variables as in XiVO: `%(dstnum)s` is a variable, `%%` a percent sign, any other `%` a mistake. */
export function parseTemplate(text: string): ParsedTemplate {
  return parse(text, VARIABLES)
}

/** As {@link parseTemplate}, with what a notice can say besides. */
export function parseNoticeTemplate(text: string): Parsed<NoticeVariable> {
  return parse(text, NOTICE_VARIABLES)
}

function parse<Name extends string>(text: string, variables: Readonly<Record<Name, string>>): Parsed<Name> {
  const isVariable = (name: string): name is Name => Object.hasOwn(variables, name)
  const template: (string | { variable: Name })[] = []
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
      const names = Object.keys(variables)
      problems.push({ offset: match.index, found: match[0], ...explain(names, name, unended) })
    }
  }
  literal += text.slice(read)
  if (literal !== '') template.push(literal)
  return problems.length > 0 ? { problems } : { template }
}

function explain(
  names: readonly string[],
  name: string | undefined,
  unended: string | undefined,
): { problem: string; fix: string } {
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
