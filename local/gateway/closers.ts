export interface Closers {
  add(close: () => Promise<void> | void): void
  /** The last that was opened goes first. One that fails does not keep the others open; its error is thrown at the end. */
  close(): Promise<void>
}

export function makeClosers(): Closers {
  const all: (() => Promise<void> | void)[] = []
  return {
    add(close) {
      all.push(close)
    },
    async close() {
      const errors: unknown[] = []
      for (const close of all.splice(0).reverse()) {
        try {
          await close()
        } catch (error) {
          errors.push(error)
        }
      }
      if (errors.length > 0) throw errors[0]
    },
  }
}
