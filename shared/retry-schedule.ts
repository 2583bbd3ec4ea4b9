import type { Outcome } from './outcome.ts'
import { DEFAULT_RETRY_PLAN, type RetryPlan } from './routing-table/deployed-table.ts'

/** For what passes within seconds, such as a sending rate that was exceeded; what has not passed after so long was something else. */
const WITHIN_SECONDS = { firstSeconds: 5, longestSeconds: 60, forSeconds: 900 }

/**
 * The wait after an attempt, or undefined when that was the last. As long as all waits before together, so that each doubles the time since the
 * first attempt, but never outside of the plan; the last one ends when the plan does. Waits are counted and not the clock: a queue that
 * was held up takes no attempts away.
 */
export function waitAfter(
  outcome: Outcome,
  waitedSeconds: number,
  plan: RetryPlan = DEFAULT_RETRY_PLAN,
): number | undefined {
  if (outcome.outcome !== 'retry' || waitedSeconds >= plan.forSeconds) return undefined
  const isPassing = outcome.pace === 'seconds' && waitedSeconds < WITHIN_SECONDS.forSeconds
  const { firstSeconds, longestSeconds } = isPassing ? WITHIN_SECONDS : plan
  return nextWait(waitedSeconds, { firstSeconds, longestSeconds, forSeconds: plan.forSeconds })
}

/** How many attempts a plan comes to where nothing ever helps. */
export function attemptsIn(plan: RetryPlan): number {
  let attempts = 1
  for (let waited = 0; waited < plan.forSeconds; waited += nextWait(waited, plan)) attempts += 1
  return attempts
}

function nextWait(waitedSeconds: number, { firstSeconds, longestSeconds, forSeconds }: RetryPlan): number {
  const wait = Math.min(Math.max(waitedSeconds, firstSeconds), longestSeconds)
  return Math.min(wait, forSeconds - waitedSeconds)
}
