import { type Check, wrong } from '../checks.ts'
import { secondsOf } from './duration.ts'

interface SpanLimits {
  /** The units that are taken, smallest first. */
  units: Parameters<typeof secondsOf>[1]
  least: string
  most: string
  example: string
}

/** A span of time within limits, in seconds. */
export function span({ units, least, most, example }: SpanLimits): Check<number> {
  const [lowest = 0, highest = 0] = [secondsOf(least, units), secondsOf(most, units)]
  return (text) => {
    const seconds = secondsOf(text, units)
    if (seconds !== undefined && seconds >= lowest && seconds <= highest) return { value: seconds }
    const names = `${units.slice(0, -1).join(', ')} or ${units.at(-1)}`
    const problem = `This is a whole number with ${names} behind it, from ${least} to ${most}.`
    return wrong(problem, `Write ${example}.`)
  }
}
