/** The action did not end in its time; it may still go on. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError'
}

/** For an action that can't be aborted: whoever waits goes on without it. */
export async function withTimeLimit<T>(
  { what, milliseconds }: { what: string; milliseconds: number },
  action: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new TimeLimitError(`${what} took longer than ${milliseconds / 1000} s`)
    timer = setTimeout(() => reject(error), milliseconds)
  })
  try {
    return await Promise.race([action(), late])
  } finally {
    clearTimeout(timer)
  }
}
