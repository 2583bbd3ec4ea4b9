export interface Backoff {
  firstMilliseconds: number
  longestMilliseconds: number
}

/**
 * The wait after `failures` failures in a row (from 1): doubling up to the longest, and of that somewhere in the upper
 * half, so that the sites which one outage stopped do not all come back in the same second.
 */
export function backoffMilliseconds(failures: number, backoff: Backoff, random: number): number {
  const whole = Math.min(backoff.longestMilliseconds, backoff.firstMilliseconds * 2 ** (failures - 1))
  return Math.round(whole * (0.5 + random / 2))
}
