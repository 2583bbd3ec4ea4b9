import * as z from 'zod'
import { faxIdSchema } from './fax-id.ts'
import { STANDINGS } from './ledger/standing.ts'

const found = z.object({
  /** Of the reception or the transmission. */
  faxId: faxIdSchema.optional(),
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
  /** Objects under outgoing/ that were put in that time. */
  documents: z.object({
    stored: z.int(),
    /** Of which no transmission knew, though S3 should have told of them long ago. */
    lost: z.int(),
  }),
  /** What was put right: sent again. The first of them. */
  repaired: z.array(found),
  repairedCount: z.int(),
  /** What needs a person. The first of them. */
  findings: z.array(found),
  findingsCount: z.int(),
})
export type SweepReport = z.infer<typeof sweepReportSchema>

/** What it is asked: the days back from now that it looks at. */
export const sweepRequestSchema = z.object({ days: z.number().min(0.01).max(400).default(2) })
