import { awsFault } from '../../aws-fault.ts'
import { backoffMilliseconds } from '../../backoff.ts'
import { clearDocuments } from './document.ts'
import { type InHand, resumeAttempt, serveTransmission } from './serve-transmission.ts'
import type { TransmitDependencies, TransmitOptions } from './transmit-dependencies.ts'

/**
 * Sends what comes on the transmit queue of the site until the signal aborts, a call for each channel at a time. No fault ends it. Calls
 * that an earlier start dialled are followed first.
 */
export async function runTransmitAgent(
  dependencies: TransmitDependencies,
  options: TransmitOptions,
  stopping: AbortSignal,
  onCalls: (count: number) => void = () => {},
): Promise<void> {
  const open = dependencies.journal.open()
  await clearLeftovers(dependencies, options, new Set(open))
  const letGo = new AbortController()
  const inHand: InHand = { names: new CountedSet(onCalls), stopping, letGo: letGo.signal }
  const linkKept = dependencies.link.keep(letGo.signal)
  const channels = Array.from({ length: options.channels }, async (_, channel) => {
    const earlier = open.filter((_, index) => index % options.channels === channel)
    await Promise.all(earlier.map((name) => resumeAttempt(dependencies, options, inHand, name)))
    await serveChannel(dependencies, options, inHand, stopping)
  })
  const ended = Promise.all(channels)
  const stop = async () => {
    await dependencies.waiting.pause(options.stopMilliseconds, letGo.signal)
    letGo.abort()
  }
  if (stopping.aborted) letGo.abort()
  stopping.addEventListener('abort', stop, { once: true })
  try {
    await ended
  } finally {
    letGo.abort()
    await linkKept
  }
}

async function serveChannel(
  dependencies: TransmitDependencies,
  options: TransmitOptions,
  inHand: InHand,
  stopping: AbortSignal,
): Promise<void> {
  const { queue, waiting, log, told } = dependencies
  let faults = 0
  while (!stopping.aborted) {
    try {
      const message = await queue.receive(options.invisibleSeconds, stopping)
      faults = 0
      if (message !== undefined) await serveTransmission(dependencies, options, inHand, message)
    } catch (error) {
      const reason = awsFault(error).text
      log('transmit-queue-unavailable', { reason }, 'warning')
      told.error(`the transmit queue does not answer: ${reason}`)
      faults += 1
      await waiting.pause(backoffMilliseconds(faults, options.afterFault, waiting.random()), stopping)
    }
  }
}

async function clearLeftovers(
  { log }: TransmitDependencies,
  { outgoingFolder }: TransmitOptions,
  stillNeeded: ReadonlySet<string>,
): Promise<void> {
  try {
    await clearDocuments(outgoingFolder, stillNeeded)
  } catch (error) {
    log('outgoing-folder-not-cleared', { reason: (error as Error).message }, 'error')
  }
}

/** Tells its size whenever that changes. */
class CountedSet extends Set<string> {
  readonly #onCount: (count: number) => void

  constructor(onCount: (count: number) => void) {
    super()
    this.#onCount = onCount
  }

  override add(name: string): this {
    super.add(name)
    this.#onCount(this.size)
    return this
  }

  override delete(name: string): boolean {
    const had = super.delete(name)
    this.#onCount(this.size)
    return had
  }
}
