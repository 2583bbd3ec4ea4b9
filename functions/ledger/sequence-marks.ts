import type { HeartbeatRecord } from '../../shared/ledger/heartbeat-record.ts'

type Marks = NonNullable<HeartbeatRecord['marks']>

const APART_MILLISECONDS = 30 * 60_000
/** So the oldest is of more than two hours ago, which is how long a fax may be on its way: see the sweep. */
const KEPT = 6

/** What an agent had counted to, half an hour apart: the last count alone says nothing of faxes that are on their way at this moment. */
export function marksAfter(marks: Marks, { sequence: number, heardAt }: HeartbeatRecord): Marks {
  const last = marks.at(-1)
  if (number === undefined) return marks
  const isEarly = last !== undefined && Date.parse(heardAt) - Date.parse(last.heardAt) < APART_MILLISECONDS
  return isEarly ? marks : [...marks, { number, heardAt }].slice(-KEPT)
}
