import { setTimeout as timer } from 'node:timers/promises'

/** Time and chance, as the agents use them; a test puts its own here. */
export interface Waiting {
  /** Resolves after the time, or at once when the signal aborts: the caller looks at the signal. */
  pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** At least 0, below 1. */
  random: () => number
  now: () => Date
}

export const realWaiting: Waiting = {
  pause: async (milliseconds, signal) => {
    try {
      await timer(milliseconds, undefined, signal === undefined ? {} : { signal })
    } catch (error) {
      if (signal?.aborted !== true) throw error
    }
  },
  random: Math.random,
  now: () => new Date(),
}

/** The same with a clock that shows what this one shows now, and that nobody sets from here on. */
export function steady(waiting: Waiting, elapsed: () => number): Waiting {
  const [start, begun] = [waiting.now().getTime(), elapsed()]
  return { ...waiting, now: () => new Date(start + elapsed() - begun) }
}
