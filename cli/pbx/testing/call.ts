import { matchesPattern } from './check-dialplan.ts'
import type { ParsedDialplan, ParsedStep } from './dialplan.ts'
import { substitute, type Values } from './substitute.ts'

/** What the telephone network and the other machine say: text of any bytes, one character each (latin1). */
export interface Caller {
  number: string
  name: string
  /** What FAXOPT has behind ReceiveFAX or SendFAX, by item. */
  fax: Readonly<Record<string, string>>
  channeltype?: string
  audionativeformat?: string
  /** The calling tone is heard in this call. */
  isFax?: boolean
  variables?: Readonly<Record<string, string>>
}

interface Frame {
  context: string
  exten: string
  index: number
  args: readonly string[]
}

/** One call through a dialplan: applications that talk to the line note down what they were told, and the fax is the caller's. */
export class Call {
  readonly files = new Map<string, string>()
  /** Applications with what they got, functions that were written with what was. */
  readonly events: [name: string, data: string][] = []
  readonly #dialplan: ParsedDialplan
  readonly #caller: Caller
  readonly #variables: Map<string, string>
  readonly #written = new Map<string, string>()
  readonly #handlers: string[] = []
  #frames: Frame[] = []
  #faxIsOver = false
  #isOver = false

  constructor(dialplan: ParsedDialplan, caller: Caller) {
    this.#dialplan = dialplan
    this.#caller = caller
    this.#variables = new Map(
      Object.entries({ EPOCH: '1795420800', UNIQUEID: 'pbx-1795420799.7', ...caller.variables }),
    )
  }

  /** To the end of the call, its hangup handlers included. */
  run(context: string, exten: string): this {
    this.#jump({ context, exten, index: 0, args: [] })
    this.#steps()
    this.#isOver = true
    const last = this.#frames.at(-1)?.context ?? context
    for (const handler of this.#handlers.toReversed()) {
      const [handlerContext = '', handlerExten = ''] = handler.split(',')
      this.#afterwards(handlerContext, handlerExten)
    }
    if (this.#dialplan.contexts.get(last)?.extensions.has('h')) this.#afterwards(last, 'h')
    return this
  }

  #afterwards(context: string, exten: string): void {
    this.#frames = [{ context, exten, index: 0, args: [] }]
    this.#isOver = false
    this.#steps()
  }

  variable(name: string): string {
    return this.#variables.get(name) ?? ''
  }

  /** Where it is now, for tests of what comes back. */
  get place(): string | undefined {
    const frame = this.#frames.at(-1)
    return frame === undefined ? undefined : `${frame.context},${frame.exten}`
  }

  #steps(): void {
    for (let count = 0; !this.#isOver; count++) {
      if (count > 10_000) throw new Error('the call goes round in circles')
      const frame = this.#frames.at(-1)
      const step = frame === undefined ? undefined : this.#extension(frame)?.[frame.index]
      if (frame === undefined || step === undefined) return
      frame.index++
      this.#execute(step.application, substitute(step.data, this.#values(frame)), frame)
    }
  }

  #extension({ context, exten }: Pick<Frame, 'context' | 'exten'>): ParsedStep[] | undefined {
    const found = this.#dialplan.contexts.get(context)
    const own = found?.extensions.get(exten)
    if (found === undefined || own !== undefined) return own
    const pattern = [...found.extensions].find(([name]) => matchesPattern(name, exten))?.[1]
    if (pattern !== undefined) return pattern
    return found.includes.map((include) => this.#extension({ context: include, exten })).find(Boolean)
  }

  #values(frame: Frame): Values {
    return {
      variable: (name) => {
        const [, argument] = /^ARG(\d)$/.exec(name) ?? []
        if (argument !== undefined) return frame.args[Number(argument) - 1] ?? ''
        return name === 'EXTEN' ? frame.exten : this.variable(name)
      },
      read: (name, data) => this.#read(name, data),
    }
  }

  #read(name: string, data: string): string {
    const {
      number,
      name: callerName,
      fax,
      channeltype = 'PJSIP',
      audionativeformat = '(alaw)',
    } = this.#caller
    switch (name) {
      case 'CALLERID':
        return data === 'num' ? number : callerName
      case 'FAXOPT':
        return this.#faxIsOver ? (fax[data] ?? '') : (this.#written.get(`FAXOPT(${data})`) ?? '')
      case 'CHANNEL':
        return data === 'channeltype' ? channeltype : audionativeformat
      case 'BASE64_ENCODE':
        return Buffer.from(data, 'latin1').toString('base64')
      case 'BASE64_DECODE':
        return Buffer.from(data, 'base64').toString('latin1')
      case 'LEN':
        return String(data.length)
      case 'FILTER':
        return filter(data)
      case 'DIALPLAN_EXISTS': {
        const [context = '', exten = ''] = data.split(',')
        return this.#extension({ context, exten }) === undefined ? '0' : '1'
      }
      case 'REGEX': {
        const [, pattern = '', text = ''] = /^"([^"]*)" (.*)$/s.exec(data) ?? []
        return new RegExp(pattern).test(text) ? '1' : '0'
      }
      default:
        throw new Error(`this test knows no function ${name}`)
    }
  }

  #execute(application: string, data: string, frame: Frame): void {
    if (application === 'Set') this.#set(data)
    else if (application.endsWith('If')) this.#executeIf(application, data, frame)
    else if (application === 'Goto') this.#goTo(data, frame)
    else if (application === 'Gosub') this.#goSub(data, frame)
    else if (application === 'Return') this.#frames.pop()
    else this.#talk(application, data, frame)
  }

  #executeIf(application: string, data: string, frame: Frame): void {
    const [condition, run = ''] = splitAt(data, '?')
    if (condition === '0' || condition === '') return
    if (application === 'GotoIf') this.#goTo(run, frame)
    else if (application === 'GosubIf') this.#goSub(run, frame)
    else {
      const [inner, rest = ''] = splitAt(run, '(')
      this.#execute(inner, rest.replace(/\)$/s, ''), frame)
    }
  }

  #goTo(target: string, frame: Frame): void {
    this.#frames.pop()
    this.#jump({ ...this.#target(target, frame), args: frame.args })
  }

  #goSub(data: string, frame: Frame): void {
    const [, target = '', args] = /^([^(]*)(?:\((.*)\))?$/s.exec(data) ?? []
    this.#jump({ ...this.#target(target, frame), args: args?.split(',') ?? [] })
  }

  /** What has to do with the line. */
  #talk(application: string, data: string, frame: Frame): void {
    this.events.push([application, data])
    if (application === 'Hangup') this.#isOver = true
    if (application === 'Wait' && this.#caller.isFax) this.#heardFax(frame)
    if (application === 'ReceiveFAX' || application === 'SendFAX') this.#faxIsOver = true
  }

  /** Asterisk jumps within the context that the call is in, if it has such an extension. */
  #heardFax(frame: Frame): void {
    if (this.#written.get('FAXOPT(faxdetect)') !== 'yes') return
    if (this.#extension({ context: frame.context, exten: 'fax' }) === undefined) return
    frame.exten = 'fax'
    frame.index = 0
  }

  #target(text: string, { context, exten }: Frame): Frame {
    const [priority = '', toExten = exten, toContext = context] = text.split(',').toReversed()
    const steps = this.#extension({ context: toContext, exten: toExten })
    const index = /^\d+$/.test(priority)
      ? Number(priority) - 1
      : (steps?.findIndex(({ label }) => label === priority) ?? -1)
    return { context: toContext, exten: toExten, index, args: [] }
  }

  #jump(frame: Frame): void {
    if (this.#extension(frame)?.[frame.index] === undefined)
      throw new Error(`nothing is at ${frame.context},${frame.exten},${frame.index + 1}`)
    this.#frames.push(frame)
  }

  #set(data: string): void {
    const [name, value = ''] = splitAt(data, '=')
    const [, file] = /^FILE\((.*),,,al,u\)$/s.exec(name) ?? []
    if (file !== undefined) {
      this.files.set(file, `${this.files.get(file) ?? ''}${value}\n`)
    } else if (name === 'CHANNEL(hangup_handler_push)') {
      this.#handlers.push(value)
    } else if (name.endsWith(')')) {
      this.#written.set(name, value)
      this.events.push([name, value])
    } else {
      this.#variables.set(name.replace(/^_+/, ''), value)
    }
  }
}

function splitAt(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** FILTER(allowed,text), with ranges. */
function filter(data: string): string {
  const [allowed, text = ''] = splitAt(data, ',')
  const characters = new Set<string>()
  for (let index = 0; index < allowed.length; index++) {
    const [from = '', dash, to] = allowed.slice(index, index + 3)
    if (dash === '-' && to !== undefined) {
      for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++)
        characters.add(String.fromCharCode(code))
      index += 2
    } else {
      characters.add(from)
    }
  }
  return [...text].filter((character) => characters.has(character)).join('')
}
