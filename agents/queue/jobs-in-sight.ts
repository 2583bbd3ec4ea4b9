import type { QueueMessage, WorkQueue } from './work-queue.ts'

export interface JobsInSight {
  count: number
  /** Of those that were received at least so often; undefined where there is none. */
  oldestMilliseconds: (leastReceives: number) => number | undefined
}

/** An agent that is told to stop may let go of a message in between; what has not come back so long after its time will not. */
const OVERDUE_MILLISECONDS = 30 * 60_000

interface Job {
  receives: number
  since: number
  backAt: number
}

/**
 * A queue that remembers which of its messages came here and are not off it: those in hand, and those that were put back for a while. SQS's
 * own age of the oldest message leaves out what was received three times and more:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function withJobsInSight(
  { now, elapsed }: { now: () => Date; elapsed: () => number },
  queue: WorkQueue,
): { queue: WorkQueue; inSight: () => JobsInSight } {
  const jobs = new Map<string, Job>()
  const see = ({ id, receives, firstReceivedAt }: QueueMessage, seconds: number) => {
    const age = Math.max(0, now().getTime() - firstReceivedAt.getTime())
    const since = jobs.get(id)?.since ?? elapsed() - age
    jobs.set(id, { receives, since, backAt: elapsed() + seconds * 1000 })
  }
  return {
    queue: {
      receive: async (invisibleSeconds, signal) => {
        const message = await queue.receive(invisibleSeconds, signal)
        if (message !== undefined) see(message, invisibleSeconds)
        return message
      },
      keepInvisible: async (message, seconds) => {
        see(message, seconds)
        await queue.keepInvisible(message, seconds)
      },
      remove: async (message) => {
        await queue.remove(message)
        jobs.delete(message.id)
      },
    },
    inSight: () => {
      for (const [id, { backAt }] of jobs) {
        if (elapsed() > backAt + OVERDUE_MILLISECONDS) jobs.delete(id)
      }
      return {
        count: jobs.size,
        oldestMilliseconds: (leastReceives) => {
          const since = [...jobs.values()].filter(({ receives }) => receives >= leastReceives)
          return since.length === 0 ? undefined : elapsed() - Math.min(...since.map((job) => job.since))
        },
      }
    },
  }
}
