import { awsFault } from '../aws-fault.ts'
import type { Log } from '../log.ts'
import type { Waiting } from '../waiting.ts'
import type { PrintQueue, QueueMessage } from './print-queue.ts'

/** Signs of life in each span of invisibility: two may get lost. */
const SIGNS_PER_SPAN = 3

/** Nobody else gets the message while the action runs, however long that is. */
export async function whileKeptInvisible<T>(
  { queue, waiting, log }: { queue: PrintQueue; waiting: Waiting; log: Log },
  { invisibleSeconds }: { invisibleSeconds: number },
  message: QueueMessage,
  action: () => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const signs = (async () => {
    for (;;) {
      await waiting.pause((invisibleSeconds * 1000) / SIGNS_PER_SPAN, over.signal)
      if (over.signal.aborted) return
      try {
        await queue.keepInvisible(message, invisibleSeconds)
      } catch (error) {
        // The job goes on; at worst the message comes again meanwhile.
        log('print-job-not-extended', { messageId: message.id, reason: awsFault(error).text })
      }
    }
  })()
  try {
    return await action()
  } finally {
    over.abort()
    await signs
  }
}
