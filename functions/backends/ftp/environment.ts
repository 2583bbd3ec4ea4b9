import * as z from 'zod'

export const ftpEnvironmentSchema = z.object({ FAXES_BUCKET: z.string().min(1) })
export type FtpEnvironment = z.infer<typeof ftpEnvironmentSchema>
