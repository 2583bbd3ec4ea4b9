import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import type { DeliveryMessage } from '../../shared/messages.ts'
import { type Outcome, retry } from '../../shared/outcome.ts'
import type { BackendKind, BackendOf } from '../../shared/routing-table/deployed-table.ts'
import { claim, hasEnded, settle } from '../ledger/delivery-transitions.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Count } from '../metrics.ts'
import type { Attempt } from './attempt.ts'
import { waitAfter } from './retry-schedule.ts'

export interface DeliverDependencies<Kind extends BackendKind> {
  ledger: Pick<Ledger, 'getDelivery' | 'replaceDelivery'>
  attempt: (attempt: Attempt<Kind>) => Promise<Outcome>
  /** Puts the message back on its queue, to come after a delay. */
  sendLater: (message: DeliveryMessage, delaySeconds: number) => Promise<void>
  count: Count
  now: () => Date
  /** How long an attempt holds the delivery: longer than the function's time limit, shorter than the visibility timeout. */
  leaseSeconds: number
}

/** A message, and whether the queue will hand it over again if this time fails. */
export interface Received<Kind extends BackendKind> {
  message: DeliveryMessage & { backend: BackendOf<Kind> }
  lastReceive: boolean
}

/** Another invocation is at this delivery; the message has to stay until that one has ended. */
export class DeliveryHeldElsewhere extends Error {
  constructor(faxId: string, backend: string) {
    super(
      `Fax ${faxId} to ${backend} is being delivered by another invocation; the message stays on its queue.`,
    )
  }
}

/** Claims one delivery, makes one attempt, and writes down what came of it. */
export async function deliver<Kind extends BackendKind>(
  dependencies: DeliverDependencies<Kind>,
  received: Received<Kind>,
): Promise<DeliveryRecord> {
  const { fax, backend } = received.message
  const record = await dependencies.ledger.getDelivery(fax.id, backend.name)
  if (record === undefined) throw new Error(`The ledger has no delivery of fax ${fax.id} to ${backend.name}.`)
  if (hasEnded(record)) return record
  const claimed = claim(record, dependencies.now(), dependencies.leaseSeconds)
  if (claimed === undefined || !(await dependencies.ledger.replaceDelivery(claimed))) {
    throw new DeliveryHeldElsewhere(fax.id, backend.name)
  }
  const outcome = await attemptOrRelease(dependencies, received, claimed)
  return writeDown(dependencies, received.message, claimed, outcome)
}

/** A fault that is no outcome goes back to the queue, but not before the ledger has its reason and the claim is free. */
async function attemptOrRelease<Kind extends BackendKind>(
  dependencies: DeliverDependencies<Kind>,
  { message, lastReceive }: Received<Kind>,
  claimed: DeliveryRecord,
): Promise<Outcome> {
  const { fax, backend, recipients, timeZone } = message
  try {
    const { attempts, maybeDelivered } = claimed
    return await dependencies.attempt({
      fax,
      backend,
      recipients,
      timeZone,
      attempt: attempts,
      maybeDelivered,
    })
  } catch (error) {
    const outcome = retry(`Unexpected: ${error instanceof Error ? error.message : String(error)}`, {
      maybeDelivered: true,
    })
    // Not put back on the queue here: the message itself comes again after its visibility timeout.
    const released = settle(claimed, outcome, dependencies.now(), lastReceive ? undefined : 0)
    await dependencies.ledger.replaceDelivery(released)
    if (lastReceive) dependencies.count('DeliveriesFailed')
    throw error
  }
}

async function writeDown<Kind extends BackendKind>(
  dependencies: DeliverDependencies<Kind>,
  message: DeliveryMessage,
  claimed: DeliveryRecord,
  outcome: Outcome,
): Promise<DeliveryRecord> {
  const waitSeconds = outcome.outcome === 'retry' ? waitAfter(claimed.attempts) : undefined
  const settled = settle(claimed, outcome, dependencies.now(), waitSeconds)
  if (!(await dependencies.ledger.replaceDelivery(settled))) {
    // The lease ran out and somebody else took over; their record stands, and says that this attempt may have delivered.
    throw new DeliveryHeldElsewhere(claimed.faxId, claimed.backend)
  }
  // Only after the ledger: killed between the two, the old message is still there and comes again.
  if (waitSeconds !== undefined) await dependencies.sendLater(message, waitSeconds)
  if (settled.state === 'failed') dependencies.count('DeliveriesFailed')
  return settled
}
