import { localTime } from '../../../shared/routing-table/local-time.ts'
import { render } from '../../../shared/routing-table/render.ts'
import { visible } from '../../../shared/visible.ts'
import type { Attempt } from '../../deliver/attempt.ts'

/** Far below CloudWatch's 1 MiB an event, far above any message that an admin would write. */
const LONGEST_LINE = 4096

/**
 * XiVO's shape: `YYYY-MM-DD HH:MM:SS msg`, at the time of reception. Always one line, whatever numbers and station IDs hold.
 */
export function logLine({ fax, backend, timeZone, language }: Attempt<'log'>): string {
  const { date, time } = localTime(new Date(fax.facts.receivedAt), timeZone)
  const line = `${date} ${time} ${visible(render(backend.message, fax, { timeZone, language }))}`
  return line.slice(0, LONGEST_LINE).toWellFormed()
}
