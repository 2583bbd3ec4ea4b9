const formats = new Map<string, Intl.DateTimeFormat>()

/** YYYY-MM-DD and HH:MM:SS on the wall clock of an IANA time zone. Throws RangeError for a zone that ICU does not know. */
export function localTime(instant: Date, timeZone: string): { date: string; time: string } {
  let format = formats.get(timeZone)
  if (format === undefined) {
    // Swedish writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    formats.set(timeZone, format)
  }
  const [date = '', time = ''] = format.format(instant).split(' ')
  return { date, time }
}
