import { localTime } from '../../../shared/routing-table/local-time.ts'
import { render } from '../../../shared/routing-table/render.ts'
import type { Attempt } from '../../deliver/attempt.ts'

/** Far below CloudWatch's 1 MiB an event, far above any message that an admin would write. */
const LONGEST_LINE = 4096

/**
 * XiVO's shape: `YYYY-MM-DD HH:MM:SS msg`, at the time of reception. Numbers and station IDs come from strangers: whatever could
 * end the line or move a terminal's cursor becomes visible as an escape, and bidirectional marks, which could turn a
 * line's reading around, as well.
 */
export function logLine({ fax, backend, timeZone }: Attempt<'log'>): string {
  const { date, time } = localTime(new Date(fax.facts.receivedAt), timeZone)
  const line = `${date} ${time} ${visible(render(backend.message, fax, timeZone))}`
  return line.slice(0, LONGEST_LINE).toWellFormed()
}

function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    )
}
