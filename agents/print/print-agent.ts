import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { awsFault } from '../aws-fault.ts'
import { backoffMilliseconds } from '../backoff.ts'
import { type EndedJobs, endedJobsInMemory } from './ended-jobs.ts'
import type { QueueMessage } from './print-queue.ts'
import {
  type PrintAgentDependencies,
  type PrintAgentOptions,
  serveMessage,
  WORK_PREFIX,
} from './serve-message.ts'

export const PRINT_AGENT_DEFAULTS: Omit<PrintAgentOptions, 'workFolder'> = {
  invisibleSeconds: 120,
  postpone: { firstMilliseconds: 30_000, longestMilliseconds: 3_600_000 },
  afterFault: { firstMilliseconds: 1000, longestMilliseconds: 60_000 },
}

export interface PrintAgent {
  /** Ends the poll at once; a job that is being printed is ended first. */
  stop: () => Promise<void>
}

/** Prints what comes on the queue of a site, one job after the other, until it is stopped. No fault ends it. */
export function startPrintAgent(
  dependencies: PrintAgentDependencies,
  options: Pick<PrintAgentOptions, 'workFolder'> & Partial<PrintAgentOptions>,
): PrintAgent {
  const stopping = new AbortController()
  const ended = serveUntil(stopping.signal, dependencies, { ...PRINT_AGENT_DEFAULTS, ...options })
  return {
    stop: () => {
      stopping.abort()
      return ended
    },
  }
}

async function serveUntil(
  stopping: AbortSignal,
  dependencies: PrintAgentDependencies,
  options: PrintAgentOptions,
): Promise<void> {
  const { log, waiting } = dependencies
  const ended = endedJobsInMemory()
  let faults = 0
  await clearLeftovers(options.workFolder).catch((error: unknown) => {
    log('work-folder-not-cleared', { reason: String(error) })
  })
  while (!stopping.aborted) {
    const served = await serveNext(dependencies, options, ended, stopping)
    faults = served === 'left' ? faults + 1 : 0
    if (faults > 0) {
      await waiting.pause(backoffMilliseconds(faults, options.afterFault, waiting.random()), stopping)
    }
  }
}

/** Waits for a message and serves it, or returns after the poll's time without one. */
export async function serveNext(
  dependencies: PrintAgentDependencies,
  options: PrintAgentOptions,
  ended: EndedJobs,
  stopping: AbortSignal,
): Promise<'served' | 'left'> {
  let message: QueueMessage | undefined
  try {
    message = await dependencies.queue.receive(options.invisibleSeconds, stopping)
  } catch (error) {
    dependencies.log('print-queue-unavailable', { reason: awsFault(error).text })
    return 'left'
  }
  if (message === undefined) return 'served'
  return await serveMessage(dependencies, options, ended, message)
}

async function clearLeftovers(workFolder: string): Promise<void> {
  const entries = await readdir(workFolder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  for (const entry of entries.filter((name) => name.startsWith(WORK_PREFIX))) {
    await rm(join(workFolder, entry), { recursive: true, force: true })
  }
}
