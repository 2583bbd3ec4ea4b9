import type { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { sendMessage } from '../queues/send.ts'
import type { Tell } from './notice-event.ts'

export const noticesEnvironmentSchema = z.object({
  /** Absent where the routing table has no [notices]. */
  NOTICES_QUEUE_URL: z.url().optional(),
})

/** Puts events on the queue of `notify`, where there is one. */
export function makeTell(
  sqs: SQSClient,
  { NOTICES_QUEUE_URL: queueUrl }: z.infer<typeof noticesEnvironmentSchema>,
): Tell {
  return async (event) => {
    if (queueUrl !== undefined) await sendMessage(sqs, queueUrl, event)
  }
}
