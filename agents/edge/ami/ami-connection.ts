import { createHash } from 'node:crypto'
import { connect, isIP, type Socket } from 'node:net'
import { type AmiField, type AmiMessage, encodeAction } from './ami-message.ts'
import { AmiParser } from './ami-parser.ts'
import { AsyncQueue } from './async-queue.ts'

export interface AmiAccess {
  host: string
  port: number
  user: string
  secret: string
}

/** Asterisk answered, and the answer is no. */
export class AmiRefusal extends Error {
  override readonly name = 'AmiRefusal'
}

/** No answer came, and none will: the connection is gone. */
export class AmiLost extends Error {
  override readonly name = 'AmiLost'
  /** Whether Asterisk may have been told of the action. */
  readonly maybeTold: boolean

  constructor(reason: string, { maybeTold }: { maybeTold: boolean }) {
    super(reason)
    this.maybeTold = maybeTold
  }
}

/** A logged-in connection. */
export interface AmiConnection {
  /** Asterisk's first line, with the version of the interface. */
  greeting: string
  /** The response to an action. Rejects with {@link AmiRefusal} or {@link AmiLost}. */
  ask: (action: string, fields?: readonly AmiField[]) => Promise<AmiMessage>
  /** The events that belong to an action's answer, up to the one that is called `last`, which is among them. */
  collect: (action: string, fields: readonly AmiField[], last: string) => Promise<AmiMessage[]>
  /** What Asterisk tells of its own accord; ends with the connection. To be iterated over once. */
  events: AsyncIterable<AmiMessage>
  /** Resolves to the reason, when the connection is gone. Never rejects. */
  closed: Promise<string>
  close: () => void
}

const ANSWER_MILLISECONDS = 10_000
/** Channels and faxes under way: no PBX that sends faxes has more. */
export const MOST_COLLECTED = 10_000
/** Events that the agent's work needs: of calls, and of the dialplan's own. */
const EVENT_CLASSES = 'call,user'

/**
 * Connects and logs in.
 * @throws AmiLost where nobody answers, AmiRefusal where the login is refused
 */
export async function connectAmi(
  access: AmiAccess,
  { answerMilliseconds = ANSWER_MILLISECONDS }: { answerMilliseconds?: number } = {},
): Promise<AmiConnection> {
  const session = new AmiSession(access, answerMilliseconds)
  try {
    await session.greeted
    await login(session, access)
    return session
  } catch (error) {
    session.close()
    throw error
  }
}

