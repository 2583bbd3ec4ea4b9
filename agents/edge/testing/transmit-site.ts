import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { makeFaxId } from '../../../shared/fax-id.ts'
import { transmitKey } from '../../../shared/transmission/keys.ts'
import {
  type TransmissionEvent,
  type TransmissionReport,
  type TransmitJob,
  transmitJobSchema,
} from '../../../shared/transmission/transmit-job.ts'
import { type LogLevel, logLine } from '../../log.ts'
import type { QueueMessage, WorkQueue } from '../../queue/work-queue.ts'
import { realWaiting } from '../../waiting.ts'
import { connectAmi } from '../ami/ami-connection.ts'
import { AmiLink } from '../ami/ami-link.ts'
import type { ClaimAnswer, Claims } from '../transmit/claims.ts'
import type { EndedEvent } from '../transmit/judge-call.ts'
import { openTransmissionJournal } from '../transmit/transmission-journal.ts'
import { runTransmitAgent } from '../transmit/transmit-agent.ts'
import type { TransmitDependencies, TransmitOptions } from '../transmit/transmit-dependencies.ts'
import { AMI_SECRET, AMI_USER, FakeAsterisk } from './fake-asterisk.ts'

/** A second of SQS's, in milliseconds of a test. */
const SECOND = 5

/** A transmit queue on a clock that runs fast. */
class FastQueue implements WorkQueue {
  readonly messages = new Map<
    string,
    { body: string; visibleAt: number; receives: number; firstReceivedAt: Date }
  >()

  add(id: string, body: string): void {
    this.messages.set(id, { body, visibleAt: 0, receives: 0, firstReceivedAt: new Date() })
  }

  receive = async (invisibleSeconds: number, signal: AbortSignal): Promise<QueueMessage | undefined> => {
    await realWaiting.pause(2, signal)
    if (signal.aborted) return undefined
    for (const [id, message] of this.messages) {
      if (message.visibleAt > Date.now()) continue
      message.visibleAt = Date.now() + invisibleSeconds * SECOND
      message.receives += 1
      if (message.receives === 1) message.firstReceivedAt = new Date()
      return { id, receipt: id, ...message }
    }
    return undefined
  }

  keepInvisible = async ({ receipt }: QueueMessage, seconds: number): Promise<void> => {
    const message = this.messages.get(receipt)
    if (message === undefined) throw new Error('InvalidParameterValue: no such receipt')
    message.visibleAt = Date.now() + seconds * SECOND
  }

  remove = async ({ receipt }: QueueMessage): Promise<void> => {
    this.messages.delete(receipt)
  }
}

/** Claims as the bucket keeps them; `put` is what somebody else puts there first. */
class MemoryClaims implements Claims {
  readonly held = new Map<string, string>()

  take = async (key: string, agent: string, at: Date): Promise<ClaimAnswer> => {
    const held = this.held.get(key)
    if (held === undefined) this.held.set(key, `${agent} ${at.toISOString()}`)
    const [holder, since = ''] = (this.held.get(key) ?? '').split(' ')
    if (since === '') return { claim: 'canceled' }
    return { claim: holder === agent ? 'mine' : 'theirs', at: since }
  }
}

/** A site that sends: what survives the agent, and agents on it, one after the other. */
export class TransmitSite {
  readonly asterisk = new FakeAsterisk()
  readonly queue = new FastQueue()
  readonly claims = new MemoryClaims()
  readonly documents = new Map<string, Buffer>()
  readonly reports: TransmissionReport[] = []
  readonly lines: string[] = []
  readonly told: string[] = []
  readonly folder: string
  readonly outgoing: string
  /** Rejects a report, where it returns an error. */
  reportFault: () => Error | undefined = () => undefined
  /** By how much somebody has set the machine's clock. */
  clockSetMilliseconds = 0
  #jobs = 0

  private constructor(folder: string) {
    this.folder = folder
    this.outgoing = join(folder, 'outgoing')
  }

  static async make(): Promise<TransmitSite> {
    const site = new TransmitSite(await mkdtemp(join(tmpdir(), 'faxlane-transmit-')))
    await mkdir(site.outgoing)
    await site.asterisk.start()
    return site
  }

