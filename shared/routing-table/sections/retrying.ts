import { attemptsIn } from '../../retry-schedule.ts'
import type { Reading } from '../checks.ts'
import { type Check, wrong } from '../checks.ts'
import { backendNameSchema, DEFAULT_RETRY_PLAN, type RetryPlan } from '../deployed-table.ts'
import type { SectionReader } from '../section-reader.ts'
import type { RETRY_OPTIONS } from './option-names.ts'
import { span } from './span.ts'

const TIMES = ['s', 'm', 'h', 'd'] as const
/** A message waits on its queue in steps; what has not come through in a week needs a person. */
const forHowLong = span({ units: TIMES, least: '1s', most: '7d', example: '24h or 90m' })
const wait = span({ units: TIMES, least: '1s', most: '12h', example: '60s, 5m or 1h' })

/** undefined where the section says nothing of it. */
export function readRetryPlan(
  options: SectionReader<(typeof RETRY_OPTIONS)[number]>,
  reading: Reading,
): RetryPlan | undefined {
  const written = {
    forSeconds: options.value('retry_for', forHowLong),
    firstSeconds: options.value('retry_first', wait),
    longestSeconds: options.value('retry_longest', wait),
  }
  if (Object.values(written).every((value) => value === undefined)) return undefined
  const firstSeconds = written.firstSeconds ?? DEFAULT_RETRY_PLAN.firstSeconds
  const longestSeconds = written.longestSeconds ?? Math.max(DEFAULT_RETRY_PLAN.longestSeconds, firstSeconds)
  const [line] = options.all('retry_longest').map((option) => option.line)
  if (line !== undefined && longestSeconds < firstSeconds) {
    const problem = `retry_longest: The first wait is longer than this, ${firstSeconds} seconds.`
    const fix = 'Write a longer one, or a shorter retry_first.'
    reading.finding({ line, found: 'retry_longest = …', problem, fix })
  }
  const plan = {
    forSeconds: written.forSeconds ?? DEFAULT_RETRY_PLAN.forSeconds,
    firstSeconds,
    longestSeconds,
  }
  // Without retry_longest the waits grow to an hour or more: no plan comes to so many.
  if (line !== undefined && longestSeconds >= firstSeconds) checkAttempts(plan, line, reading)
  return plan
}

/** Each attempt is written down, and asks the other side anew: of a server that is down for days, a few hundred are of no use to anybody. */
const MOST_ATTEMPTS = 200

function checkAttempts(plan: RetryPlan, line: number, reading: Reading): void {
  const attempts = attemptsIn(plan)
  if (attempts <= MOST_ATTEMPTS) return
  const { forSeconds, longestSeconds } = plan
  reading.finding({
    line,
    found: 'retry_longest = …',
    problem: `retry_longest: Every ${longestSeconds} seconds for ${forSeconds} seconds would be ${attempts} attempts; ${MOST_ATTEMPTS} is the most.`,
    fix: 'Write a longer one, such as 1h, or a shorter retry_for.',
  })
}

/** Only whether it looks like a backend; whether there is such a one is known when all have been read. */
export const fallbackName: Check<string> = (text) =>
  backendNameSchema.safeParse(text).success
    ? { value: text }
    : wrong('No backend has such a name.', 'Write the name of one backend: fallback = mail.')
