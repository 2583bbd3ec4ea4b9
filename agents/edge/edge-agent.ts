import type { Heart } from '../daemon/run-daemon.ts'
import type { StatusKeeper } from '../daemon/status.ts'
import type { Log } from '../log.ts'
import type { Waiting } from '../waiting.ts'
import { Doorbell } from './doorbell.ts'
import type { IncomingBucket } from './incoming-bucket.ts'
import type { Sequence } from './sequence-journal.ts'
import type { SpoolFolder } from './spool-folder.ts'
import { type SpoolState, SpoolWatch } from './spool-watch.ts'
import { UploadWork } from './upload-work.ts'

export interface EdgeDependencies {
  spool: SpoolFolder
  incoming: IncomingBucket
  sequence: Sequence
  status: Pick<StatusKeeper, 'waiting' | 'success' | 'error'>
  /** What the gateway may hear of the spool, after each look at it. */
  tell: (state: SpoolState) => void
  waiting: Waiting
  /** Milliseconds of a clock that nobody sets. */
  elapsed: () => number
  log: Log
  /** Tells of names that change in the spool; undefined when it can't say which. Gives the way to stop. */
  watch: (onChange: (name: string | undefined) => void) => () => void
  /** Removes what is past its time; how many files it was. */
  tidy: () => Promise<number>
}

export interface EdgeOptions {
  site: string
  /** Uploads at a time. */
  parallel: number
  /** After what time without a change half a fax goes up as it is. */
  orphanMilliseconds: number
  largestBytes: number
  /** How often the whole spool is read; in between, the agent goes by what the kernel tells. */
  scanMilliseconds: number
}

const TIDY_MILLISECONDS = 3_600_000

/** Takes up what lies in the spool and what comes to it, until the signal aborts; uploads under way are then broken off. */
export async function runEdgeAgent(
  dependencies: EdgeDependencies,
  options: EdgeOptions,
  signal: AbortSignal,
  heart: Heart,
): Promise<void> {
  const { watch, waiting, elapsed } = dependencies
  const bell = new Doorbell(waiting)
  const uploads = new UploadWork(dependencies, options, { signal, ring: () => bell.ring() })
  const spool = new SpoolWatch(dependencies, options, uploads)
  const stopWatching = watch((name) => {
    spool.noteChange(name)
    bell.ring()
  })
  let tidyAt = elapsed()
  try {
    while (!signal.aborted) {
      heart.beat()
      await spool.takeUp(heart)
      const wakeAt = uploads.start()
      if (elapsed() >= tidyAt) {
        tidyAt = elapsed() + TIDY_MILLISECONDS
        await tidyUp(dependencies)
      }
      const sleep = Math.min(spool.scanDueAt, wakeAt ?? Number.POSITIVE_INFINITY) - elapsed()
      await bell.wait(Math.max(0, sleep), signal)
    }
  } finally {
    stopWatching()
    await uploads.ended()
  }
}

async function tidyUp({ tidy, log }: EdgeDependencies): Promise<void> {
  try {
    const files = await tidy()
    if (files > 0) log('spool-tidied', { files })
  } catch (error) {
    log('spool-not-tidied', { reason: String(error) }, 'warning')
  }
}
