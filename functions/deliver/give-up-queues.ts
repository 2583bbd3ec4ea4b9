import type { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { makeTell, noticesEnvironmentSchema } from '../notify/tell.ts'
import { sendMessage } from '../queues/send.ts'
import type { GiveUpDependencies } from './give-up.ts'

export const giveUpEnvironmentSchema = z.object({
  ...noticesEnvironmentSchema.shape,
  DISPATCH_QUEUE_URL: z.url(),
})

export function makeGiveUp(
  sqs: SQSClient,
  environment: z.infer<typeof giveUpEnvironmentSchema>,
): GiveUpDependencies {
  return {
    requestDelivery: (request) => sendMessage(sqs, environment.DISPATCH_QUEUE_URL, request),
    tell: makeTell(sqs, environment),
  }
}
