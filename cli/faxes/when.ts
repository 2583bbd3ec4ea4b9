/** Times as the operator's clock has them: the time zone of the machine, or TZ. */

const two = (number: number) => String(number).padStart(2, '0')

/** YYYY-MM-DD. */
export function dayOf(instant: Date): string {
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`
}

/** HH:MM:SS. */
export function timeOf(instant: Date): string {
  return `${two(instant.getHours())}:${two(instant.getMinutes())}:${two(instant.getSeconds())}`
}

/** HH:MM:SS of today, else MM-DD HH:MM: for a table. */
export function shortTimeOf(instant: Date, now: Date): string {
  if (dayOf(instant) === dayOf(now)) return timeOf(instant)
  return `${dayOf(instant).slice(5)} ${timeOf(instant).slice(0, 5)}`
}

export interface Span {
  from: Date
  /** Not part of it. */
  to: Date
}

/** A day from midnight to midnight: YYYY-MM-DD, today or yesterday. Undefined for any other word. */
export function readDay(word: string, now: Date): Span | undefined {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()]
  if (word === 'today') return span(year, month, day)
  if (word === 'yesterday') return span(year, month, day - 1)
  const [, ...parts] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(word) ?? []
  if (parts.length === 0) return undefined
  const [y = 0, m = 0, d = 0] = parts.map(Number)
  const found = span(y, m - 1, d)
  return dayOf(found.from) === word ? found : undefined
}

function span(year: number, month: number, day: number): Span {
  return { from: new Date(year, month, day), to: new Date(year, month, day + 1) }
}

/** How long something has been, in the unit that says it shortest. */
export function ago(instant: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - instant.getTime()) / 1000))
  if (seconds < 100) return `${seconds} s`
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`
}
