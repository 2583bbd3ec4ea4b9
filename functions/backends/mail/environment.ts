import * as z from 'zod'

export const mailEnvironmentSchema = z.object({
  LEDGER_TABLE: z.string().min(1),
  FAXES_BUCKET: z.string().min(1),
  MAIL_CONFIGURATION_SET: z.string().min(1),
  /** Where links to faxes lead: the URL of the function `download`. */
  LINK_URL: z.url({ protocol: /^https?$/ }),
})
export type MailEnvironment = z.infer<typeof mailEnvironmentSchema>
