/** Seconds before the second, third, … attempt. SQS delays a message by 900 s at most. */
const WAITS_SECONDS = [10, 60, 300, 900, 900]

/** The wait after `attempts` attempts, or undefined when that was the last. */
export function waitAfter(attempts: number): number | undefined {
  return WAITS_SECONDS[attempts - 1]
}
