import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { TransmissionLedger } from '../ledger/transmission-ledger.ts'
import { cancelTransmission } from '../ledger/transmission-transitions.ts'

export interface CancelDependencies {
  ledger: Pick<TransmissionLedger, 'getTransmission' | 'replaceTransmission'>
  /** Whether the attempt is ours from now on, or was before: then nobody dials it. */
  claimAttempt: (record: TransmissionRecord, by: string) => Promise<boolean>
  tellEnd: (record: TransmissionRecord) => Promise<void>
  now: () => Date
}

export type Cancellation = { canceled: TransmissionRecord } | { tooLate: TransmissionRecord; why: string }

const MOST_TRIES = 5

/**
 * Cancels what is not dialled yet. The claim of the attempt decides between us and the site's agent; before there are pages, the record itself
 * does, since `submit` replaces it.
 */
export async function cancel(
  dependencies: CancelDependencies,
  found: TransmissionRecord,
  by: string,
): Promise<Cancellation> {
  const { ledger, claimAttempt, tellEnd, now } = dependencies
  let record: TransmissionRecord = found
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    if (record.state === 'canceled') return { canceled: record }
    if (hasTransmissionEnded(record)) return { tooLate: record, why: `It has ended: ${record.state}.` }
    const mine =
      record.state === 'accepted' || (record.state === 'waiting' && (await claimAttempt(record, by)))
    const next = mine ? cancelTransmission(record, `Canceled by ${by}.`, now()) : undefined
    if (next === undefined)
      return { tooLate: record, why: 'It is being dialled: the call goes on to its end.' }
    if (await ledger.replaceTransmission(next)) {
      await tellEnd(next)
      return { canceled: next }
    }
    record = (await ledger.getTransmission(record.id)) ?? record
  }
  throw new Error(`The record of transmission ${found.id} goes on changing.`)
}
