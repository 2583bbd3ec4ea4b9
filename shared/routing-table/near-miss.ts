/** The candidate that `word` most likely stands for, or undefined where none is near. Case does not count. */
export function nearMiss(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.trim().toLowerCase()
  const allowed = Math.min(2, Math.floor(wanted.length / 3))
  let best: { candidate: string; edits: number } | undefined
  for (const candidate of candidates) {
    const edits = distance(wanted, candidate.toLowerCase(), allowed)
    if (edits <= allowed && edits < (best?.edits ?? Infinity)) best = { candidate, edits }
  }
  return best?.candidate ?? onlyOneThatStartsWith(wanted, candidates)
}

function onlyOneThatStartsWith(wanted: string, candidates: readonly string[]): string | undefined {
  if (wanted.length < 3) return undefined
  const longer = candidates.filter((candidate) => candidate.toLowerCase().startsWith(wanted))
  return longer.length === 1 ? longer[0] : undefined
}

/** Insertions, deletions, replacements and swaps of neighbours; Infinity as soon as it is sure to exceed `limit`. */
function distance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return Infinity
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped && row > 1 && column > 1 ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      )
    }
    if (Math.min(...current) > limit) return Infinity
    beforeLast = last
    last = current
  }
  return last[to.length] ?? Infinity
}
