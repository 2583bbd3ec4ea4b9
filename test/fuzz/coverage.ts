import { Session } from 'node:inspector'

/** Our own code, and the libraries in which most of some parsers is. */
const OURS = /\/((shared|functions|agents|cli)\/(?!.*\.test\.ts)|node_modules\/(zod|postal-mime)\/)/

interface FunctionRange {
  startOffset: number
  endOffset: number
  count: number
}

/** Which blocks of our code have run, by V8's own counters. */
export class Coverage {
  readonly #session = new Session()
  readonly #seen = new Set<string>()

  constructor() {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  get size(): number {
    return this.#seen.size
  }

  /** Whether anything ran, since the last question, that never ran before. */
  hasGrown(): boolean {
    const before = this.#seen.size
    for (const { url, functions } of this.#take()) {
      for (const { ranges } of functions) for (const range of ranges) this.#note(url, range)
    }
    return this.#seen.size > before
  }

  #note(url: string, { startOffset, endOffset, count }: FunctionRange): void {
    if (count > 0) this.#seen.add(`${url}:${startOffset}-${endOffset}`)
  }

  #take(): { url: string; functions: { ranges: FunctionRange[] }[] }[] {
    let result: { url: string; functions: { ranges: FunctionRange[] }[] }[] = []
    // The session is to this thread: the answer is there when post returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error !== null) throw error
      result = answer.result
    })
    return result.filter(({ url }) => OURS.test(url))
  }
}
