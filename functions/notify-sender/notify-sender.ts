import type { DeliveryRecord } from '../../shared/ledger/records.ts'
import { hasTransmissionEnded, type TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { failed, type Outcome } from '../../shared/outcome.ts'
import { waitAfter } from '../../shared/retry-schedule.ts'
import { DEFAULT_RETRY_PLAN, type RetryPlan } from '../../shared/routing-table/deployed-table.ts'
import type { MailMessage } from '../backends/mail/compose.ts'
import { claim, hasEnded, openDelivery, settle } from '../ledger/delivery-transitions.ts'
import type { TransmissionLedger } from '../ledger/transmission-ledger.ts'
import { wasLearntLater } from '../ledger/transmission-transitions.ts'
import { LONGEST_DELAY_SECONDS } from '../queues/send.ts'
import { composeNotice } from './compose-notice.ts'
import type { SenderNotice } from './sender-notice.ts'

export interface NotifySenderDependencies {
  ledger: Pick<TransmissionLedger, 'getTransmission' | 'addNotice' | 'getNotice' | 'replaceNotice'>
  /** Undefined when it is gone. */
  readPicture: (key: string) => Promise<Uint8Array | undefined>
  sendRaw: (message: MailMessage) => Promise<Outcome>
  /** Puts the message back on its queue, to come after a delay. */
  sendLater: (message: SenderNotice, delaySeconds: number) => Promise<void>
  now: () => Date
  /** How long an attempt holds the notice: longer than the function's time limit, shorter than the visibility timeout. */
  leaseSeconds: number
}

/** For a day, and no wait longer than SQS delays one message. */
const RETRIES: RetryPlan = { ...DEFAULT_RETRY_PLAN, longestSeconds: LONGEST_DELAY_SECONDS }

/**
 * Tells the sender of a transmission how it ended, once, as far as SES lets us know; and once more where that was that nobody knows, and its site has told
 * later. Undefined where nobody is to be told.
 */
export async function notifySender(
  dependencies: NotifySenderDependencies,
  message: SenderNotice,
): Promise<DeliveryRecord | undefined> {
  const { ledger, now, leaseSeconds } = dependencies
  const record = await ledger.getTransmission(message.transmissionId)
  if (record === undefined) throw new Error(`The ledger has no transmission ${message.transmissionId}.`)
  if (!hasTransmissionEnded(record) || record.notify.length === 0) return undefined
  const notice = await openedNotice(ledger, record, now())
  if (hasEnded(notice)) return notice
  const claimed = claim(notice, now(), leaseSeconds)
  if (claimed === undefined || !(await ledger.replaceNotice(claimed))) {
    throw new Error(`Another invocation tells of transmission ${record.id}; the message stays on its queue.`)
  }
  const outcome = await attempt(dependencies, record, claimed)
  const waitSeconds = waitAfter(outcome, claimed.waitedSeconds, RETRIES)
  const settled = settle(claimed, outcome, now(), waitSeconds)
  if (!(await ledger.replaceNotice(settled))) {
    throw new Error(`Another invocation took over to tell of transmission ${record.id}.`)
  }
  if (waitSeconds !== undefined) await dependencies.sendLater(message, waitSeconds)
  return settled
}

async function openedNotice(
  ledger: NotifySenderDependencies['ledger'],
  record: TransmissionRecord,
  now: Date,
): Promise<DeliveryRecord> {
  const name = wasLearntLater(record) ? 'notice_later' : 'notice'
  const opened = openDelivery(record.id, { name, kind: 'mail' }, now)
  if (await ledger.addNotice(opened)) return opened
  return (await ledger.getNotice(record.id, name)) ?? opened
}

/** A mail about a fax that was refused before a section was found has no address to come from. */
async function attempt(
  { readPicture, sendRaw }: NotifySenderDependencies,
  record: TransmissionRecord,
  { maybeDelivered }: DeliveryRecord,
): Promise<Outcome> {
  if (record.settings === undefined) {
    return failed('No section of the routing table was found for it, so there is no address to send from.')
  }
  const { pictureKey } = record.rasterised ?? {}
  const picture = pictureKey === undefined ? undefined : await readPicture(pictureKey)
  return sendRaw(await composeNotice(record, { picture, maybeDelivered }))
}
