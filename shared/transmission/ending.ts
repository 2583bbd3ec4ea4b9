import * as z from 'zod'
import { faxIdSchema } from '../fax-id.ts'
import { TRANSMISSION_STATES } from '../ledger/transmission-record.ts'
import { transmissionReportSchema } from './transmit-job.ts'

/**
 * By which an operator ends an attempt in the place of its site's agent. Asked of the function `settle` itself: the queue of a site's reports goes with the
 * site, and what is still to be sent there has to end all the same.
 */
export const endingSchema = z.object({
  ...transmissionReportSchema.shape,
  /** Of the record. */
  site: z.string(),
})
export type Ending = z.infer<typeof endingSchema>

/** What `settle` answers: how the transmission stands after it. */
export const settledSchema = z.object({
  transmissionId: faxIdSchema,
  attempt: z.int(),
  state: z.enum(TRANSMISSION_STATES),
})
export type Settled = z.infer<typeof settledSchema>
