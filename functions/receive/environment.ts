import * as z from 'zod'
import { deliveryQueuesSchema } from '../dispatch/delivery-queues.ts'
import { ledgerEnvironmentSchema } from '../ledger/dynamo-ledger.ts'
import { noticesEnvironmentSchema } from '../notify/tell.ts'

export const environmentSchema = z.object({
  FAXES_BUCKET: z.string(),
  METRICS_NAMESPACE: z.string(),
  ...ledgerEnvironmentSchema.shape,
  ...deliveryQueuesSchema.shape,
  ...noticesEnvironmentSchema.shape,
})
export type Environment = z.infer<typeof environmentSchema>
