import { awsFault } from '../aws-fault.ts'
import type { Log } from '../log.ts'
import type { Waiting } from '../waiting.ts'
import type { JobJournal } from './job-journal.ts'
import type { Printer } from './printer.ts'

export interface SweepDependencies {
  printer: Pick<Printer, 'unfinished' | 'cancel'>
  journal: Pick<JobJournal, 'openTokens'>
  waiting: Waiting
  log: Log
}

const SWEEP_MILLISECONDS = 300_000

/**
 * Cancels what killed agents left in CUPS: jobs that were handed over and are in no journal. They are held, so they print nothing and
 * can wait: one is canceled when two sweeps in a row find it, for in between it may be one that is just being written down.
 */
export async function sweepStrays(dependencies: SweepDependencies, stopping: AbortSignal): Promise<void> {
  let suspects = new Set<string>()
  while (!stopping.aborted) {
    suspects = await sweepOnce(dependencies, suspects)
    await dependencies.waiting.pause(SWEEP_MILLISECONDS, stopping)
  }
}

/** Resolves to the tokens that the next sweep may cancel. */
export async function sweepOnce(
  { printer, journal, log }: SweepDependencies,
  suspects: ReadonlySet<string>,
): Promise<Set<string>> {
  try {
    const known = journal.openTokens()
    const strays = (await printer.unfinished()).filter(({ token }) => !known.has(token))
    for (const stray of strays.filter(({ token }) => suspects.has(token))) {
      await printer.cancel(stray)
      log('stray-job-canceled', { receipt: stray.receipt }, 'warning')
    }
    return new Set(strays.map(({ token }) => token))
  } catch (error) {
    // CUPS may be down; whoever prints finds out by himself and says so.
    log('strays-not-swept', { reason: awsFault(error).text }, 'warning')
    return new Set(suspects)
  }
}