  async end(): Promise<void> {
    await this.asterisk.stop()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** Puts a job on the queue; with `changes`, in words that differ. */
  send(destination: string, changes: Partial<TransmitJob> = {}): TransmitJob {
    this.#jobs += 1
    const job = jobFor(destination, this.#jobs, changes)
    this.documents.set(job.key, TIFF)
    this.queue.add(`message-${this.#jobs}`, JSON.stringify(job))
    return job
  }

  async dependencies(): Promise<TransmitDependencies> {
    const log = (
      event: string,
      fields: Record<string, string | number | boolean>,
      level: LogLevel = 'info',
    ) => void this.lines.push(`${level} ${logLine(event, fields)}`)
    const waiting = realWaiting
    const { port } = this.asterisk
    const access = { host: '127.0.0.1', port, user: AMI_USER, secret: AMI_SECRET }
    return {
      queue: this.queue,
      reports: {
        send: async (report) => {
          const fault = this.reportFault()
          if (fault !== undefined) throw fault
          this.reports.push(report)
        },
      },
      files: {
        fetch: async (key, path) => {
          const document = this.documents.get(key)
          if (document === undefined) return 'missing'
          await writeFile(path, document, { flag: 'wx' })
          return 'fetched'
        },
      },
      claims: this.claims,
      journal: await openTransmissionJournal(
        { log, now: () => new Date() },
        join(this.folder, 'transmissions.journal'),
      ),
      link: new AmiLink(
        { log, waiting },
        {
          connect: () => connectAmi(access, { answerMilliseconds: 10_000 }),
          pingMilliseconds: 1000,
          again: { firstMilliseconds: 5, longestMilliseconds: 20 },
        },
      ),
      waiting: { ...waiting, now: () => new Date(Date.now() + this.clockSetMilliseconds) },
      elapsed: () => performance.now(),
      log,
      told: { success: (text) => void this.told.push(text), error: (text) => void this.told.push(text) },
    }
  }

  /** Starts an agent; the answer stops it. */
  async start(options: Partial<TransmitOptions> = {}): Promise<() => Promise<void>> {
    return this.run(await this.dependencies(), options)
  }

  run(dependencies: TransmitDependencies, options: Partial<TransmitOptions>): () => Promise<void> {
    const stopping = new AbortController()
    const ended = runTransmitAgent(dependencies, { ...this.options(), ...options }, stopping.signal)
    return async () => {
      stopping.abort()
      await ended
      await dependencies.journal.close()
    }
  }

  options(): TransmitOptions {
    return {
      site: 'paris',
      channels: 1,
      dialContext: 'default',
      transmitContext: 'txfax',
      outgoingFolder: this.outgoing,
      invisibleSeconds: 120,
      linkMilliseconds: 20,
      postpone: { firstMilliseconds: 1000, longestMilliseconds: 2000 },
      postponeAfterFault: { firstMilliseconds: 1000, longestMilliseconds: 2000 },
      afterFault: { firstMilliseconds: 1, longestMilliseconds: 5 },
      reportMilliseconds: 10,
      stopMilliseconds: 0,
      settleMilliseconds: 60,
      progressMilliseconds: 15,
      lookAgainMilliseconds: 20,
      graceMilliseconds: 0,
      patienceMilliseconds: 60_000,
    }
  }

  /** What was reported of an attempt, in order. */
  eventsOf({ transmissionId, attempt }: TransmitJob): TransmissionEvent[] {
    return this.reports
      .filter(({ transmission: { id, attempt: of } }) => id === transmissionId && of === attempt)
      .map(({ transmission: { progress } }) => progress)
  }

  endOf(job: TransmitJob): EndedEvent | undefined {
    return this.eventsOf(job).find((event) => event.event === 'ended')
  }

  /** Waits for the end of an attempt, and until its message is off the queue. */
  async ended(job: TransmitJob): Promise<EndedEvent> {
    const giveUpAt = performance.now() + 25_000
    for (;;) {
      const end = this.endOf(job)
      const isOnQueue = [...this.queue.messages.values()].some(({ body }) =>
        body.includes(job.transmissionId),
      )
      if (end !== undefined && !isOnQueue) return end
      if (performance.now() > giveUpAt) {
        throw new Error(`waited in vain for the end of ${job.transmissionId}:\n${this.lines.join('\n')}`)
      }
      await pause(2)
    }
  }
}

export const TIFF = Buffer.from('II*\0 the bytes of a fax')

export function jobFor(destination: string, number: number, changes: Partial<TransmitJob> = {}): TransmitJob {
  const transmissionId = makeFaxId(new Date('2026-11-25T08:00:00Z'), String(number))
  return transmitJobSchema.parse({
    version: 1,
    transmissionId,
    site: 'paris',
    attempt: 1,
    key: transmitKey({ site: 'paris', transmissionId }),
    sizeBytes: TIFF.length,
    sha256: createHash('sha256').update(TIFF).digest('base64'),
    pages: 1,
    destination,
    callerNumber: '0112697845',
    stationId: '+33112697845',
    resolution: 'fine',
    ecm: true,
    maxRate: 14_400,
    answerSeconds: 30,
    callSeconds: 600,
    ...changes,
  })
}
