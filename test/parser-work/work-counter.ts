import { Session } from 'node:inspector'

/** Our own code, and the libraries that parse for us. */
const COUNTED = /\/((shared|functions|agents|cli)\/(?!.*\.test\.ts)|node_modules\/(zod|postal-mime)\/)/

/**
 * How often blocks of code were entered, by V8's own counters: the same number on any machine and under any load. What a built-in does inside of one step
 * (a search, a regular expression) is not in it.
 */
export class WorkCounter {
  readonly #session = new Session()

  constructor() {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  async count(work: () => void | Promise<void>): Promise<number> {
    this.#take()
    await work()
    return this.#take()
  }

  close(): void {
    this.#session.disconnect()
  }

  /** Since it was taken last. */
  #take(): number {
    let sum = 0
    // The session is to this thread: the answer is there when post returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error
      for (const { url, functions } of result)
        if (COUNTED.test(url))
          for (const { ranges } of functions) for (const { count } of ranges) sum += count
    })
    return sum
  }
}
