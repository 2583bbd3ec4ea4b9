import { timeOfFaxId } from '../../shared/fax-id.ts'
import {
  type Concern,
  concernsOfReception,
  concernsOfTransmission,
  isOpen,
  LOOK_BACK_DAYS,
} from '../../shared/ledger/concerns.ts'
import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'
import type { TransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'

/** More of a kind are not looked at one by one. */
export const MOST_OF_A_KIND = 200

/** What needs a person by now, of both directions. Each kind is read by the ledger's index of states, newest first. */
export async function readForAPerson(
  { ledger, transmissions }: { ledger: LedgerQueries; transmissions: TransmissionQueries },
  now: Date,
): Promise<Concern[]> {
  const reception = (entry: FaxEntry) => concernsOfReception(entry, now)
  const transmission = (record: TransmissionRecord) => concernsOfTransmission(record, now)
  const found = await Promise.all([
    ...(['failed', 'bounced', 'unrouted', 'refused'] as const).map((state) =>
      take(ledger.faxesInState(state), ({ fax }) => fax.id, reception, now),
    ),
    take(ledger.damagedFaxes(), ({ fax }) => fax.id, reception, now),
    // Oldest first: nothing is too old to be looked at.
    take(ledger.stuck(now), undefined, reception, now),
    ...(['failed', 'unknown', 'refused'] as const).map((state) =>
      take(transmissions.inState(state), ({ id }) => id, transmission, now),
    ),
    take(transmissions.open(), undefined, transmission, now),
  ])
  // A fax is found once for each thing that is wrong with it.
  return [...new Map(found.flat().map((concern) => [JSON.stringify(concern), concern])).values()]
}

/** `idOf`: where the newest come first, by which it is known when all that follow are too old. */
async function take<Entry>(
  entries: AsyncIterable<Entry>,
  idOf: ((entry: Entry) => string) | undefined,
  concernsOf: (entry: Entry) => Concern[],
  now: Date,
): Promise<Concern[]> {
  const oldest = new Date(now.getTime() - LOOK_BACK_DAYS * 86_400_000)
  const found: Concern[] = []
  for await (const entry of entries) {
    if (idOf !== undefined && timeOfFaxId(idOf(entry)) < oldest) break
    found.push(...concernsOf(entry).filter((concern) => isOpen(concern, now)))
    if (found.length >= MOST_OF_A_KIND) break
  }
  return found
}
