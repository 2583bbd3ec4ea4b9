export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

export function medianOf(runs: number, measure: () => number): number {
  return median(Array.from({ length: runs }, measure))
}

export function medianMilliseconds(runs: number, work: () => void): number {
  return medianOf(runs, () => milliseconds(work))
}

export function milliseconds(work: () => void): number {
  const started = performance.now()
  work()
  return performance.now() - started
}

/** How long something took, or why there is no time. */
export type Timing = { milliseconds: number } | { without: string }

/** Gives what one run took. */
export type Task = () => Timing

/**
 * Medians. The tasks take turns, so that what else the machine does falls on all of them alike; one that has used up its
 * time sits out the rounds that are left.
 */
export function takeTurns<Name extends string>(
  tasks: Readonly<Record<Name, Task>>,
  { rounds, atMostMs }: { rounds: number; atMostMs: number },
): Record<Name, Timing> {
  const runs = (Object.entries(tasks) as [Name, Task][]).map(([name, task]) => ({
    name,
    task,
    times: [] as number[],
    spentMs: 0,
    without: undefined as string | undefined,
  }))
  for (let round = 0; round < rounds; round++) {
    for (const run of runs) {
      if (run.without !== undefined || run.spentMs > atMostMs) continue
      const timing = run.task()
      if ('without' in timing) {
        run.without = timing.without
        continue
      }
      run.times.push(timing.milliseconds)
      run.spentMs += timing.milliseconds
    }
  }
  const timings = runs.map(({ name, times, without }) => {
    return [name, without === undefined ? { milliseconds: median(times) } : { without }]
  })
  return Object.fromEntries(timings)
}

/** Work in this process, after a run that is not counted; quick work is repeated until the clock can tell. */
export function warm(work: () => void): Task {
  const enoughMs = 10
  return () => {
    work()
    let runs = 0
    const started = performance.now()
    let spentMs = 0
    for (; spentMs < enoughMs; spentMs = performance.now() - started) {
      work()
      runs++
    }
    return { milliseconds: spentMs / runs }
  }
}
