import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { awsFault } from '../aws-fault.ts'
import { backoffMilliseconds } from '../backoff.ts'
import { parkedMessages } from './parked-messages.ts'
import { printerLanes } from './printer-lanes.ts'
import {
  type PrintAgentDependencies,
  type PrintAgentOptions,
  type Running,
  serveMessage,
  WORK_PREFIX,
} from './serve-message.ts'

export const PRINT_AGENT_DEFAULTS: Omit<PrintAgentOptions, 'workFolder'> = {
  invisibleSeconds: 120,
  postpone: { firstMilliseconds: 30_000, longestMilliseconds: 1_800_000 },
  longestLane: 10,
  pace: { firstMilliseconds: 100, longestMilliseconds: 10_000 },
  patienceMilliseconds: 15_000,
  afterFault: { firstMilliseconds: 1000, longestMilliseconds: 60_000 },
}

/** How the work shows that it goes on. */
export interface PrintAgentSigns {
  /** Called at least twice a minute. */
  beat: () => void
  /** How many jobs are in hand, whenever that changes. */
  waiting: (count: number) => void
}

export interface PrintAgent {
  /** Ends the poll at once, and lets go of the jobs: CUPS prints what it has, and the next start goes on with them. */
  stop: () => Promise<void>
}

/** Prints what comes on the queue of a site until it is stopped. No fault ends it. */
export function startPrintAgent(
  dependencies: PrintAgentDependencies,
  options: Pick<PrintAgentOptions, 'workFolder'> & Partial<PrintAgentOptions>,
): PrintAgent {
  const stopping = new AbortController()
  const ended = runPrintAgent(dependencies, options, stopping.signal)
  return {
    stop: () => {
      stopping.abort()
      return ended
    },
  }
}

const NO_SIGNS: PrintAgentSigns = { beat: () => {}, waiting: () => {} }

/** As {@link startPrintAgent}, until the signal aborts and what was in hand is let go of. */
export async function runPrintAgent(
  dependencies: PrintAgentDependencies,
  someOptions: Pick<PrintAgentOptions, 'workFolder'> & Partial<PrintAgentOptions>,
  stopping: AbortSignal,
  signs: PrintAgentSigns = NO_SIGNS,
): Promise<void> {
  const options = { ...PRINT_AGENT_DEFAULTS, ...someOptions }
  await clearLeftovers(options.workFolder).catch((error: unknown) => {
    dependencies.log('work-folder-not-cleared', { reason: String(error) }, 'warning')
  })
  const parked = parkedMessages(dependencies)
  const running = { lanes: printerLanes(), names: new Set<string>(), parked, stopping }
  await serveUntilStopped(dependencies, options, running, signs)
  await parked.callAll()
}

async function serveUntilStopped(
  dependencies: PrintAgentDependencies,
  options: PrintAgentOptions,
  running: Running,
  signs: PrintAgentSigns,
): Promise<void> {
  const { queue, log, told, hindered, waiting } = dependencies
  const serving = new Set<Promise<void>>()
  let faults = 0
  while (!running.stopping.aborted) {
    signs.beat()
    try {
      const message = await queue.receive(options.invisibleSeconds, running.stopping)
      faults = 0
      hindered?.('queue', undefined)
      if (message === undefined) continue
      const served = serveMessage(dependencies, options, running, message).then(() => {
        serving.delete(served)
        signs.waiting(serving.size)
      })
      serving.add(served)
      signs.waiting(serving.size)
    } catch (error) {
      const reason = awsFault(error).text
      log('print-queue-unavailable', { reason }, 'warning')
      told?.error(`the print queue does not answer: ${reason}`)
      hindered?.('queue', `the print queue does not answer: ${reason}`)
      faults += 1
      const milliseconds = backoffMilliseconds(faults, options.afterFault, waiting.random())
      await waiting.pause(milliseconds, running.stopping)
    }
  }
  await Promise.all(serving)
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
