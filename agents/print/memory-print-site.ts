import { readFile, writeFile } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import type { Report } from '../../shared/messages.ts'
import { delivered, type Outcome } from '../../shared/outcome.ts'
import type { PrintFiles } from './print-files.ts'
import type { PrintQueue, QueueMessage, Reports } from './print-queue.ts'
import type { JobToPrint, Printer } from './printer.ts'

/** A queue as SQS behaves, on a clock that the test turns. */
export class MemoryQueue implements PrintQueue {
  nowSeconds = 0
  private readonly messages = new Map<string, { body: string; visibleAt: number; receives: number }>()

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
      return { id, receipt: id, body: message.body, receives: message.receives }
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

export class MemoryFiles implements PrintFiles {
  readonly objects = new Map<string, string>()

  fetch = async (key: string, path: string): Promise<'fetched' | 'missing'> => {
    const object = this.objects.get(key)
    if (object === undefined) return 'missing'
    await writeFile(path, object, { flag: 'wx' })
    return 'fetched'
  }
}

export class MemoryReports implements Reports {
  readonly sent: Report[] = []
  send = async (report: Report): Promise<void> => {
    this.sent.push(report)
  }
}

/** Keeps what was printed; answers by the next outcome of a list, and `delivered` after its end. */
export class MemoryPrinter implements Printer {
  readonly printed: { faxId: string; text: string; path: string }[] = []
  readonly outcomes: Outcome[]

  constructor(outcomes: Outcome[] = []) {
    this.outcomes = [...outcomes]
  }

  print = async (path: string, { faxId }: JobToPrint): Promise<Outcome> => {
    const outcome = this.outcomes.shift() ?? delivered(`memory-${this.printed.length + 1}`, 'printed')
    if (outcome.outcome === 'delivered')
      this.printed.push({ faxId, path, text: await readFile(path, 'utf8') })
    return outcome
  }
}
