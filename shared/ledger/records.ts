import * as z from 'zod'
import { factsSchema } from '../facts.ts'
import { faxIdSchema } from '../fax-id.ts'
import { siteSchema } from '../object-keys.ts'
import { outcomeSchema } from '../outcome.ts'
import { remarkSchema } from './remarks.ts'

/**
 * received: under way; the others are ends: its deliveries were made, no section serves its number, it is no fax, the call
 * ended before a page was received; or an operator only tried what would become of it.
 */
export const FAX_STATES = ['received', 'routed', 'unrouted', 'refused', 'missed', 'simulated'] as const
export type FaxState = (typeof FAX_STATES)[number]
/**
 * waiting: for its first or next attempt; claimed: an attempt is under way, until its lease ends; then the ends. bounced: SES took the mail, and
 * a recipient's server sent it back.
 */
export const DELIVERY_STATES = ['waiting', 'claimed', 'delivered', 'failed', 'bounced'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** Counts the writes of a record: a write names the revision that it was made from, so that no change is overwritten unseen. */
const revision = z.int().min(0)

export const faxRecordSchema = z.object({
  id: faxIdSchema,
  site: z.string(),
  state: z.enum(FAX_STATES),
  facts: factsSchema,
  tiffKey: z.string(),
  tiffBytes: z.int(),
  pdfKey: z.string().optional(),
  pdfBytes: z.int().optional(),
  pages: z.int().optional(),
  /** Rows that were lost on the line or in the file; pages with any were repaired as fax machines do. */
  damagedRows: z.int().optional(),
  /** What the conversion found, in words for an operator. */
  warnings: z.array(z.string()).optional(),
  /** What of it is missing or damaged; whoever gets it is told. Absent: nothing. */
  remarks: z.array(remarkSchema).optional(),
  /** The backends that the fax was routed to, in the order of `dest`. */
  backends: z.array(z.string()).optional(),
  /** Why it was refused, missed or not routed. */
  reason: z.string().optional(),
  convertMilliseconds: z.number().optional(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().optional(),
  /** Who called, and the pages, were removed at a request for data protection. */
  forgottenAt: z.iso.datetime().optional(),
  revision,
})
export type FaxRecord = z.infer<typeof faxRecordSchema>

/** Of the history of a delivery, so many are kept from its beginning, and more from its end. */
export const FIRST_ATTEMPTS_KEPT = 5

const attemptSchema = z.object({ attempt: z.int(), at: z.iso.datetime(), result: outcomeSchema })

export const deliveryRecordSchema = z.object({
  faxId: faxIdSchema,
  backend: z.string(),
  kind: z.string(),
  /** Whose agent delivers it, and may say how it ended. Absent where a function does. */
  site: siteSchema.optional(),
  state: z.enum(DELIVERY_STATES),
  openedAt: z.iso.datetime(),
  /** The backend that gave this fax up, in whose place this one delivers it. */
  fallbackOf: z.string().optional(),
  /** The backend that delivers the fax in its place, should this one give up. */
  fallback: z.string().optional(),
  /** When somebody last asked for it, after it had failed or besides where the fax was routed to. */
  askedForAt: z.iso.datetime().optional(),
  /** Attempts begun so far. */
  attempts: z.int(),
  /** All waits between attempts so far, since it was opened or somebody wanted it tried again. */
  waitedSeconds: z.int(),
  /** While claimed: when the claim may be taken over. */
  leaseUntil: z.iso.datetime().optional(),
  /** While waiting: not before. */
  nextAttemptAt: z.iso.datetime().optional(),
  /** An earlier attempt may have been taken by the other side without our knowing. */
  maybeDelivered: z.boolean(),
  /** The first of them and the last; `historyLeftOut` counts those between. */
  history: z.array(attemptSchema),
  historyLeftOut: z.int().min(1).optional(),
  revision,
})
export type DeliveryRecord = z.infer<typeof deliveryRecordSchema>

/** Since when it is wanted. What an agent was given, or reports, of an earlier time is over. */
export const wantedAt = ({ openedAt, askedForAt }: Pick<DeliveryRecord, 'openedAt' | 'askedForAt'>) =>
  askedForAt ?? openedAt

/** Keys of the ledger's table: a fax and its deliveries are one partition, read by one query. */
export const faxPartition = (faxId: string) => `FAX#${faxId}`
export const FAX_SORT_KEY = 'FAX'
export const deliverySortKey = (backend: string) => `DELIVERY#${backend}`
export const linkPartition = (tokenDigest: string) => `LINK#${tokenDigest}`
export const LINK_SORT_KEY = 'LINK'
