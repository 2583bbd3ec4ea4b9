import * as z from 'zod'
import { faxIdSchema } from './fax-id.ts'
import { STANDINGS } from './ledger/standing.ts'
import { TRANSMISSION_STANDINGS } from './ledger/transmission-standing.ts'

const foundSchema = z.object({
  /** Of the reception or the transmission. */
  faxId: faxIdSchema.optional(),
  /** Of the document, where that has to be named. Senders name documents by whom they call. */
  key: z.string().optional(),
  /** Without numbers: it goes into the log as it is. */
  what: z.string(),
})

/** What the function `sweep` answers. */
export const sweepReportSchema = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Objects under incoming/ and records of the ledger, each fax once. */
  received: z.int(),
  /** By how they stand. */
  counts: z.record(z.enum(STANDINGS), z.int()),
  /** received = the sum of the counts. */
  holds: z.boolean(),
  /** The same of what was taken to be sent: transmissions, and documents under outgoing/ of which none was made yet. */
  toBeSent: z.object({
    taken: z.int(),
    counts: z.record(z.enum(TRANSMISSION_STANDINGS), z.int()),
    holds: z.boolean(),
  }),
  /** What was put right: sent again. The first of them. */
  repaired: z.array(foundSchema),
  repairedCount: z.int(),
  /** What needs a person. The first of them. */
  findings: z.array(foundSchema),
  findingsCount: z.int(),
})
export type SweepReport = z.infer<typeof sweepReportSchema>

/**
 * As far back as any queue keeps an event, fourteen days, and a day: what SQS deleted since nobody took it is still found. At more than
 * some 100,000 faxes a day it is too much for one sweep: see docs/scale.md.
 */
export const LOOK_BACK_DAYS = 15

/** What it is asked: the days back from now that it looks at. */
export const sweepRequestSchema = z.object({ days: z.number().min(0.01).max(400).default(LOOK_BACK_DAYS) })
