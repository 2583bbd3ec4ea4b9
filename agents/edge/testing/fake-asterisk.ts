import { createHash } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { header, type RecordedCall, recordedCalls } from './transcripts.ts'

export const AMI_USER = 'faxlane'
export const AMI_SECRET = 'a secret of the tests'

/** By these a call ends, or says that it has. */
const ENDINGS = new Set(['SendFAX', 'UserEvent', 'Hangup'])

interface LiveCall {
  channel: string | undefined
  isUp: boolean
  answeredAt: number
  timers: NodeJS.Timeout[]
  /** What is told when calls may end again. */
  held: string[][]
  /** Plays what is left of the call after it was hung up. */
  hangUp: () => void
}

export interface Dialled {
  uniqueId: string
  channel: string
  /** As the action had them, line by line. */
  lines: string[]
}

/**
 * Asterisk as the agent sees it. Its calls are played from what a real one said; they go on whoever listens, and a
 * second call by the same unique id is refused.
 */
export class FakeAsterisk {
  /** All that was ever dialled, over restarts of agent and Asterisk. */
  readonly dialled: Dialled[] = []
  /** The actions that it was asked for, by name, in order. */
  readonly asked: string[] = []
  /** The outcome of the next calls, by the number dialled. */
  outcomeOf: (number: string) => string = () => 'ok'
  /** Recorded time is this much shorter. */
  haste = 200
  /** What is refused, as the manager's permissions would. */
  readonly denied = new Set<string>()
  contexts = ['default', 'txfax']
  isSilent = false
  knowsMd5 = true
  /** As a manager's user without the right to read. */
  isDeaf = false
  #isHolding = false
  readonly #recorded = recordedCalls()
  readonly #calls = new Map<string, LiveCall>()
  readonly #sessions = new Map<Socket, { isLoggedIn: boolean; challenge: string }>()
  #server: Server | undefined
  port = 0

