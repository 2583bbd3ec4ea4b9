import { awsFault } from '../aws-fault.ts'
import type { Log } from '../log.ts'
import type { Waiting } from '../waiting.ts'
import type { QueueMessage, WorkQueue } from './work-queue.ts'

/** Signs of life in each span of invisibility: two may get lost. */
const SIGNS_PER_SPAN = 3
/** SQS keeps a message invisible for at most twelve hours after each receiving of it. */
const LONGEST_MILLISECONDS = 11 * 3600 * 1000

/**
 * Nobody else gets the message while the action runs, however long that is. The action's signal aborts when `stopping` does, and when
 * the message has been in hand for so long that SQS will not leave it there: it has to come again then.
 */
export async function whileKeptInvisible<T>(
  { queue, waiting, log }: { queue: Pick<WorkQueue, 'keepInvisible'>; waiting: Waiting; log: Log },
  { invisibleSeconds, stopping }: { invisibleSeconds: number; stopping: AbortSignal },
  message: QueueMessage,
  action: (letGo: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const letGo = new AbortController()
  const stop = () => letGo.abort()
  if (stopping.aborted) stop()
  stopping.addEventListener('abort', stop, { once: true })
  const betweenSigns = (invisibleSeconds * 1000) / SIGNS_PER_SPAN
  const signs = (async () => {
    // Not by the clock, which somebody may set in the middle of a call.
    for (let inHand = betweenSigns; ; inHand += betweenSigns) {
      await waiting.pause(betweenSigns, over.signal)
      if (over.signal.aborted) return
      if (inHand > LONGEST_MILLISECONDS) stop()
      try {
        await queue.keepInvisible(message, invisibleSeconds)
      } catch (error) {
        // The job goes on; at worst the message comes again meanwhile.
        log('job-not-extended', { messageId: message.id, reason: awsFault(error).text }, 'warning')
      }
    }
  })()
  try {
    return await action(letGo.signal)
  } finally {
    stopping.removeEventListener('abort', stop)
    over.abort()
    await signs
  }
}
