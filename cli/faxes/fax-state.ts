import type { FaxEntry } from '../../shared/ledger/queries.ts'
import type { DeliveryState, FaxState } from '../../shared/ledger/records.ts'
import { replacedBackends } from '../../shared/ledger/replaced.ts'
import type { Colour } from '../terminal/screen.ts'

export type State = FaxState | DeliveryState

/** What calls for somebody comes before what is under way, and that before what is done. */
const BY_URGENCY = [
  'failed',
  'bounced',
  'waiting',
  'claimed',
  'delivered',
] as const satisfies readonly DeliveryState[]

/** Where a fax stands in one word: its own state, or that of the delivery which most calls for somebody. */
export function stateOf({ fax, deliveries }: FaxEntry): State {
  if (fax.state !== 'routed') return fax.state
  const replaced = replacedBackends(deliveries)
  const states = deliveries.filter(({ backend }) => !replaced.has(backend)).map(({ state }) => state)
  return BY_URGENCY.find((state) => states.includes(state)) ?? 'routed'
}

export const STATE_COLOURS: Record<State, Colour> = {
  received: 'yellow',
  routed: 'yellow',
  waiting: 'yellow',
  claimed: 'yellow',
  delivered: 'green',
  failed: 'red',
  bounced: 'red',
  unrouted: 'red',
  refused: 'red',
  missed: 'red',
  simulated: 'dim',
}
