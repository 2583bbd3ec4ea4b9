import { faxIdSchema } from '../../shared/fax-id.ts'
import { visible } from '../../shared/visible.ts'
import { wrongUsage } from '../words.ts'
import { readDay, type Span } from './when.ts'

// What commands that list take as options. Each throws WrongUsage.

export function readSpan(subcommand: string, day: string, now: Date): Span {
  const span = readDay(day, now)
  if (span !== undefined) return span
  throw wrongUsage(subcommand, `--day ${visible(day)} is no day: YYYY-MM-DD, today or yesterday`)
}

/** Infinity for 0, which is all. */
export function readLimit(subcommand: string, word: string): number {
  if (!/^\d{1,7}$/.test(word)) throw wrongUsage(subcommand, `--limit ${visible(word)} is no whole number`)
  return Number(word) === 0 ? Infinity : Number(word)
}

/** The fax behind which a list goes on. */
export function readPlace(subcommand: string, after: string): string {
  if (faxIdSchema.safeParse(after).success) return after
  throw wrongUsage(
    subcommand,
    `--after ${visible(after)} is no fax id, such as 20261125T092825Z-9pncjvmdn1vq`,
  )
}

/** Newest first, as ids are, and within a second by what the PBX said of the time. */
export function newestFirst<Entry>(
  entries: readonly Entry[],
  keysOf: (entry: Entry) => readonly string[],
): Entry[] {
  return [...entries].sort((one, other) => compare(keysOf(other), keysOf(one)))
}

function compare(one: readonly string[], other: readonly string[]): number {
  const differing = one.findIndex((key, index) => key !== other[index])
  return differing === -1 ? 0 : (one[differing] ?? '') < (other[differing] ?? '') ? -1 : 1
}
