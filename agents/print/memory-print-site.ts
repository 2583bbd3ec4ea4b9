import { readFile, writeFile } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import type { Report } from '../../shared/messages.ts'
import { delivered, type Outcome } from '../../shared/outcome.ts'
import type { JobFiles } from '../queue/job-files.ts'
import type { QueueMessage, Reports, WorkQueue } from '../queue/work-queue.ts'
import type { JobToPrint, Obstacle, Printer, Progress, SpooledJob } from './printer.ts'

const START = Date.parse('2026-11-23T08:00:00Z')

/** A queue as SQS behaves, on a clock that the test turns. */
export class MemoryQueue implements WorkQueue {
  nowSeconds = 0
  private readonly messages = new Map<
    string,
    { body: string; visibleAt: number; receives: number; firstReceivedAt?: Date }
  >()

  now = (): Date => new Date(START + this.nowSeconds * 1000)

  add(id: string, body: string): void {
    this.messages.set(id, { body, visibleAt: 0, receives: 0 })
  }

  ids(): string[] {
    return [...this.messages.keys()]
  }

  /** Seconds until the message comes again. */
  hiddenSeconds(id: string): number {
    return (this.messages.get(id)?.visibleAt ?? 0) - this.nowSeconds
  }

  receive = async (invisibleSeconds: number): Promise<QueueMessage | undefined> => {
    // A real poll lets the rest of the process run.
    await turn()
    for (const [id, message] of this.messages) {
      if (message.visibleAt > this.nowSeconds) continue
      message.visibleAt = this.nowSeconds + invisibleSeconds
      message.receives += 1
      message.firstReceivedAt ??= this.now()
      const { body, receives, firstReceivedAt } = message
      return { id, receipt: id, body, receives, firstReceivedAt }
    }
    return undefined
  }

  keepInvisible = async ({ receipt }: QueueMessage, seconds: number): Promise<void> => {
    const message = this.messages.get(receipt)
    if (message === undefined) throw new Error('InvalidParameterValue: no such receipt')
    message.visibleAt = this.nowSeconds + seconds
  }

  remove = async ({ receipt }: QueueMessage): Promise<void> => {
    this.messages.delete(receipt)
  }
}

export class MemoryFiles implements JobFiles {
  readonly objects = new Map<string, string>()

  fetch = async (key: string, path: string): Promise<'fetched' | 'missing'> => {
    const object = this.objects.get(key)
    if (object === undefined) return 'missing'
    await writeFile(path, object, { flag: 'wx' })
    return 'fetched'
  }
}

export class MemoryReports implements Reports<Report> {
  readonly sent: Report[] = []
  send = async (report: Report): Promise<void> => {
    this.sent.push(report)
  }
}

interface MemoryJob extends SpooledJob {
  printer: string
  faxId: string
  format: string
  text: string
  state: 'held' | 'pending' | 'printed' | 'canceled'
}

/** A CUPS. It prints what it may as soon as somebody looks, and keeps its history unless told otherwise. */
export class MemoryPrinter implements Printer {
  readonly jobs = new Map<number, MemoryJob>()
  readonly printed: { faxId: string; format: string; text: string }[] = []
  /** What `submit` answers, one after the other, before it takes jobs. */
  readonly answers: Outcome[]
  /** Why nothing is printed now. */
  obstacle: Obstacle | undefined
  /** Printers that the obstacle does not stand in the way of. */
  readonly unaffected = new Set<string>()
  keepsHistory = true

  constructor(answers: Outcome[] = []) {
    this.answers = [...answers]
  }

  submit = async (
    path: string,
    { faxId, format, printer = '' }: JobToPrint,
  ): Promise<SpooledJob | Outcome> => {
    const answer = this.answers.shift()
    if (answer !== undefined) return answer
    const id = this.jobs.size + 1
    const spooled = { id, receipt: `office-${id}`, token: `memory.${id}` }
    const text = await readFile(path, 'utf8')
    this.jobs.set(id, { ...spooled, printer, faxId, format, text, state: 'held' })
    return spooled
  }

  release = async ({ id }: SpooledJob): Promise<void> => {
    const job = this.jobs.get(id)
    if (job?.state !== 'held') throw new Error(`lp: job ${id} is not held`)
    job.state = 'pending'
    this.print()
  }

  cancel = async ({ id }: SpooledJob): Promise<void> => {
    const job = this.jobs.get(id)
    if (job?.state !== 'held' && job?.state !== 'pending') throw new Error(`cancel: job ${id} has ended`)
    job.state = 'canceled'
  }

  look = async ({ id, token }: SpooledJob): Promise<Progress> => {
    this.print()
    const job = this.jobs.get(id)
    if (job?.token !== token || (job.state === 'printed' && !this.keepsHistory)) return { state: 'unknown' }
    if (job.state === 'held') return { state: 'held', code: 'job-held', text: 'held' }
    if (job.state === 'canceled') return { state: 'canceled', text: 'canceled in CUPS' }
    if (job.state === 'printed') return { state: 'ended', outcome: delivered(job.receipt, 'printed') }
    return this.obstacle === undefined
      ? { state: 'under way', text: '' }
      : { state: 'stuck', ...this.obstacle }
  }

  unfinished = async (): Promise<SpooledJob[]> =>
    [...this.jobs.values()].filter(({ state }) => state === 'held' || state === 'pending')

  private print(): void {
    for (const job of this.jobs.values()) {
      if (job.state !== 'pending') continue
      if (this.obstacle !== undefined && !this.unaffected.has(job.printer)) continue
      job.state = 'printed'
      this.printed.push({ faxId: job.faxId, format: job.format, text: job.text })
    }
  }
}
