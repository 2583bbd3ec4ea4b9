import type { FaxEntry } from './queries.ts'
import type { DeliveryRecord } from './records.ts'
import { remarksOf } from './remarks.ts'
import { replacedBackends } from './replaced.ts'
import { whatIsStuck } from './stuck.ts'
import { whyStuck } from './stuck-transmission.ts'
import type { TransmissionRecord } from './transmission-record.ts'

/** What needs a person: of faxes that were received, and of those that were to be sent. */
export const RECEPTION_CONCERNS = ['failed', 'bounced', 'unrouted', 'refused', 'damaged', 'stuck'] as const
export const TRANSMISSION_CONCERNS = ['failed', 'unknown', 'refused', 'stuck'] as const
export type ReceptionConcern = (typeof RECEPTION_CONCERNS)[number]
export type TransmissionConcern = (typeof TRANSMISSION_CONCERNS)[number]

interface Concerned {
  /** The fax id. */
  fax: string
  /** Of a delivery. */
  backend?: string
  /** When it ended like that; of what is stuck, when it was taken. */
  since: string
  /** For an operator, of what is stuck. */
  why?: string
}
export type Concern =
  | ({ of: 'reception'; concern: ReceptionConcern } & Concerned)
  | ({ of: 'transmission'; concern: TransmissionConcern } & Concerned)

/** Everything that is wrong in what is given, of any age: as the commands list it, count it, and the alarms speak of it. */
export function concerns(
  ledger: { receptions: readonly FaxEntry[]; transmissions: readonly TransmissionRecord[] },
  now: Date,
): Concern[] {
  return [
    ...ledger.receptions.flatMap((entry) => concernsOfReception(entry, now)),
    ...ledger.transmissions.flatMap((record) => concernsOfTransmission(record, now)),
  ]
}

export function concernsOfReception(entry: FaxEntry, now: Date): Concern[] {
  const { fax, deliveries } = entry
  const of = 'reception'
  // What an operator only tried is nobody's fax.
  if (fax.state === 'simulated') return []
  const { id, state, openedAt, closedAt: since = openedAt } = fax
  const ended = state === 'unrouted' || state === 'refused' ? [state] : []
  const damaged = remarksOf(fax).length > 0 ? (['damaged'] as const) : []
  return [
    ...[...ended, ...damaged].map((concern): Concern => ({ of, concern, fax: id, since })),
    ...endedBadly(deliveries).map(
      ({ backend, state, endedAt }): Concern => ({ of, concern: state, fax: id, backend, since: endedAt }),
    ),
    ...whatIsStuck(entry, now).map(
      (stuck): Concern => ({ of, concern: 'stuck', fax: id, since: openedAt, ...stuck }),
    ),
  ]
}

/** Without those that a fallback delivers instead. */
function endedBadly(deliveries: readonly DeliveryRecord[]) {
  const replaced = replacedBackends(deliveries)
  return deliveries.flatMap(({ backend, state, openedAt, history }) => {
    if ((state !== 'failed' && state !== 'bounced') || replaced.has(backend)) return []
    return [{ backend, state, endedAt: history.at(-1)?.at ?? openedAt }]
  })
}

export function concernsOfTransmission(record: TransmissionRecord, now: Date): Concern[] {
  const { id, state, openedAt, closedAt: since = openedAt } = record
  const of = 'transmission'
  if (state === 'failed' || state === 'unknown' || state === 'refused')
    return [{ of, concern: state, fax: id, since }]
  const stuck = whyStuck(record, now)
  return stuck === undefined ? [] : [{ of, concern: 'stuck', fax: id, since: openedAt, why: stuck.why }]
}

/** The command that lists all of a kind. */
export function commandOf({ of, concern }: Pick<Concern, 'of' | 'concern'>): string {
  return `faxlane ${of === 'reception' ? 'list' : 'sent'} --state ${concern}`
}

/** What a repetition mends calls for somebody until it is mended; but after so many days nobody waits for a fax. */
export const MENDABLE_DAYS = 30
/** What nothing mends has been seen by then, over a long weekend as well. */
export const SEEN_DAYS = 4
/** How old a fax can be of which something {@link isOpen}: it may be under way for `retry_for`, or wait for paper, before it ends. */
export const LOOK_BACK_DAYS = MENDABLE_DAYS + 15
const MENDABLE: ReadonlySet<string> = new Set(['failed', 'bounced', 'unrouted'] satisfies ReceptionConcern[])

/** Whether somebody is still to look at it. The commands list what is older as well. */
export function isOpen({ of, concern, since }: Concern, now: Date): boolean {
  if (concern === 'stuck') return true
  const days = of === 'reception' && MENDABLE.has(concern) ? MENDABLE_DAYS : SEEN_DAYS
  return now.getTime() - Date.parse(since) <= days * 86_400_000
}
