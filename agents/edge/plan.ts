/** A fax that is ready to go up, as the order of work sees it. Times are milliseconds of a clock that nobody sets. */
export interface WaitingFax {
  stem: string
  /** Faxes of one destination number go up in order. Undefined: unknown, so there is no order to keep. */
  number: string | undefined
  receivedAt: string
  sizeBytes: number
  failures: number
  lastTriedAt: number | undefined
  /** Not before this, after a failure of its own. */
  notBefore: number
  /** Another one of its number went up right after this one failed, so it is not the line that stops it. */
  passed: boolean
}

/** The way to the cloud, as all faxes together see it. */
export interface Line {
  /** The faxes that failed since the last one went up. Two make it the line's fault. */
  failed: ReadonlySet<string>
  failures: number
  lastFailedAt: number
  /** While the line is in trouble: when the next fax may probe it. */
  notBefore: number
}

export const CLEAR_LINE: Line = { failed: new Set(), failures: 0, lastFailedAt: 0, notBefore: 0 }

export interface Situation {
  waiting: readonly WaitingFax[]
  /** What is going up, and since when. */
  running: ReadonlyMap<string, number>
  line: Line
  parallel: number
  now: number
}

export interface Plan {
  start: string[]
  /** When something may become due without anything happening. Undefined: never. */
  wakeAt: number | undefined
}

/** So often may a fax fail before the next one of its number is tried behind it. */
export const FAILURES_BEFORE_YIELDING = 5
/**
 * How long after such a failure the next one may be tried. Short, so that both see the same line: if that is down, both fail, and the
 * first is the first again when it comes back.
 */
export const YIELD_MILLISECONDS = 30_000
/** Larger faxes leave one place free, so that several of them do not keep a page from going up. */
export const LARGE_BYTES = 2_000_000

export const isInTrouble = (line: Line) => line.failed.size >= 2

/** What goes up now. Pure, so that every order of arrivals and failures can be tried. */
export function planUploads(situation: Situation): Plan {
  const { waiting, running, line, parallel, now } = situation
  const candidates = candidatesOf(situation)
  const due = candidates.filter(({ fax, follows }) => follows || fax.notBefore <= now)
  const free = Math.max(0, parallel - running.size)
  const start = isInTrouble(line) ? probe(situation, due, free) : fill(waiting, running, due, free, parallel)
  const times = candidates.flatMap(({ fax }) => (fax.notBefore > now ? [fax.notBefore] : []))
  if (isInTrouble(line) && line.notBefore > now) times.push(line.notBefore)
  return { start: start.map(({ stem }) => stem), wakeAt: times.length === 0 ? undefined : Math.min(...times) }
}

interface Candidate {
  fax: WaitingFax
  /** It is tried because the one before it just failed, time and again. */
  follows: boolean
}

/** Those that no other fax of their number holds back, in order. */
function candidatesOf({ waiting, running, line, now }: Situation): Candidate[] {
  const queues = new Map<string, WaitingFax[]>()
  const candidates: Candidate[] = []
  for (const fax of [...waiting].sort(inOrder)) {
    const queue = fax.number === undefined || fax.passed ? undefined : (queues.get(fax.number) ?? [])
    if (queue === undefined) {
      if (!running.has(fax.stem)) candidates.push({ fax, follows: false })
      continue
    }
    queue.push(fax)
    queues.set(fax.number ?? '', queue)
  }
  for (const queue of queues.values()) {
    if (queue.some(({ stem }) => running.has(stem))) continue
    const candidate = candidateOfNumber(queue, { isDueFirst: !isInTrouble(line), now })
    if (candidate !== undefined) candidates.push(candidate)
  }
  return candidates.sort((a, b) => inOrder(a.fax, b.fax))
}

