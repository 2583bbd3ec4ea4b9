import type { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { faxIdSchema } from '../../shared/fax-id.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { sendMessage } from '../queues/send.ts'

/** An attempt that will be due, on the queue of `schedule`. */
export const dueAttemptSchema = z.object({
  version: z.literal(1),
  transmissionId: faxIdSchema,
  attempt: z.int().min(1),
  /** What is left to wait after the message's own delay: SQS delays by a quarter of an hour at most. */
  waitSeconds: z.int().min(0),
})
export type DueAttempt = z.infer<typeof dueAttemptSchema>

/** SQS's limit. */
const LONGEST_DELAY_SECONDS = 900

/** A wait as far as one message goes, and what is left of it. */
export function hop(waitSeconds: number): { delaySeconds: number; waitSeconds: number } {
  const delaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.ceil(waitSeconds))
  return { delaySeconds, waitSeconds: Math.ceil(waitSeconds) - delaySeconds }
}

/** The next attempt at a transmission, in `waitSeconds`. */
export function dueAttempt(
  { id, attempt }: TransmissionRecord,
  wait: number,
): { message: DueAttempt; delaySeconds: number } {
  const { delaySeconds, waitSeconds } = hop(wait)
  return { message: { version: 1, transmissionId: id, attempt, waitSeconds }, delaySeconds }
}

/** Has the attempt that a record waits for handed to its site after `waitSeconds`, and not before its time. */
export function makeScheduleAttempt(client: SQSClient, queueUrl: string) {
  return async (record: TransmissionRecord, waitSeconds = 0): Promise<void> => {
    const { message, delaySeconds } = dueAttempt(record, waitSeconds)
    await sendMessage(client, queueUrl, message, { delaySeconds })
  }
}
