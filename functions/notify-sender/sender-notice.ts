import type { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { faxIdSchema } from '../../shared/fax-id.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { sendMessage } from '../queues/send.ts'

/** A transmission that has ended, on the queue of `notify-sender`. What there is to say of it stands in the ledger. */
export const senderNoticeSchema = z.object({ version: z.literal(1), transmissionId: faxIdSchema })
export type SenderNotice = z.infer<typeof senderNoticeSchema>

/** Has the sender told how a transmission ended, where there is somebody to tell. */
export function makeTellEnd(client: SQSClient, queueUrl: string) {
  return async ({ id, notify }: TransmissionRecord): Promise<void> => {
    const message: SenderNotice = { version: 1, transmissionId: id }
    if (notify.length > 0) await sendMessage(client, queueUrl, message)
  }
}
