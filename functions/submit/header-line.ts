import type { TransmissionSettings } from '../../shared/ledger/transmission-record.ts'
import { localTime } from '../../shared/routing-table/local-time.ts'

/**
 * Date, time, who sends and from which number, on every page: what 47 CFR 68.318(d) and its like in other countries ask of whoever sends
 * faxes. `undefined` where the PBX writes it.
 */
export function headerLine(
  { header, headerBy, callerNumber, timeZone }: TransmissionSettings,
  at: Date,
): ((page: number, pages: number) => string) | undefined {
  if (headerBy === 'pbx') return undefined
  const { date, time } = localTime(at, timeZone)
  const number = callerNumber === undefined || callerNumber === header ? [] : [callerNumber]
  const sender = [header, ...number].filter((part) => part !== undefined && part !== '')
  return (page, pages) => [`${date} ${time.slice(0, 5)}`, ...sender, `Page ${page} of ${pages}`].join('   ')
}