/** The first of its number; or behind one that yields, the next, once for each time that the one before it failed. */
function candidateOfNumber(
  [head, next, ...rest]: readonly WaitingFax[],
  { isDueFirst, now }: { isDueFirst: boolean; now: number },
  follows = false,
): Candidate | undefined {
  if (head === undefined) return undefined
  if (next === undefined || !yields(head, now) || (isDueFirst && head.notBefore <= now)) {
    return { fax: head, follows }
  }
  if (triedAt(next) < triedAt(head)) return { fax: next, follows: true }
  const further = candidateOfNumber([next, ...rest], { isDueFirst: false, now }, true)
  return further === undefined || further.fax === next ? { fax: head, follows } : further
}

function yields(fax: WaitingFax, now: number): boolean {
  return fax.failures >= FAILURES_BEFORE_YIELDING && now - triedAt(fax) < YIELD_MILLISECONDS
}

function triedAt({ lastTriedAt }: WaitingFax): number {
  return lastTriedAt ?? Number.NEGATIVE_INFINITY
}

function fill(
  waiting: readonly WaitingFax[],
  running: ReadonlyMap<string, number>,
  due: readonly Candidate[],
  free: number,
  parallel: number,
): WaitingFax[] {
  const isLarge = ({ sizeBytes }: WaitingFax) => sizeBytes > LARGE_BYTES
  let largeFree =
    Math.max(1, parallel - 1) - waiting.filter((fax) => running.has(fax.stem) && isLarge(fax)).length
  const start: WaitingFax[] = []
  for (const { fax } of due) {
    if (start.length >= free) break
    if (isLarge(fax) && largeFree <= 0) continue
    if (isLarge(fax)) largeFree -= 1
    start.push(fax)
  }
  return start
}

/** One at a time, whoever was tried longest ago: a fax that is itself at fault must not be the only one that is tried. */
function probe({ running, line, now }: Situation, due: readonly Candidate[], free: number): WaitingFax[] {
  const isProbed = [...running.values()].some((since) => since >= line.lastFailedAt)
  if (free === 0 || isProbed) return []
  const open = due.filter(({ follows }) => follows || line.notBefore <= now)
  const [next] = open.map(({ fax }) => fax).sort((a, b) => triedAt(a) - triedAt(b))
  return next === undefined ? [] : [next]
}

function inOrder(a: WaitingFax, b: WaitingFax): number {
  const [first, second] = a.receivedAt === b.receivedAt ? [a.stem, b.stem] : [a.receivedAt, b.receivedAt]
  if (first === second) return 0
  return first < second ? -1 : 1
}

/** One that went up: the line is well, and whoever stood before it in its number has itself to blame. */
export function afterSuccess(waiting: readonly WaitingFax[], done: WaitingFax): WaitingFax[] {
  return waiting
    .filter(({ stem }) => stem !== done.stem)
    .map((fax) =>
      fax.number !== undefined && fax.number === done.number && inOrder(fax, done) < 0
        ? { ...fax, passed: true }
        : fax,
    )
}

export interface Failure {
  stem: string
  /** Whether the cloud or the way there may be at fault; a file that can't be read is not. */
  byLine: boolean
  at: number
  /** For the wait after `failures` failures. */
  waitMilliseconds: (failures: number) => number
}

/** The line after a failure. One fax alone proves nothing: that one waits, and the line stays open for the next. */
export function lineAfterFailure(line: Line, { stem, byLine, at, waitMilliseconds }: Failure): Line {
  if (!byLine) return line
  const failed = new Set(line.failed).add(stem)
  if (failed.size < 2) return { ...line, failed, lastFailedAt: at }
  const failures = line.failures + 1
  return { failed, failures, lastFailedAt: at, notBefore: at + waitMilliseconds(failures) }
}

/** A fax after a failure. While the line is in trouble, the line's wait is enough: it is tried as soon as that is well. */
export function faxAfterFailure(fax: WaitingFax, line: Line, { at, waitMilliseconds }: Failure): WaitingFax {
  const failures = fax.failures + 1
  const notBefore = isInTrouble(line) ? fax.notBefore : at + waitMilliseconds(failures)
  return { ...fax, failures, lastTriedAt: at, notBefore }
}
