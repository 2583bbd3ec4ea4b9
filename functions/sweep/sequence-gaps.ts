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

/** An agent that is set up anew counts from the beginning. */
const NEW_COUNT_BELOW = 1000

/**
 * Numbers that never came, though a later one came at least `patienceMinutes` ago: a fax may be uploaded before one that was received
 * earlier. Numbers before the first that was seen are not asked for: they lie before the time that is looked at.
 */
export function sequenceGaps(numbered: readonly Numbered[], now: Date, patienceMinutes: number): Gap[] {
  const latest = now.getTime() - patienceMinutes * 60_000
  return counts(numbered).flatMap((count) => {
    const seen = new Set(count.map(({ number }) => number))
    const settled = count
      .filter(({ receivedAt }) => receivedAt.getTime() <= latest)
      .map(({ number }) => number)
    return settled.length === 0 ? [] : gapsIn(seen, smallest(seen), largest(settled))
  })
}

/** Split where the numbers begin anew. */
function counts(numbered: readonly Numbered[]): Numbered[][] {
  const all: Numbered[][] = []
  let highest = Number.POSITIVE_INFINITY
  for (const one of numbered) {
    const isNew = one.number + NEW_COUNT_BELOW < highest
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

const smallest = (numbers: Iterable<number>) => [...numbers].reduce((one, other) => Math.min(one, other))
const largest = (numbers: Iterable<number>) => [...numbers].reduce((one, other) => Math.max(one, other))
