import type { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import type { DeliveryMessage } from '../../shared/messages.ts'
import { makeQueueUrlLookup, sendDelivery, sendMessage } from '../queues/send.ts'
import type { FanOutDependencies } from './fan-out.ts'

/** What a function needs in its environment to put deliveries on their queues. */
export const deliveryQueuesSchema = z.object({
  MAIL_QUEUE_URL: z.url(),
  FTP_QUEUE_URL: z.url(),
  LOG_QUEUE_URL: z.url(),
  /** The print queue of a site is this and the site's name. */
  PRINT_QUEUE_PREFIX: z.string(),
})
type DeliveryQueues = z.infer<typeof deliveryQueuesSchema>

export function makeDeliveryQueues(
  sqs: SQSClient,
  environment: DeliveryQueues,
): Pick<FanOutDependencies, 'enqueueDelivery' | 'enqueuePrintJob'> {
  const printQueueUrl = makeQueueUrlLookup(sqs)
  return {
    enqueueDelivery: (message) => sendDelivery(sqs, queueUrlOf(environment, message), message),
    enqueuePrintJob: async (site, job) =>
      sendMessage(sqs, await printQueueUrl(`${environment.PRINT_QUEUE_PREFIX}${site}`), job),
  }
}

function queueUrlOf(environment: DeliveryQueues, { backend }: DeliveryMessage): string {
  switch (backend.kind) {
    case 'mail':
      return environment.MAIL_QUEUE_URL
    case 'ftp':
      return environment.FTP_QUEUE_URL
    case 'log':
      return environment.LOG_QUEUE_URL
    case 'printer':
      throw new Error(`${backend.name} is a printer: its jobs go to the print queue of its site.`)
  }
}
