import * as z from 'zod'

export const environmentSchema = z.object({
  FAXES_BUCKET: z.string(),
  LEDGER_TABLE: z.string(),
  METRICS_NAMESPACE: z.string(),
  MAIL_QUEUE_URL: z.url(),
  FTP_QUEUE_URL: z.url(),
  LOG_QUEUE_URL: z.url(),
  /** The print queue of a site is this and the site's name. */
  PRINT_QUEUE_PREFIX: z.string(),
})
export type Environment = z.infer<typeof environmentSchema>
