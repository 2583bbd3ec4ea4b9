import type { DeliveryState, FaxState } from './records.ts'

/** Every way from state to state. A record that stands still in its state is written as well: waiting on, taken over. */
export const FAX_TRANSITIONS: Record<FaxState, readonly FaxState[]> = {
  received: ['routed', 'unrouted', 'refused', 'missed', 'simulated'],
  // Tried again, by a table that has its number now.
  unrouted: ['routed'],
  routed: [],
  refused: [],
  missed: [],
  simulated: [],
}

export const DELIVERY_TRANSITIONS: Record<DeliveryState, readonly DeliveryState[]> = {
  // Without a claim where the agent of a site delivers, and reports.
  waiting: ['claimed', 'waiting', 'delivered', 'failed'],
  // By its holder, or taken over when its lease has ended.
  claimed: ['claimed', 'waiting', 'delivered', 'failed'],
  // waiting: once more, because somebody asked for it; so for the next two.
  delivered: ['bounced', 'waiting'],
  failed: ['waiting'],
  bounced: ['waiting'],
}

/** The state to go to. Throws for a way that is not in the tables: a fault in the code that asks, which must not reach the ledger. */
export function stepOf<State extends FaxState | DeliveryState>(
  transitions: Record<State, readonly State[]>,
  from: State,
  to: State,
): State {
  if (transitions[from].includes(to)) return to
  throw new Error(
    `Nothing goes from ${from} to ${to}; from ${from} it goes to ${transitions[from].join(', ') || 'nothing'}.`,
  )
}
