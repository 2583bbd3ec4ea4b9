import { awsFault } from '../aws-fault.ts'
import type { Log } from '../log.ts'
import type { QueueMessage, WorkQueue } from '../queue/work-queue.ts'

export interface ParkedMessages {
  /** Puts a message back that there is no room for. */
  park: (lane: string, message: QueueMessage) => Promise<void>
  /** There is room for one: the one that was parked first comes at once. */
  call: (lane: string) => Promise<void>
  /** The agent ends, and the next one has room for all of them. */
  callAll: () => Promise<void>
}

/** After an agent that was killed, what it had parked comes by itself. Ten days of it, which a queue keeps a job, are 480 receives of 1000. */
const PARKED_SECONDS = 1800

/** Messages of lanes that are full. Put back for a moment every time, they would use up their receives while a printer has no paper. */
export function parkedMessages({
  queue,
  log,
}: {
  queue: Pick<WorkQueue, 'keepInvisible'>
  log: Log
}): ParkedMessages {
  const lanes = new Map<string, Map<string, QueueMessage>>()
  const putBack = async (message: QueueMessage, seconds: number) => {
    try {
      await queue.keepInvisible(message, seconds)
    } catch (error) {
      // It comes again by itself.
      log('message-not-postponed', { messageId: message.id, reason: awsFault(error).text }, 'warning')
    }
  }
  const call = async (lane: string) => {
    const parked = lanes.get(lane)
    const [first] = parked?.values() ?? []
    if (parked === undefined || first === undefined) return
    parked.delete(first.id)
    if (parked.size === 0) lanes.delete(lane)
    await putBack(first, 0)
  }
  return {
    park: async (lane, message) => {
      // By its newest receipt, in its old place.
      lanes.set(lane, (lanes.get(lane) ?? new Map()).set(message.id, message))
      await putBack(message, PARKED_SECONDS)
    },
    call,
    callAll: async () => {
      for (const lane of [...lanes.keys()]) while (lanes.has(lane)) await call(lane)
    },
  }
}
