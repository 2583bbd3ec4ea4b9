import { awsFault } from '../aws-fault.ts'
import { type Backoff, backoffMilliseconds } from '../backoff.ts'
import type { Log } from '../log.ts'
import type { Waiting } from '../waiting.ts'
import type { QueueMessage, WorkQueue } from './work-queue.ts'

export interface PostponeDependencies {
  queue: Pick<WorkQueue, 'keepInvisible'>
  waiting: Pick<Waiting, 'random'>
  log: Log
}

/** Puts a message back, for longer the oftener it came: put back at once every time, it would be among the dead letters soon. */
export async function postpone(
  { queue, waiting, log }: PostponeDependencies,
  { postpone: backoff }: { postpone: Backoff },
  message: QueueMessage,
): Promise<void> {
  const milliseconds = backoffMilliseconds(message.receives, backoff, waiting.random())
  try {
    await queue.keepInvisible(message, Math.ceil(milliseconds / 1000))
  } catch (error) {
    // It comes again by itself, only sooner.
    log('message-not-postponed', { messageId: message.id, reason: awsFault(error).text }, 'warning')
  }
}
