import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import type { DeliveryMessage } from '../../shared/messages.ts'
import { failed, type Outcome, retry } from '../../shared/outcome.ts'
import { waitAfter } from '../../shared/retry-schedule.ts'
import type { BackendKind, BackendOf } from '../../shared/routing-table/deployed-table.ts'
import { abandon, claim, hasEnded, release, settle } from '../ledger/delivery-transitions.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type Count, countEnd } from '../metrics.ts'
import { FileGone } from '../storage/file-gone.ts'
import type { Attempt } from './attempt.ts'
import { followUp, type GiveUpDependencies } from './give-up.ts'

export interface DeliverDependencies<Kind extends BackendKind> extends GiveUpDependencies {
  ledger: Pick<Ledger, 'getDelivery' | 'replaceDelivery'>
  attempt: (attempt: Attempt<Kind>) => Promise<Outcome>
  /** Puts the message back on its queue, to come after a wait. */
  sendLater: (message: DeliveryMessage, waitSeconds: number) => Promise<void>
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

/** A write of the ledger and its repetitions take less. */
const SECONDS_UNTIL_WRITTEN = 5

/** Another invocation is at this delivery; the message has to stay until that one has ended. */
export class DeliveryHeldElsewhere extends Error {
  constructor(faxId: string, backend: string) {
    super(
      `Fax ${faxId} to ${backend} is being delivered by another invocation; the message stays on its queue.`,
    )
  }
}

/** Claims one delivery, makes one attempt, and writes down what came of it. Undefined when the message has to wait on. */
export async function deliver<Kind extends BackendKind>(
  dependencies: DeliverDependencies<Kind>,
  received: Received<Kind>,
): Promise<DeliveryRecord | undefined> {
  const { message } = received
  const { fax, backend, furtherWaitSeconds } = message
  if (furtherWaitSeconds > 0) {
    await dependencies.sendLater(message, furtherWaitSeconds)
    return undefined
  }
  const record = await dependencies.ledger.getDelivery(fax.id, backend.name)
  if (record === undefined) throw new Error(`The ledger has no delivery of fax ${fax.id} to ${backend.name}.`)
  if (isOver(record, message)) {
    // Killed between the ledger and what follows: this message is what is left to see to it.
    await followUp(dependencies, record)
    return record
  }
  const claimed = claim(record, dependencies.now(), dependencies.leaseSeconds)
  if (claimed === undefined && isNext(record, message)) {
    await dependencies.sendLater(message, SECONDS_UNTIL_WRITTEN)
    return undefined
  }
  if (claimed === undefined) throw new DeliveryHeldElsewhere(fax.id, backend.name)
  if (wasStopped(record, received)) return giveUpStopped(dependencies, record)
  if (!(await dependencies.ledger.replaceDelivery(claimed)))
    throw new DeliveryHeldElsewhere(fax.id, backend.name)
  const outcome = await attemptOrRelease(dependencies, received, claimed)
  return writeDown(dependencies, message, claimed, outcome)
}

/**
 * Nothing is left for this message: the delivery has ended, or it is a duplicate from before an attempt after which the delivery waits on. The
 * message of that next attempt was sent before the ledger said waiting.
 */
function isOver(record: DeliveryRecord, { attempts }: DeliveryMessage): boolean {
  return hasEnded(record) || (record.state === 'waiting' && attempts < record.attempts)
}

/**
 * The message of the attempt after the one that is under way, which sent it and has not written so yet. Left on its queue it would come again only
 * after the visibility timeout, which is made for a function that was stopped.
 */
function isNext(record: DeliveryRecord, { attempts }: DeliveryMessage): boolean {
  return attempts === record.attempts
}

/**
 * The last time that a message comes is no time for an attempt that may stop the function again, by its memory or its time limit: nobody
 * would be left to say that the delivery was given up. An attempt that ended in a fault has its reason on record, and is made once more.
 */
function wasStopped<Kind extends BackendKind>(
  { state, attempts, history }: DeliveryRecord,
  { lastReceive }: Received<Kind>,
): boolean {
  return lastReceive && state === 'claimed' && history.at(-1)?.attempt !== attempts
}

async function giveUpStopped<Kind extends BackendKind>(
  dependencies: DeliverDependencies<Kind>,
  record: DeliveryRecord,
): Promise<DeliveryRecord> {
  const text = 'The function was stopped in the middle of this attempt, by its memory or its time limit.'
  const ended = abandon(record, failed(text, 'Stopped'), dependencies.now())
  if (await end(dependencies, ended)) return ended
  throw new DeliveryHeldElsewhere(record.faxId, record.backend)
}

/** A fault that is no outcome goes back to the queue, but not before the ledger has its reason and the claim is free. */
async function attemptOrRelease<Kind extends BackendKind>(
  dependencies: DeliverDependencies<Kind>,
  { message, lastReceive }: Received<Kind>,
  claimed: DeliveryRecord,
): Promise<Outcome> {
  const { fax, backend, recipients, timeZone, language } = message
  const { attempts: attempt, maybeDelivered } = claimed
  try {
    const told = { recipients, timeZone, language }
    return await dependencies.attempt({ fax, backend, ...told, attempt, maybeDelivered })
  } catch (error) {
    if (error instanceof FileGone) return failed(error.message)
    const text = `Unexpected: ${error instanceof Error ? error.message : String(error)}`
    const outcome = retry(text, { maybeDelivered: true })
    // The message itself comes again after its visibility timeout, but for the last time.
    if (lastReceive) await end(dependencies, settle(claimed, outcome, dependencies.now(), undefined))
    else await dependencies.ledger.replaceDelivery(release(claimed, outcome, dependencies.now()))
    throw error
  }
}

async function writeDown<Kind extends BackendKind>(
  dependencies: DeliverDependencies<Kind>,
  message: Received<Kind>['message'],
  claimed: DeliveryRecord,
  outcome: Outcome,
): Promise<DeliveryRecord> {
  const waitSeconds = waitAfter(outcome, claimed.waitedSeconds, retryPlanOf(message.backend))
  const settled = settle(claimed, outcome, dependencies.now(), waitSeconds)
  // Before the ledger: whatever says waiting there has a message. Should the ledger not be reached, the message finds the claim.
  if (waitSeconds !== undefined) {
    await dependencies.sendLater({ ...message, attempts: claimed.attempts }, waitSeconds)
  }
  if (await end(dependencies, settled)) return settled
  // The lease ran out and somebody else took over; their record stands, and says that this attempt may have delivered.
  throw new DeliveryHeldElsewhere(claimed.faxId, claimed.backend)
}

/** False when somebody else has taken the delivery over. */
async function end<Kind extends BackendKind>(
  dependencies: DeliverDependencies<Kind>,
  settled: DeliveryRecord,
): Promise<boolean> {
  if (!(await dependencies.ledger.replaceDelivery(settled))) return false
  countEnd(dependencies.count, settled, dependencies.now())
  await followUp(dependencies, settled)
  return true
}

function retryPlanOf(backend: BackendOf<BackendKind>) {
  return 'retry' in backend ? backend.retry : undefined
}
