import { visibleJson } from '../shared/visible.ts'

/** `warning` is for what mends itself or may; `error` is for what somebody has to look at. */
export type LogLevel = 'info' | 'warning' | 'error'

/** What the agents say of their work. Numbers go in masked (shared/mask.ts), secrets never. `info` where no level is given. */
export type Log = (event: string, fields: Record<string, string | number | boolean>, level?: LogLevel) => void

/** One line for the journal: the event, then name=value; whatever could break or forge a line is escaped. */
export function logLine(event: string, fields: Record<string, string | number | boolean>): string {
  return [
    event,
    ...Object.entries(fields).map(([name, value]) => `${name}=${plainOrQuoted(String(value))}`),
  ].join(' ')
}

function plainOrQuoted(value: string): string {
  if (/^[\w.:/+@,*-]+$/.test(value)) return value
  return visibleJson(value)
}