/** By challenge, so that the secret does not cross the line. In the clear only to an Asterisk of this machine that knows no MD5. */
async function login(session: AmiSession, { host, user, secret }: AmiAccess): Promise<void> {
  const common: AmiField[] = [
    ['Username', user],
    ['Events', EVENT_CLASSES],
  ]
  let challenge: string | undefined
  try {
    challenge = (await session.ask('Challenge', [['AuthType', 'MD5']])).get('Challenge')
  } catch (error) {
    if (!(error instanceof AmiRefusal) || !isLoopback(host)) throw error
  }
  if (challenge === undefined) {
    await session.ask('Login', [...common, ['Secret', secret]])
    return
  }
  const key = createHash('md5').update(`${challenge}${secret}`).digest('hex')
  await session.ask('Login', [['AuthType', 'MD5'], ...common, ['Key', key]])
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

interface Pending {
  resolve: (messages: AmiMessage[]) => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout
  /** The event that ends the answer; undefined: the response is all of it. */
  last: string | undefined
  collected: AmiMessage[]
}

class AmiSession implements AmiConnection {
  greeting = ''
  readonly events = new AsyncQueue<AmiMessage>()
  readonly closed: Promise<string>
  readonly greeted: Promise<void>
  readonly #socket: Socket
  readonly #parser = new AmiParser()
  readonly #pending = new Map<string, Pending>()
  readonly #answerMilliseconds: number
  readonly #greetingTimer: NodeJS.Timeout
  #actions = 0
  /** The reason, once it is gone. */
  #lost: string | undefined
  #greet: (failure?: AmiLost) => void = () => {}
  #sayClosed: (reason: string) => void = () => {}

  constructor({ host, port }: AmiAccess, answerMilliseconds: number) {
    this.#answerMilliseconds = answerMilliseconds
    this.greeted = new Promise((resolve, reject) => {
      this.#greet = (failure) => (failure === undefined ? resolve() : reject(failure))
    })
    this.closed = new Promise((resolve) => {
      this.#sayClosed = resolve
    })
    const where = `${host}:${port}`
    const silent = () => this.#lose(`${where} said nothing for ${answerMilliseconds / 1000} s`)
    this.#greetingTimer = setTimeout(silent, answerMilliseconds)
    this.#socket = connect({ host, port, noDelay: true, keepAlive: true })
    this.#socket.on('data', (bytes) => this.#take(bytes))
    this.#socket.on('error', (error) => this.#lose(`${where}: ${error.message}`))
    this.#socket.on('close', () => this.#lose(`${where} closed the connection`))
  }

  async ask(action: string, fields: readonly AmiField[] = []): Promise<AmiMessage> {
    const [response] = await this.#send(action, fields, undefined)
    if (response === undefined) throw new TypeError('An answer without a response.')
    return response
  }

  async collect(action: string, fields: readonly AmiField[], last: string): Promise<AmiMessage[]> {
    return await this.#send(action, fields, last)
  }

  close(): void {
    this.#lose('closed by the agent')
  }

  #send(action: string, fields: readonly AmiField[], last: string | undefined): Promise<AmiMessage[]> {
    const given = fields.find(([name]) => name === 'ActionID')?.[1]
    this.#actions += 1
    const actionId = given ?? `faxlane-${this.#actions}`
    const text = encodeAction(action, given === undefined ? [['ActionID', actionId], ...fields] : fields)
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) return reject(new AmiLost(this.#lost, { maybeTold: false }))
      // One that does not answer is no use for a call either.
      const late = () => this.#lose(`no answer to ${action} within ${this.#answerMilliseconds / 1000} s`)
      const timer = setTimeout(late, this.#answerMilliseconds)
      this.#pending.set(actionId, { resolve, reject, timer, last, collected: [] })
      this.#socket.write(text)
    })
  }

  #take(bytes: Uint8Array): void {
    const messages = this.#parser.push(bytes)
    if (this.greeting === '' && this.#parser.greeting !== undefined) {
      this.greeting = this.#parser.greeting
      if (!this.greeting.startsWith('Asterisk Call Manager/')) {
        this.#lose(`this is no manager interface of Asterisk: ${this.greeting.slice(0, 60)}`)
        return
      }
      clearTimeout(this.#greetingTimer)
      this.#greet()
    }
    for (const message of messages) this.#dispatch(message)
  }

  #dispatch(message: AmiMessage): void {
    const actionId = message.get('ActionID') ?? ''
    const pending = this.#pending.get(actionId)
    if (message.response !== undefined) {
      if (pending !== undefined) this.#answer(actionId, pending, message)
    } else if (message.event !== undefined) {
      if (pending?.last === undefined) this.events.push(message)
      else this.#collect(actionId, pending, message)
    }
  }

  #answer(actionId: string, pending: Pending, response: AmiMessage): void {
    if (response.response === 'Error') {
      this.#settle(actionId, pending).reject(new AmiRefusal(response.get('Message') ?? 'refused'))
    } else if (pending.last === undefined) this.#settle(actionId, pending).resolve([response])
  }

  #collect(actionId: string, pending: Pending, event: AmiMessage): void {
    pending.collected.push(event)
    if (pending.collected.length > MOST_COLLECTED) {
      this.#lose(`an answer of more than ${MOST_COLLECTED} events`)
      return
    }
    if (event.event === pending.last) this.#settle(actionId, pending).resolve(pending.collected)
  }

  #settle(actionId: string, pending: Pending): Pending {
    clearTimeout(pending.timer)
    this.#pending.delete(actionId)
    return pending
  }

  #lose(reason: string): void {
    if (this.#lost !== undefined) return
    this.#lost = reason
    const lost = new AmiLost(reason, { maybeTold: true })
    clearTimeout(this.#greetingTimer)
    this.#socket.destroy()
    for (const [actionId, pending] of this.#pending) this.#settle(actionId, pending).reject(lost)
    this.events.end()
    this.#greet(lost)
    this.#sayClosed(reason)
  }
}
