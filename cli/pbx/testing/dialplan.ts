/** A dialplan as it was parsed, for what checks and runs it. */
export interface ParsedDialplan {
  contexts: ReadonlyMap<string, ParsedContext>
}

export interface ParsedContext {
  includes: string[]
  extensions: Map<string, ParsedStep[]>
}

/** One priority; the first of an extension is number 1. */
export interface ParsedStep {
  line: number
  label: string | undefined
  application: string
  /** Between the first bracket and the last one. */
  data: string
}

export class DialplanError extends Error {
  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`)
  }
}

/** Strict where Asterisk is lenient: it throws for every line that is not of the few forms that we write. */
export function parseDialplan(text: string): ParsedDialplan {
  const contexts = new Map<string, ParsedContext>()
  let context: ParsedContext | undefined
  let steps: ParsedStep[] | undefined
  for (const [index, written] of text.split('\n').entries()) {
    const line = index + 1
    if (written === '' || written.startsWith(';')) continue
    if (written.includes(';')) throw new DialplanError(line, 'a comment begins in the middle of it')
    if (/[^\x20-\x7e]/.test(written)) throw new DialplanError(line, 'not printable ASCII')
    const [, name] = /^\[([A-Za-z0-9_-]{1,79})\]$/.exec(written) ?? []
    if (name !== undefined) {
      if (contexts.has(name)) throw new DialplanError(line, `the context ${name} is there twice`)
      context = { includes: [], extensions: new Map() }
      contexts.set(name, context)
      steps = undefined
      continue
    }
    if (context === undefined) throw new DialplanError(line, 'it stands before the first context')
    const [, include] = /^include = ([A-Za-z0-9_-]+)$/.exec(written) ?? []
    if (include !== undefined) {
      context.includes.push(include)
      continue
    }
    steps = addPriority(written, line, { context, steps })
  }
  return { contexts }
}

const EXTEN = /^exten = (?<exten>[^\s,]+),1(?:\((?<label>[a-z0-9]+)\))?,(?<run>.+)$/
const SAME = /^ same = n(?:\((?<label>[a-z0-9]+)\))?,(?<run>.+)$/

function addPriority(
  written: string,
  line: number,
  { context, steps }: { context: ParsedContext; steps: ParsedStep[] | undefined },
): ParsedStep[] {
  const first = EXTEN.exec(written)?.groups
  const next = SAME.exec(written)?.groups
  const groups = first ?? next
  if (groups === undefined) throw new DialplanError(line, `no line of a dialplan: ${written}`)
  const exten = first?.exten
  if (exten !== undefined && context.extensions.has(exten))
    throw new DialplanError(line, `${exten} is there twice`)
  const target = exten === undefined ? steps : []
  if (target === undefined) throw new DialplanError(line, '"same" without an extension')
  if (exten !== undefined) context.extensions.set(exten, target)
  target.push({ line, label: groups.label, ...parseRun(groups.run ?? '', line) })
  return target
}

function parseRun(run: string, line: number): Pick<ParsedStep, 'application' | 'data'> {
  const [, application, data] = /^([A-Za-z0-9]+)\((.*)\)$/.exec(run) ?? []
  if (application === undefined || data === undefined)
    throw new DialplanError(line, `no application with brackets: ${run}`)
  return { application, data }
}
