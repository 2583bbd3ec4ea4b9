import { execFile } from 'node:child_process'
import type { Log } from '../log.ts'

/** What systemd is told of a service: `READY=1`, `WATCHDOG=1`, `STOPPING=1`, `STATUS=…`. */
export type Notify = (...assignments: readonly string[]) => void

const TELLING_MILLISECONDS = 5000

/**
 * Speaks to the service manager through systemd-notify, since Node has no datagram sockets of the unix kind. The unit needs
 * NotifyAccess=all: the one who speaks is a child. Nothing is said where nobody listens (`NOTIFY_SOCKET`).
 */
export function systemdNotify(environment: NodeJS.ProcessEnv, log: Log): Notify {
  if (environment.NOTIFY_SOCKET === undefined) return () => {}
  return (...assignments) => {
    const options = { env: environment, timeout: TELLING_MILLISECONDS, killSignal: 'SIGKILL' } as const
    execFile('systemd-notify', [...assignments], options, (error) => {
      // What was not told is told again, or the watchdog ends a service that can't start processes any more.
      if (error !== null)
        log('systemd-not-told', { what: assignments.join(' '), reason: error.message }, 'warning')
    })
  }
}

/** How long the service manager waits for a sign of life; undefined where it does not. */
export function watchdogMilliseconds(environment: NodeJS.ProcessEnv): number | undefined {
  const microseconds = Number(environment.WATCHDOG_USEC)
  return Number.isSafeInteger(microseconds) && microseconds > 0 ? microseconds / 1000 : undefined
}
