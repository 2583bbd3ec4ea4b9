import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { action, type JsonAction } from '../json-protocol.ts'
import { LARGEST_MESSAGE_BYTES, sizeBytes } from './message.ts'
import { changeVisibility, newMessageSchema, remove, send } from './message-actions.ts'
import type { Queues } from './queues.ts'

/** The actions that take up to ten entries, each of which succeeds or fails by itself. */
export function batchActions(queues: Queues): Record<string, JsonAction> {
  return {
    SendMessageBatch: action(
      batchOf(newMessageSchema.extend({ Id: z.string() })),
      ({ QueueUrl, Entries }) => {
        const queue = queues.at(QueueUrl)
        checkEntries(Entries)
        const total = Entries.reduce(
          (sum, { MessageBody, MessageAttributes }) => sum + sizeBytes(MessageBody, MessageAttributes),
          0,
        )
        if (total > LARGEST_MESSAGE_BYTES)
          throw new AwsError(
            400,
            'BatchRequestTooLong',
            `Batch requests cannot be longer than ${LARGEST_MESSAGE_BYTES} bytes. You have sent ${total} bytes.`,
          )
        return each(Entries, (entry) => send(queue, entry))
      },
    ),
    DeleteMessageBatch: action(
      batchOf(z.object({ Id: z.string(), ReceiptHandle: z.string() })),
      ({ QueueUrl, Entries }) => {
        const queue = queues.at(QueueUrl)
        checkEntries(Entries)
        return each(Entries, (entry) => remove(queue, entry))
      },
    ),
    ChangeMessageVisibilityBatch: action(
      batchOf(
        z.object({ Id: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: z.number().optional() }),
      ),
      ({ QueueUrl, Entries }) => {
        const queue = queues.at(QueueUrl)
        checkEntries(Entries)
        return each(Entries, (entry) => changeVisibility(queue, entry))
      },
    ),
  }
}

function batchOf<Entry extends z.ZodType>(entry: Entry) {
  return z.object({ QueueUrl: z.string(), Entries: z.array(entry).default([]) })
}

function checkEntries(entries: { Id: string }[]): void {
  if (entries.length === 0)
    throw new AwsError(
      400,
      'EmptyBatchRequest',
      'There should be at least one SendMessageBatchRequestEntry in the request.',
    )
  if (entries.length > 10)
    throw new AwsError(
      400,
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    )
  const ids = entries.map(({ Id }) => Id)
  const doubled = ids.find((id, index) => ids.indexOf(id) !== index)
  if (doubled !== undefined) throw new AwsError(400, 'BatchEntryIdsNotDistinct', `Id ${doubled} repeated.`)
  if (ids.some((id) => !/^[A-Za-z0-9_-]{1,80}$/.test(id)))
    throw new AwsError(
      400,
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    )
}

function each<Entry extends { Id: string }>(entries: Entry[], perform: (entry: Entry) => object): object {
  const successful: object[] = []
  const failed: object[] = []
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...perform(entry) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message })
    }
  }
  return { Successful: successful, ...(failed.length > 0 && { Failed: failed }) }
}
