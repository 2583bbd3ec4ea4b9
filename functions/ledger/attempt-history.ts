import { type DeliveryRecord, FIRST_ATTEMPTS_KEPT } from '../../shared/ledger/records.ts'
import type { Outcome } from '../../shared/outcome.ts'

/** DynamoDB takes items of 400 KB, and charges for each write by their size: with these limits a record has 60 KB at most. */
const LAST_ATTEMPTS_KEPT = 50
const LONGEST_TEXT_BYTES = 1000

type History = Pick<DeliveryRecord, 'history' | 'historyLeftOut'>

/** The history with one attempt more. How it began and how it goes now is kept; what it says in between is the same over and over. */
export function withAttempt(record: DeliveryRecord, result: Outcome, now: Date): History {
  const attempt = { attempt: Math.max(1, record.attempts), at: now.toISOString(), result: shortened(result) }
  const history = [...record.history, attempt]
  const surplus = Math.max(0, history.length - FIRST_ATTEMPTS_KEPT - LAST_ATTEMPTS_KEPT)
  history.splice(FIRST_ATTEMPTS_KEPT, surplus)
  const historyLeftOut = (record.historyLeftOut ?? 0) + surplus
  return { history, ...(historyLeftOut === 0 ? {} : { historyLeftOut }) }
}

function shortened(outcome: Outcome): Outcome {
  const { text, code } = outcome
  return {
    ...outcome,
    ...(outcome.outcome === 'delivered' ? { receipt: cut(outcome.receipt) } : {}),
    text: cut(text),
    ...(code === undefined ? {} : { code: cut(code) }),
  }
}

function cut(text: string): string {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= LONGEST_TEXT_BYTES) return text
  // As a stream, the decoder leaves a character away that was cut in two.
  const whole = new TextDecoder().decode(bytes.subarray(0, LONGEST_TEXT_BYTES - 3), { stream: true })
  return `${whole}…`
}
