/** The time that the stand-in goes by. */
export interface Clock {
  nowMilliseconds(): number
  /** Runs `action` once, unless the function that it returns is called before. */
  after(milliseconds: number, action: () => void): () => void
}

/** setTimeout fires at once for anything longer. */
const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1

export const systemClock: Clock = {
  nowMilliseconds: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, Math.min(Math.max(milliseconds, 0), LONGEST_TIMER_MILLISECONDS))
    return () => clearTimeout(timer)
  },
}
