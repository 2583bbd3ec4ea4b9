import { setTimeout as pause } from 'node:timers/promises'
import type { TransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'

const LOOK_AGAIN_MILLISECONDS = 1000

/** Looks at a transmission until it has ended, and tells of each change. It is there some moments after its document. */
export async function follow(
  { transmission }: Pick<TransmissionQueries, 'transmission'>,
  id: string,
  tell: (record: TransmissionRecord) => void,
): Promise<TransmissionRecord> {
  let seen = -1
  for (;;) {
    const record = await transmission(id)
    if (record !== undefined && record.revision !== seen) {
      seen = record.revision
      tell(record)
      if (hasTransmissionEnded(record)) return record
    }
    await pause(LOOK_AGAIN_MILLISECONDS)
  }
}
