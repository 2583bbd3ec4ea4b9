import type { HeartbeatRecord } from '../../shared/ledger/heartbeat-record.ts'

/** The numbers of a site's faxes, in the order of their reception. */
export interface Numbered {
  number: number
  receivedAt: Date
}

/** A number that went missing, or several in a row. */
export interface Gap {
  first: number
  last: number
}

/** The time that is looked at, and how long a fax may be on its way. */
export interface LookedAt {
  from: Date
  now: Date
  patienceMinutes: number
}

/** An agent that is set up anew begins a count of its own: the old ones at 1, the others at the seconds since 1970. */
const NEW_COUNT_BELOW = 1000
const NEW_COUNT_ABOVE = 3600
/** Faxes get their numbers when they are first tried to be uploaded, some long after they were received. */
const LONGEST_MARGIN_MILLISECONDS = 86_400_000

/**
 * Numbers that never came, though a later one came at least `patienceMinutes` ago: a fax may be uploaded before one that was received
 * earlier. What was received in the first day tells of no gap: the number between may be of a fax that was received before it.
 */
export function sequenceGaps(numbered: readonly Numbered[], { from, now, patienceMinutes }: LookedAt): Gap[] {
  const margin = Math.min(LONGEST_MARGIN_MILLISECONDS, (now.getTime() - from.getTime()) / 2)
  const latest = now.getTime() - patienceMinutes * 60_000
  return counts(numbered).flatMap((count) => {
    const seen = new Set(count.map(({ number }) => number))
    const asked = count.filter(({ receivedAt }) => receivedAt.getTime() >= from.getTime() + margin)
    const settled = asked.filter(({ receivedAt }) => receivedAt.getTime() <= latest)
    return settled.length === 0 ? [] : gapsIn(seen, smallest(asked), largest(settled))
  })
}

/**
 * Numbers after the last one that came, which the agent had given to faxes at least `patienceMinutes` ago by its signs of life, and which
 * do not wait at the site. Undefined where there are none, and where nothing came that would tell where they begin.
 */
export function missingAtTheEnd(
  numbered: readonly Numbered[],
  { marks = [], waiting }: Pick<HeartbeatRecord, 'marks' | 'waiting'>,
  { now, patienceMinutes }: Omit<LookedAt, 'from'>,
): Gap | undefined {
  const latest = new Date(now.getTime() - patienceMinutes * 60_000).toISOString()
  const given = marks.findLast(({ heardAt }) => heardAt <= latest)?.number
  const lastCount = counts(numbered).at(-1)
  if (given === undefined || lastCount === undefined) return undefined
  const arrived = largest(lastCount)
  const missing = given - arrived
  if (missing <= waiting || missing > NEW_COUNT_ABOVE) return undefined
  return { first: arrived + 1, last: given }
}

/** Split where the numbers begin anew. */
function counts(numbered: readonly Numbered[]): Numbered[][] {
  const all: Numbered[][] = []
  let highest = 0
  for (const one of numbered) {
    const isNew = one.number + NEW_COUNT_BELOW < highest || one.number > highest + NEW_COUNT_ABOVE
    if (all.length === 0 || isNew) all.push([])
    highest = isNew ? one.number : Math.max(highest, one.number)
    all.at(-1)?.push(one)
  }
  return all
}

function gapsIn(seen: ReadonlySet<number>, first: number, last: number): Gap[] {
  const gaps: Gap[] = []
  for (let number = first; number <= last; number += 1) {
    if (seen.has(number)) continue
    const open = gaps.at(-1)
    if (open?.last === number - 1) open.last = number
    else gaps.push({ first: number, last: number })
  }
  return gaps
}

const smallest = (numbered: readonly Numbered[]) =>
  numbered.reduce((one, { number }) => Math.min(one, number), Number.POSITIVE_INFINITY)
const largest = (numbered: readonly Numbered[]) =>
  numbered.reduce((one, { number }) => Math.max(one, number), 0)
