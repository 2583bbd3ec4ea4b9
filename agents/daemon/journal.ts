import { type Log, type LogLevel, logLine } from '../log.ts'

/** As syslog numbers them; systemd reads the number in front of a line and leaves it out. */
const PRIORITIES: Record<LogLevel, number> = { error: 3, warning: 4, info: 6 }

/**
 * Lines for the journal. Without a journal behind standard output (`JOURNAL_STREAM` is what systemd says so by), a line has no
 * number in front.
 */
export function journalLog(write: (line: string) => void, environment: NodeJS.ProcessEnv): Log {
  const toJournal = environment.JOURNAL_STREAM !== undefined
  return (event, fields, level = 'info') =>
    write(`${toJournal ? `<${PRIORITIES[level]}>` : ''}${logLine(event, fields)}\n`)
}
