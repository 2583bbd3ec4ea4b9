import type { Log } from '../log.ts'
import { onlyOne } from './only-one.ts'
import { type Notify, systemdNotify } from './systemd.ts'

/** How the work shows that it goes on. */
export interface Heart {
  /** Call it at least once a minute, from the loop that must not stand still, also while there is nothing to do. */
  beat: () => void
}

export interface DaemonDependencies {
  log: Log
  notify: Notify
  /** Throws where another daemon works on the state folder; gives the way to let go. */
  onlyOne: (stateFolder: string) => Promise<() => Promise<void>>
  /** Where SIGTERM and SIGINT come from: `process`. */
  signals: Pick<NodeJS.Process, 'on' | 'off'>
  /** Monotonic: a watchdog must not believe a clock that is set. */
  monotonicMilliseconds: () => number
  /** Ends the process at once, when somebody asks a second time. */
  exit: (code: number) => void
}

/** What a daemon that is this process depends on. */
export function thisProcess(log: Log): DaemonDependencies {
  return {
    log,
    notify: systemdNotify(process.env, log),
    onlyOne,
    signals: process,
    monotonicMilliseconds: () => performance.now(),
    exit: (code) => process.exit(code),
  }
}

export interface Daemon {
  name: string
  version: string
  /** Its own alone: two daemons on one would do each fax twice. */
  stateFolder: string
  /** How long systemd waits for a sign of life; undefined: it does not. */
  watchdogMilliseconds: number | undefined
  /** Works until the signal aborts, then ends what it has begun. */
  work: (signal: AbortSignal, heart: Heart) => Promise<void>
}

/** Signs of life in the watchdog's time: two may get lost. */
const SIGNS_PER_WATCHDOG = 3

/**
 * A service from its start to its end, and its exit code: 0 when it was told to stop, 1 when the work broke off. The watchdog is
 * fed from the heart alone and by no timer of ours, so that a loop that hangs is noticed.
 */
export async function runDaemon(
  { log, notify, onlyOne, signals, monotonicMilliseconds, exit }: DaemonDependencies,
  { name, version, stateFolder, watchdogMilliseconds, work }: Daemon,
): Promise<number> {
  const stopping = new AbortController()
  const stop = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) {
      log('stopped-at-once', { name, signal }, 'warning')
      return exit(1)
    }
    log('stopping', { name, signal })
    notify('STOPPING=1')
    stopping.abort()
  }
  signals.on('SIGTERM', stop)
  signals.on('SIGINT', stop)
  let release = async () => {}
  try {
    release = await onlyOne(stateFolder)
    log('started', { name, version, process: process.pid })
    const heart = feeder({ notify, monotonicMilliseconds }, watchdogMilliseconds)
    notify('READY=1')
    await work(stopping.signal, heart)
    if (!stopping.signal.aborted) throw new Error('The work ended, and nobody had asked for it.')
    log('stopped', { name })
    return 0
  } catch (error) {
    log('broke-off', { name, reason: wholeReason(error) }, 'error')
    return 1
  } finally {
    await release()
    signals.off('SIGTERM', stop)
    signals.off('SIGINT', stop)
  }
}

function feeder(
  { notify, monotonicMilliseconds }: Pick<DaemonDependencies, 'notify' | 'monotonicMilliseconds'>,
  watchdogMilliseconds: number | undefined,
): Heart {
  if (watchdogMilliseconds === undefined) return { beat: () => {} }
  let fedAt = Number.NEGATIVE_INFINITY
  return {
    beat: () => {
      const now = monotonicMilliseconds()
      if (now - fedAt < watchdogMilliseconds / SIGNS_PER_WATCHDOG) return
      fedAt = now
      notify('WATCHDOG=1')
    },
  }
}

/** With the stack: whoever reads this has the log and nothing else. */
function wholeReason(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
