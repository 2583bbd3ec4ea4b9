import * as z from 'zod'

/** What we read of the event that SQS's event source mapping hands to a function. */
const sqsEventSchema = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      body: z.string(),
      attributes: z.object({
        ApproximateReceiveCount: z.string(),
        SentTimestamp: z.string().regex(/^\d+$/),
        SenderId: z.string().optional(),
      }),
      eventSourceARN: z.string(),
    }),
  ),
})

export interface QueuedMessage {
  body: string
  /** How often the queue has handed this message over, this time included. */
  receives: number
  /** When the queue took it, by AWS's clock. */
  sentAt: Date
  /** Who may send to it vouches for what is in it. */
  queueArn: string
  /** IAM's unique id of who sent it; a role's is followed by its session, which is the serial number of an agent's certificate. */
  sender: string | undefined
}

export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[]
}

/**
 * Works on each message of a batch and names those that failed, which alone come again. One at a time: faxes are large, and
 * batches small.
 */
export async function workOnBatch(
  event: unknown,
  work: (message: QueuedMessage) => Promise<void>,
): Promise<BatchResponse> {
  const batchItemFailures: BatchResponse['batchItemFailures'] = []
  for (const { messageId, body, attributes, eventSourceARN: queueArn } of sqsEventSchema.parse(event)
    .Records) {
    try {
      const { ApproximateReceiveCount: receives, SentTimestamp: sent, SenderId: sender } = attributes
      await work({ body, receives: Number(receives), sentAt: new Date(Number(sent)), queueArn, sender })
    } catch (error) {
      // Not swallowed: the queue redrives the message, and after its last receive the dead-letter queue raises an alarm.
      console.error({ event: 'message failed', messageId, error })
      batchItemFailures.push({ itemIdentifier: messageId })
    }
  }
  return { batchItemFailures }
}
