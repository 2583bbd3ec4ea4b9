import { type Backoff, backoffMilliseconds } from '../../backoff.ts'
import type { Log } from '../../log.ts'
import type { Waiting } from '../../waiting.ts'
import { Doorbell } from '../doorbell.ts'
import type { AmiConnection } from './ami-connection.ts'
import type { AmiMessage } from './ami-message.ts'

export interface AmiLinkOptions {
  /** Connects and logs in, or throws. */
  connect: () => Promise<AmiConnection>
  /** How often Asterisk is asked for a sign of life. */
  pingMilliseconds: number
  again: Backoff
}

export const AMI_LINK_DEFAULTS: Omit<AmiLinkOptions, 'connect'> = {
  pingMilliseconds: 15_000,
  again: { firstMilliseconds: 500, longestMilliseconds: 30_000 },
}

/** A connection to Asterisk that is made again whenever it is lost. */
export class AmiLink {
  /** Undefined while there is none. Another object after each loss: whoever had the last one has missed events. */
  connection: AmiConnection | undefined
  /** Why there is none. */
  trouble = 'not connected yet'
  readonly #listeners = new Set<(event: AmiMessage | undefined) => void>()
  readonly #dependencies: { log: Log; waiting: Waiting }
  readonly #options: AmiLinkOptions

  constructor(dependencies: { log: Log; waiting: Waiting }, options: AmiLinkOptions) {
    this.#dependencies = dependencies
    this.#options = options
  }

  /** Tells of each event, and with undefined that the connection came or went. Gives the way to stop. */
  listen(listener: (event: AmiMessage | undefined) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The connection, as soon as there is one; undefined when there is none within the time. */
  async whenUp(milliseconds: number, signal: AbortSignal): Promise<AmiConnection | undefined> {
    if (this.connection !== undefined) return this.connection
    const bell = new Doorbell(this.#dependencies.waiting)
    const stop = this.listen(() => {
      if (this.connection !== undefined) bell.ring()
    })
    await bell.wait(milliseconds, signal)
    stop()
    return this.connection
  }

  /** Keeps the link until the signal aborts. */
  async keep(signal: AbortSignal): Promise<void> {
    const { log, waiting } = this.#dependencies
    let failures = 0
    while (!signal.aborted) {
      try {
        await this.#serve(await this.#options.connect(), signal)
        failures = 0
      } catch (error) {
        const reason = (error as Error).message
        // Said once for each reason: an Asterisk that is down for a night fills no journal.
        if (reason !== this.trouble) {
          log('pbx-not-reached', { reason }, 'warning')
          this.trouble = reason
          this.#tell(undefined)
        }
      }
      failures += 1
      if (signal.aborted) return
      await waiting.pause(backoffMilliseconds(failures, this.#options.again, waiting.random()), signal)
    }
  }

  async #serve(connection: AmiConnection, signal: AbortSignal): Promise<void> {
    const { log } = this.#dependencies
    const close = () => connection.close()
    if (signal.aborted) close()
    signal.addEventListener('abort', close, { once: true })
    log('pbx-connected', { greeting: connection.greeting })
    this.connection = connection
    this.#tell(undefined)
    const pinging = this.#ping(connection)
    for await (const event of connection.events) this.#tell(event)
    signal.removeEventListener('abort', close)
    this.connection = undefined
    this.trouble = await connection.closed
    await pinging
    if (!signal.aborted) log('pbx-lost', { reason: this.trouble }, 'warning')
    this.#tell(undefined)
  }

  async #ping(connection: AmiConnection): Promise<void> {
    const over = new AbortController()
    void connection.closed.then(() => over.abort())
    while (!over.signal.aborted) {
      await this.#dependencies.waiting.pause(this.#options.pingMilliseconds, over.signal)
      // A ping without an answer closes the connection by itself; a refused one is an answer.
      if (!over.signal.aborted) await connection.ask('Ping').catch(() => {})
    }
  }

  #tell(event: AmiMessage | undefined): void {
    for (const listener of this.#listeners) listener(event)
  }
}
