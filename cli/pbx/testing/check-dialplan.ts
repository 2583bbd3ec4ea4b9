import { DialplanError, type ParsedDialplan, type ParsedStep, parseDialplan } from './dialplan.ts'

/** What Asterisk 20 has, of what we use. */
const APPLICATIONS = new Set(
  'Answer Dial ExecIf Gosub GosubIf Goto GotoIf Hangup ReceiveFAX Return SendFAX Set UserEvent Wait'.split(
    ' ',
  ),
)
const FUNCTIONS = new Set(
  (
    'BASE64_DECODE BASE64_ENCODE CALLERID CHANNEL DIALPLAN_EXISTS FAXOPT FILE FILTER LEN PJSIP_MEDIA_OFFER ' +
    'PJSIP_SEND_SESSION_REFRESH REGEX TIMEOUT'
  ).split(' '),
)
/** Applications that no further priority is needed behind. */
const ENDS = new Set(['Goto', 'Hangup', 'Return', 'UserEvent'])

/** Contexts of the PBX itself that may be jumped to or included. */
export function checkDialplan(text: string, foreign: readonly string[] = []): ParsedDialplan {
  const dialplan = parseDialplan(text)
  for (const [name, { includes, extensions }] of dialplan.contexts) {
    for (const include of includes) requireContext(dialplan, include, foreign, 0)
    for (const [exten, steps] of extensions) {
      for (const step of steps) checkStep(step, { dialplan, foreign, context: name, exten, steps })
      checkEnd(exten, steps)
      checkLabels(steps)
    }
  }
  checkVariables(text)
  return dialplan
}

interface Place {
  dialplan: ParsedDialplan
  foreign: readonly string[]
  context: string
  exten: string
  steps: readonly ParsedStep[]
}

