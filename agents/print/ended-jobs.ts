import type { Report } from '../../shared/messages.ts'
import type { QueueMessage } from './print-queue.ts'

/**
 * The jobs that ended and whose message may still come again: the report did not get through, the removal did not, or the queue
 * delivers twice, as it may. They are reported again and not printed again. By message, not by fax: a job that an operator
 * sends once more is a new message, and is printed.
 */
export interface EndedJobs {
  reportOf: (message: QueueMessage) => Report | undefined
  remember: (message: QueueMessage, report: Report) => void
}

const MOST_REMEMBERED = 1000

/** In memory: a killed agent forgets, and may print a job twice. */
export function endedJobsInMemory(): EndedJobs {
  const reports = new Map<string, Report>()
  return {
    reportOf: (message) => reports.get(message.id),
    remember: (message, report) => {
      reports.set(message.id, report)
      // A Map keeps the order of insertion: the first key is the oldest.
      const [oldest] = reports.keys()
      if (reports.size > MOST_REMEMBERED && oldest !== undefined) reports.delete(oldest)
    },
  }
}
