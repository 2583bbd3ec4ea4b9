import type { Waiting } from '../../waiting.ts'
import { type AmiConnection, AmiRefusal } from '../ami/ami-connection.ts'
import type { AmiLink } from '../ami/ami-link.ts'
import type { AmiMessage } from '../ami/ami-message.ts'
import { Doorbell } from '../doorbell.ts'
import { afterEvent, afterProgress, type CallFacts, NOTHING_KNOWN } from './call-facts.ts'

/** A call as the events tell of it, from before it is dialled; rings when something changed. */
export class WatchedCall {
  facts: CallFacts
  readonly #uniqueId: string
  readonly #now: () => number
  readonly #bell: Doorbell
  readonly #stop: () => void
  #session: string | undefined

  constructor(
    { link, waiting }: { link: AmiLink; waiting: Waiting },
    uniqueId: string,
    known: Partial<CallFacts> = {},
  ) {
    this.facts = { ...NOTHING_KNOWN, ...known }
    this.#uniqueId = uniqueId
    this.#now = () => waiting.now().getTime()
    this.#bell = new Doorbell(waiting)
    this.#stop = link.listen((event) => {
      if (event === undefined || this.#take(event)) this.#bell.ring()
    })
  }

  /** Until something changed, the time is over, or the signal aborts. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.#bell.wait(milliseconds, signal)
  }

  /** Asks Asterisk whether the channel lives. */
  async lives(connection: AmiConnection): Promise<boolean> {
    const all = await connection.collect('Status', [], 'StatusComplete')
    const mine = all.filter(
      (channel) => channel.event === 'Status' && channel.get('Uniqueid') === this.#uniqueId,
    )
    for (const channel of mine) this.#take(channel)
    return mine.length > 0
  }

  /** Asks how far the fax has come. An Asterisk that tells nothing of it costs the progress alone. */
  async askProgress(connection: AmiConnection): Promise<void> {
    try {
      this.#session ??= await this.#findSession(connection)
      if (this.#session === undefined) return
      const told = await connection.collect('FAXSession', [['SessionNumber', this.#session]], 'FAXSession')
      // Its event names the session and not the channel.
      for (const event of told) this.facts = afterProgress(this.facts, event)
    } catch (error) {
      if (!(error instanceof AmiRefusal)) throw error
      this.#session = undefined
    }
  }

  async hangUp(connection: AmiConnection): Promise<void> {
    await connection.ask('Hangup', [['Channel', this.facts.channel ?? this.#uniqueId]])
  }

  close(): void {
    this.#stop()
  }

  async #findSession(connection: AmiConnection): Promise<string | undefined> {
    const sessions = await connection.collect('FAXSessions', [], 'FAXSessionsComplete')
    return sessions
      .find(
        (session) => session.get('Channel') === this.facts.channel && session.get('Channel') !== undefined,
      )
      ?.get('SessionNumber')
  }

  #take(event: AmiMessage): boolean {
    const before = this.facts
    this.facts = afterEvent(before, event, this.#uniqueId, this.#now())
    return this.facts !== before
  }
}
