import type { Waiting } from '../waiting.ts'

/** Lets a loop sleep until something happens. A ring while nobody waits is kept. */
export class Doorbell {
  readonly #waiting: Pick<Waiting, 'pause'>
  #rung = false
  #sleeper: AbortController | undefined

  constructor(waiting: Pick<Waiting, 'pause'>) {
    this.#waiting = waiting
  }

  ring(): void {
    this.#rung = true
    this.#sleeper?.abort()
  }

  /** Until somebody rings, the signal aborts, or the time is over. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    const sleeper = new AbortController()
    const wake = () => sleeper.abort()
    signal.addEventListener('abort', wake, { once: true })
    this.#sleeper = sleeper
    if (!this.#rung && !signal.aborted) await this.#waiting.pause(milliseconds, sleeper.signal)
    this.#rung = false
    this.#sleeper = undefined
    signal.removeEventListener('abort', wake)
  }
}
