import * as z from 'zod'

export const downloadEnvironmentSchema = z.object({
  LEDGER_TABLE: z.string().min(1),
  FAXES_BUCKET: z.string().min(1),
})
export type DownloadEnvironment = z.infer<typeof downloadEnvironmentSchema>
