const UNIT_MILLISECONDS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * A time as people say it, by the clock of this machine: 21:30 is the next one, 2026-11-26 08:00 that one, +2h in two hours, and ISO 8601 with
 * an offset what it says. Undefined for anything else.
 */
export function readTime(word: string, now: Date): Date | undefined {
  return later(word, now) ?? timeOfDay(word, now) ?? dayAndTime(word) ?? instant(word)
}

function later(word: string, now: Date): Date | undefined {
  const [, count, unit] = /^\+(\d{1,4})([mhd])$/.exec(word) ?? []
  if (count === undefined) return undefined
  return new Date(now.getTime() + Number(count) * UNIT_MILLISECONDS[unit as keyof typeof UNIT_MILLISECONDS])
}

function timeOfDay(word: string, now: Date): Date | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(word) ?? []
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59) return undefined
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate(), Number(hour), Number(minute))
  if (today > now) return today
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, Number(hour), Number(minute))
}

function dayAndTime(word: string): Date | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})$/.exec(word)?.slice(1).map(Number)
  if (parts === undefined) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts
  const date = new Date(year, month - 1, day, hour, minute)
  // Date goes on to the next month where a day is not in its month.
  const isReal = date.getMonth() === month - 1 && date.getDate() === day && hour < 24 && minute < 60
  return isReal ? date : undefined
}

function instant(word: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(word)) return undefined
  const date = new Date(word)
  return Number.isNaN(date.getTime()) ? undefined : date
}