function checkStep(step: ParsedStep, place: Place): void {
  const { line, application, data } = step
  if (!APPLICATIONS.has(application)) throw new DialplanError(line, `no application is called ${application}`)
  checkBalance(data, line)
  for (const [, name = ''] of data.matchAll(/([A-Z][A-Z0-9_]*)\(/g)) {
    if (!FUNCTIONS.has(name)) throw new DialplanError(line, `no function is called ${name}`)
  }
  if (application === 'ExecIf') checkExecIf(step, place)
  for (const target of targetsOf(step)) checkTarget(target, line, place)
}

/** Brackets of all kinds close in the order that they opened in; quotes, which stand in expressions alone, are pairs. */
function checkBalance(data: string, line: number): void {
  const open: string[] = []
  const closes: Record<string, string> = { ')': '(', ']': '[', '}': '{' }
  for (const character of data) {
    if ('([{'.includes(character)) open.push(character)
    const opening = closes[character]
    if (opening !== undefined && open.pop() !== opening)
      throw new DialplanError(line, `${character} closes nothing in ${data}`)
  }
  if (open.length > 0) throw new DialplanError(line, `${open.join('')} is not closed in ${data}`)
  if ((data.match(/"/g) ?? []).length % 2 === 1) throw new DialplanError(line, `a quote is alone in ${data}`)
  if (/\$(?![{[])/.test(data)) throw new DialplanError(line, `a dollar sign begins nothing in ${data}`)
}

function checkExecIf({ line, data }: ParsedStep, place: Place): void {
  const [, application = '', inner = ''] = /\?([A-Za-z]+)\((.*)\)$/.exec(data) ?? []
  checkStep({ line, label: undefined, application, data: inner }, place)
}

interface Target {
  context: string
  exten: string
  priority: string
}

/** Where a step may go on, in the parts that are written out. */
function targetsOf({ application, data }: ParsedStep): Partial<Target>[] {
  switch (application) {
    case 'Goto':
    case 'Gosub':
      return [targetOf(data.replace(/\(.*\)$/, ''))]
    case 'GotoIf':
    case 'GosubIf': {
      const [, branches = ''] = /^\$\[.*\]\?(.*)$/.exec(data) ?? []
      return [targetOf(branches)]
    }
    case 'Set': {
      const [, handler] = /^CHANNEL\(hangup_handler_push\)=(.*)$/.exec(data) ?? []
      return handler === undefined ? [] : [targetOf(handler)]
    }
    case 'Dial': {
      const [, handler] = /b\(([^)]*)\)$/.exec(data) ?? []
      return handler === undefined ? [] : [targetOf(handler.replaceAll('^', ','))]
    }
    default:
      return []
  }
}

function targetOf(text: string): Partial<Target> {
  const parts = text.split(',')
  const [priority, exten, context] = parts.toReversed()
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(exten === undefined ? {} : { exten }),
    ...(context === undefined ? {} : { context }),
  }
}

function checkTarget({ context, exten, priority = '' }: Partial<Target>, line: number, place: Place): void {
  if (context !== undefined && requireContext(place.dialplan, context, place.foreign, line) === 'foreign')
    return
  const extensions = place.dialplan.contexts.get(context ?? place.context)?.extensions
  if (exten?.includes('$')) return
  const steps = exten === undefined ? place.steps : (extensions?.get(exten) ?? matching(extensions, exten))
  if (steps === undefined) throw new DialplanError(line, `there is no extension ${exten} to go to`)
  const found = /^\d+$/.test(priority)
    ? steps[Number(priority) - 1]
    : steps.find(({ label }) => label === priority)
  if (found === undefined) throw new DialplanError(line, `there is no priority ${priority} to go to`)
}

function matching(
  extensions: ReadonlyMap<string, ParsedStep[]> | undefined,
  exten: string,
): ParsedStep[] | undefined {
  return [...(extensions ?? [])].find(([pattern]) => matchesPattern(pattern, exten))?.[1]
}

/** The patterns that we write: a class of characters, and a dot for at least one more. */
export function matchesPattern(pattern: string, exten: string): boolean {
  const [, characters, dot] = /^_\[([^\]]+)\](\.?)$/.exec(pattern) ?? []
  if (characters === undefined) return pattern === exten
  const escaped = characters.replaceAll(/[*+.]/g, '\\$&')
  return new RegExp(`^[${escaped}]${dot === '.' ? '.+' : ''}$`).test(exten)
}

function requireContext(
  { contexts }: ParsedDialplan,
  name: string,
  foreign: readonly string[],
  line: number,
): 'ours' | 'foreign' {
  if (contexts.has(name)) return 'ours'
  if (foreign.includes(name)) return 'foreign'
  throw new DialplanError(line, `there is no context ${name}`)
}

/** Behind the last priority Asterisk hangs up, or in a subroutine loses its way back. */
function checkEnd(exten: string, steps: readonly ParsedStep[]): void {
  const last = steps.at(-1)
  if (last === undefined) throw new Error(`${exten} has no priority`)
  const isMacrosEnd = last.application === 'ExecIf' && last.data.endsWith('?Return()')
  if (!ENDS.has(last.application) && !isMacrosEnd)
    throw new DialplanError(last.line, `${exten} runs out behind ${last.application}`)
}

function checkLabels(steps: readonly ParsedStep[]): void {
  const jumps = steps.flatMap((step) => targetsOf(step).map(({ priority }) => priority))
  for (const { line, label } of steps) {
    if (label !== undefined && !jumps.includes(label))
      throw new DialplanError(line, `nothing jumps to the label ${label}`)
  }
}

/** A variable of ours that is read somewhere is set somewhere. */
function checkVariables(text: string): void {
  const set = new Set([...text.matchAll(/Set\(_*(FAXLANE_[A-Z0-9]+)=/g)].map(([, name]) => name))
  for (const [, name] of text.matchAll(/\$\{(FAXLANE_[A-Z0-9]+)/g)) {
    if (!set.has(name)) throw new Error(`${name} is read and never set`)
  }
}
