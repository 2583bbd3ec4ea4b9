import * as z from 'zod'
import { faxIdSchema } from '../../shared/fax-id.ts'
import { NOTICE_CAUSES } from '../../shared/routing-table/deployed-table.ts'

/** Something that somebody has to hear of, on the queue of `notify`. What there is to say of it stands in the ledger. */
export const noticeEventSchema = z.object({
  cause: z.enum(NOTICE_CAUSES),
  faxId: faxIdSchema,
  /** Of a delivery. */
  backend: z.string().optional(),
  /** Those that the delivery had: when it is tried again and given up again, that is another event. */
  attempts: z.int().optional(),
  /** Somebody asked for this delivery, and wants to hear of it whatever else has failed in this hour. */
  askedFor: z.boolean().optional(),
})
export type NoticeEvent = z.infer<typeof noticeEventSchema>

/** To `notify` by itself: the hour after a notice is over. */
const windowEndSchema = z.object({
  windowOf: z.string(),
  until: z.iso.datetime(),
  /** What is left of the hour, of which SQS delays a message a quarter at most. */
  furtherWaitSeconds: z.int().min(0),
})
export type WindowEnd = z.infer<typeof windowEndSchema>

export const noticeMessageSchema = z.union([noticeEventSchema, windowEndSchema])
export type NoticeMessage = z.infer<typeof noticeMessageSchema>

/** Tells of an event. Where the routing table has no [notices] nobody listens, and nothing is sent. */
export type Tell = (event: NoticeEvent) => Promise<void>
