const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, y: 365.25 * 86_400 } as const

/** Seconds of a whole number with a unit behind it, such as 30m; undefined for anything else. */
export function secondsOf(text: string, units: readonly (keyof typeof UNIT_SECONDS)[]): number | undefined {
  const [, count, letter] = /^([1-9]\d{0,4})([smhdy])$/.exec(text) ?? []
  const unit = units.find((one) => one === letter)
  return unit === undefined ? undefined : Number(count) * UNIT_SECONDS[unit]
}
