export class StalledError extends Error {
  override readonly name = 'StalledError'
  constructor(what: string, milliseconds: number) {
    super(`${what}: nothing moved for ${milliseconds / 1000} s`)
  }
}

/** A call under a stall limit, as the call itself sees it. */
export interface Line {
  /** Aborts when the call has to end. */
  signal: AbortSignal
  /** Something moved: the time starts anew, with so much more where that is given. */
  alive: (moreMilliseconds?: number) => void
  /** Ends the call from inside, for a reason of its own. */
  cut: (reason: Error) => void
}

/**
 * Runs a call that must show life, so that a slow line may take hours and a dead one may not. When nothing moved for the time
 * given, the call's signal aborts and a {@link StalledError} comes out. `outer` aborts the call as well.
 *
 * AbortSignal.any and AbortSignal.timeout would do the same, but a signal that lives as long as a daemon keeps what was
 * derived from it; here everything is unhooked when the call ends.
 */
export async function withStallLimit<T>(
  { what, milliseconds, outer }: { what: string; milliseconds: number; outer?: AbortSignal | undefined },
  action: (line: Line) => Promise<T>,
): Promise<T> {
  const call = new AbortController()
  const stop = () => call.abort(outer?.reason)
  if (outer?.aborted === true) stop()
  outer?.addEventListener('abort', stop, { once: true })
  let timer: NodeJS.Timeout | undefined
  const start = (limit: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => call.abort(new StalledError(what, limit)), limit)
  }
  start(milliseconds)
  try {
    return await action({
      signal: call.signal,
      alive: (more = 0) => start(milliseconds + more),
      cut: (reason) => call.abort(reason),
    })
  } catch (error) {
    throw call.signal.reason instanceof StalledError ? call.signal.reason : error
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', stop)
  }
}
