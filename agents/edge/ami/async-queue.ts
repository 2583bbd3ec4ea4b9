/** What one side pushes and another iterates over, in order. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = []
  #isEnded = false
  #wake: (() => void) | undefined

  push(item: T): void {
    if (this.#isEnded) return
    this.#items.push(item)
    this.#wake?.()
  }

  /** What was pushed is still given out. */
  end(): void {
    this.#isEnded = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const item = this.#items.shift()
      if (item !== undefined) yield item
      else if (this.#isEnded) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