  /** Listens; at the same port again after a stop. */
  async start(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket))
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    const address = server.address()
    if (typeof address === 'object' && address !== null) this.port = address.port
  }

  /** As a crash: all calls are gone, and nobody is told. */
  async stop(): Promise<void> {
    for (const { timers } of this.#calls.values()) for (const timer of timers) clearTimeout(timer)
    this.#calls.clear()
    this.dropConnections()
    const server = this.#server
    this.#server = undefined
    if (server !== undefined) await new Promise((resolve) => server.close(resolve))
  }

  /** The calls go on. */
  dropConnections(): void {
    for (const socket of this.#sessions.keys()) socket.destroy()
  }

  /** From now on no call ends by itself, however slow the test's machine is. */
  hold(): void {
    this.#isHolding = true
  }

  /** What was held back is told. */
  release(): void {
    this.#isHolding = false
    for (const [uniqueId, call] of [...this.#calls]) {
      for (const lines of call.held.splice(0)) {
        this.#note(uniqueId, call, lines)
        this.tell(lines)
      }
    }
  }

  liveCalls(): number {
    return this.#calls.size
  }

  /** To everybody who is logged in. */
  tell(lines: readonly string[]): void {
    if (this.isDeaf) return
    for (const [socket, { isLoggedIn }] of this.#sessions) if (isLoggedIn) write(socket, lines)
  }

  #serve(socket: Socket): void {
    const challenge = String(100_000_000 + this.#sessions.size)
    this.#sessions.set(socket, { isLoggedIn: false, challenge })
    socket.on('close', () => this.#sessions.delete(socket))
    socket.on('error', () => {})
    if (this.isSilent) return
    socket.write('Asterisk Call Manager/9.0.0\r\n')
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString()
      const actions = text.split('\r\n\r\n')
      text = actions.pop() ?? ''
      for (const action of actions) if (!this.isSilent) this.#act(socket, action.split('\r\n'))
    })
  }

  #act(socket: Socket, lines: string[]): void {
    const action = header(lines, 'Action') ?? ''
    this.asked.push(action)
    const actionId = `ActionID: ${header(lines, 'ActionID') ?? ''}`
    const answer = (...more: string[]) => write(socket, ['Response: Success', actionId, ...more])
    const refuse = (message: string) => write(socket, ['Response: Error', actionId, `Message: ${message}`])
    const isOpen = action === 'Challenge' || action === 'Login'
    const isLoggedIn = this.#sessions.get(socket)?.isLoggedIn === true
    if (!isOpen && (!isLoggedIn || this.denied.has(action))) refuse('Permission denied')
    else {
      const known = this.#actions(socket, lines, { actionId, answer, refuse })[action]
      if (known === undefined) refuse('Invalid/unknown command')
      else known()
    }
  }

  #isGenuine(lines: string[], challenge: string): boolean {
    const key = createHash('md5').update(`${challenge}${AMI_SECRET}`).digest('hex')
    const isKnown = header(lines, 'Key') === key || header(lines, 'Secret') === AMI_SECRET
    return header(lines, 'Username') === AMI_USER && isKnown
  }

  #actions(
    socket: Socket,
    lines: string[],
    { actionId, answer, refuse }: Answers,
  ): Record<string, () => void> {
    const list = (events: string[][], last: string) => {
      answer('EventList: start', 'Message: will follow')
      for (const [event, ...rest] of events) write(socket, [event ?? '', actionId, ...rest])
      write(socket, [`Event: ${last}`, actionId, 'EventList: Complete', `ListItems: ${events.length}`])
    }
    return {
      Challenge: () => {
        if (this.knowsMd5) answer(`Challenge: ${this.#sessions.get(socket)?.challenge}`)
        else refuse('Must specify AuthType')
      },
      Login: () => {
        const session = this.#sessions.get(socket)
        if (session === undefined || !this.#isGenuine(lines, session.challenge)) {
          refuse('Authentication failed')
          return
        }
        session.isLoggedIn = true
        answer('Message: Authentication accepted')
      },
      Ping: () => answer('Ping: Pong', 'Timestamp: 1795414162.000000'),
      ListCommands: () =>
        answer(
          ...['Originate', 'Status', 'Hangup', 'Getvar', 'FAXSessions', 'FAXSession']
            .filter((name) => !this.denied.has(name))
            .map((name) => `${name}: what it does  (Priv: call,all)`),
        ),
      Getvar: () => {
        const asked = header(lines, 'Variable') ?? ''
        const [, context = ''] = /^DIALPLAN_EXISTS\(([^,)]*)/.exec(asked) ?? []
        answer(`Variable: ${asked}`, `Value: ${this.contexts.includes(context) ? 1 : 0}`)
      },
      Status: () =>
        list(
          [...this.#calls].map(([id, { channel, isUp }]) => [
            'Event: Status',
            `Channel: ${channel}`,
            `ChannelState: ${isUp ? 6 : 4}`,
            `Uniqueid: ${id}`,
          ]),
          'StatusComplete',
        ),
      FAXSessions: () => {
        const up = [...this.#calls.values()].filter(({ isUp }) => isUp)
        const entries = up.map(({ channel }, index) => [
          'Event: FAXSessionsEntry',
          `Channel: ${channel}`,
          `SessionNumber: ${index}`,
          'Operation: send',
        ])
        list(entries, 'FAXSessionsComplete')
      },
      FAXSession: () => {
        answer('Message: FAXSession event will follow')
        const up = [...this.#calls.values()].filter(({ isUp }) => isUp)
        const call = up[Number(header(lines, 'SessionNumber'))]
        const pages = call === undefined ? 0 : Math.floor((Date.now() - call.answeredAt) / 20)
        write(socket, ['Event: FAXSession', actionId, 'DataRate: 14400', `PagesTransmitted: ${pages}`])
      },
      Hangup: () => {
        const wanted = header(lines, 'Channel')
        const found = [...this.#calls].find(([id, { channel }]) => wanted === id || wanted === channel)
        if (found === undefined) {
          refuse('No such channel')
          return
        }
        answer('Message: Channel Hungup')
        found[1].hangUp()
      },
      Originate: () => this.#originate(lines, answer),
    }
  }

  #originate(lines: string[], answer: (...more: string[]) => void): void {
    const uniqueId = header(lines, 'ChannelId') ?? ''
    const channel = header(lines, 'Channel') ?? ''
    answer('Message: Originate successfully queued')
    const response = (text: string) => [
      'Event: OriginateResponse',
      `ActionID: ${header(lines, 'ActionID')}`,
      `Response: ${text}`,
      'Reason: 0',
      `Uniqueid: ${uniqueId}`,
    ]
    const context = channel.split('@')[1] ?? ''
    if (this.#calls.has(uniqueId) || !this.contexts.includes(context)) {
      this.tell(response('Failure'))
      return
    }
    this.dialled.push({ uniqueId, channel, lines })
    const number = /^Local\/([^@]*)@/.exec(channel)?.[1] ?? ''
    const recorded = this.#recorded.get(this.outcomeOf(number))
    if (recorded === undefined)
      throw new Error(`No outcome of this name was recorded: ${this.outcomeOf(number)}`)
    this.#play(uniqueId, recorded)
  }

  #play(uniqueId: string, recorded: RecordedCall): void {
    const call: LiveCall = {
      channel: undefined,
      isUp: false,
      answeredAt: 0,
      timers: [],
      held: [],
      hangUp: () => {},
    }
    this.#calls.set(uniqueId, call)
    const events = recorded.events.map(({ afterMilliseconds, lines }) => ({
      afterMilliseconds,
      lines: lines.map((line) => line.replaceAll(recorded.uniqueId, uniqueId)),
    }))
    const next = (lines: string[]) => {
      if (this.#isHolding && ENDINGS.has(header(lines, 'Event') ?? '')) {
        call.held.push(lines)
        return
      }
      this.#note(uniqueId, call, lines)
      this.tell(lines)
    }
    call.timers = events.map(({ afterMilliseconds, lines }) =>
      setTimeout(() => next(lines), afterMilliseconds / this.haste),
    )
    call.hangUp = () => {
      this.#isHolding = false
      for (const timer of call.timers) clearTimeout(timer)
      for (const { lines } of events.slice(-6)) next(lines)
    }
  }

  #note(uniqueId: string, call: LiveCall, lines: string[]): void {
    if (header(lines, 'Uniqueid') !== uniqueId) return
    const event = header(lines, 'Event')
    if (event === 'Hangup') this.#calls.delete(uniqueId)
    if (event === 'Newchannel' || event === 'OriginateResponse') call.channel = header(lines, 'Channel')
    if (event === 'OriginateResponse' && header(lines, 'Response') === 'Success') {
      call.isUp = true
      call.answeredAt = Date.now()
    }
  }
}

interface Answers {
  actionId: string
  answer: (...more: string[]) => void
  refuse: (message: string) => void
}

function write(socket: Socket, lines: readonly string[]): void {
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
}
