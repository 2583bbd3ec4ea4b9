import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFaxId } from '../../shared/fax-id.ts'
import { type PrintJob, reportSchema } from '../../shared/messages.ts'
import { failed, retry } from '../../shared/outcome.ts'
import { logLine } from '../log.ts'
import { memoryJournal } from './job-journal.ts'
import { MemoryFiles, MemoryPrinter, MemoryQueue, MemoryReports } from './memory-print-site.ts'
import { parkedMessages } from './parked-messages.ts'
import { PRINT_AGENT_DEFAULTS, startPrintAgent } from './print-agent.ts'
import { UNSUPPORTED_FORMAT } from './printer.ts'
import { printerLanes } from './printer-lanes.ts'
import { type PrintAgentDependencies, type Running, serveMessage } from './serve-message.ts'

let workFolder: string
beforeAll(async () => {
  workFolder = await mkdtemp(join(tmpdir(), 'faxlane-print-'))
})
afterAll(() => rm(workFolder, { recursive: true }))

function jobOf(name: string, changed: Partial<PrintJob> = {}): PrintJob {
  const faxId = makeFaxId(new Date('2026-11-23T08:00:00Z'), name)
  return {
    version: 1,
    faxId,
    backend: 'printer_office',
    key: `print/paris/${faxId}-printer_office.pdf`,
    format: 'pdf',
    printer: 'office',
    title: 'FAX from 0033112697845',
    fileName: '0123456789-0033112697845.pdf',
    pages: 1,
    ...changed,
  }
}

/** A site with a job for each name, its file in the bucket and its message on the queue. A pause turns its clock. */
function site(names: string[], printer = new MemoryPrinter(), changed: Partial<PrintJob> = {}) {
  const queue = new MemoryQueue()
  const files = new MemoryFiles()
  const reports = new MemoryReports()
  const lines: string[] = []
  const stopping = new AbortController()
  const waiting = {
    pause: async (milliseconds: number, signal?: AbortSignal) => {
      await turn()
      // Long pauses are those of the signs of life: they pass while the short ones, between two looks, turn the clock.
      const until = queue.nowSeconds + milliseconds / 1000
      if (milliseconds <= PRINT_AGENT_DEFAULTS.pace.longestMilliseconds) queue.nowSeconds = until
      while (queue.nowSeconds < until && signal?.aborted !== true) await turn()
    },
    random: () => 1,
    now: queue.now,
  }
  const journal = memoryJournal()
  const log = (event: string, fields: Parameters<PrintAgentDependencies['log']>[1]) =>
    void lines.push(logLine(event, fields))
  const dependencies: PrintAgentDependencies = { queue, files, reports, printer, journal, waiting, log }
  const jobs = names.map((name) => jobOf(name, changed))
  for (const [index, job] of jobs.entries()) {
    files.objects.set(job.key, `file of ${names[index]}`)
    queue.add(names[index] ?? '', JSON.stringify(job))
  }
  return { queue, files, reports, printer, journal, lines, jobs, dependencies, stopping }
}

const options = () => ({ ...PRINT_AGENT_DEFAULTS, workFolder })
const never = new AbortController().signal

function runningOn(dependencies: PrintAgentDependencies, stopping: AbortSignal): Running {
  const parked = parkedMessages(dependencies)
  return { lanes: printerLanes(), names: new Set<string>(), parked, stopping }
}

/** Serves the next message, if there is one. */
async function serve(
  dependencies: PrintAgentDependencies,
  stopping = never,
  running = runningOn(dependencies, stopping),
): Promise<void> {
  const message = await dependencies.queue.receive(120, stopping)
  if (message !== undefined) await serveMessage(dependencies, options(), running, message)
}

describe('a print job', () => {
  it('is fetched, printed, reported and removed, and leaves no file behind', async () => {
    const { dependencies, queue, reports, printer, jobs } = site(['one'])
    await serve(dependencies)
    expect(printer.printed).toMatchObject([{ faxId: jobs[0]?.faxId, text: 'file of one' }])
    expect(reports.sent).toMatchObject([
      {
        faxId: jobs[0]?.faxId,
        backend: 'printer_office',
        outcome: { outcome: 'delivered', receipt: 'office-1', text: 'printed' },
      },
    ])
    expect(reportSchema.parse(reports.sent[0])).toEqual(reports.sent[0])
    expect(queue.ids()).toEqual([])
    expect(await readdir(workFolder)).toEqual([])
  })

  it('puts no number into the log', async () => {
    const { dependencies, lines } = site(['one'])
    await serve(dependencies)
    expect(lines.join('\n')).toContain('outcome=delivered')
    expect(lines.join('\n')).not.toMatch(/0033112697845|0123456789/)
  })

  it('is held in CUPS until its number is in the journal', async () => {
    const { dependencies, printer, journal } = site(['one'])
    const write: typeof journal.write = async (entry) => {
      if (entry.entry === 'spooled') throw new Error('ENOSPC')
      await journal.write(entry)
    }
    await serve({ ...dependencies, journal: { ...journal, write } })
    expect([...printer.jobs.values()].map(({ state }) => state)).toEqual(['held'])
    expect(printer.printed).toEqual([])
  })

  it('is reported as failed when its file is not in the bucket', async () => {
    const { dependencies, queue, files, reports, printer } = site(['one'])
    files.objects.clear()
    await serve(dependencies)
    expect(printer.printed).toEqual([])
    expect(reports.sent[0]?.outcome).toMatchObject({ outcome: 'failed', code: 'NoSuchKey' })
    expect(queue.ids()).toEqual([])
  })

  it('is reported as failed when CUPS refuses it', async () => {
    const { dependencies, queue, reports } = site(
      ['one'],
      new MemoryPrinter([failed('no such printer', 'exit 1')]),
    )
    await serve(dependencies)
    expect(reports.sent[0]?.outcome).toEqual({ outcome: 'failed', text: 'no such printer', code: 'exit 1' })
    expect(queue.ids()).toEqual([])
  })

  it('is reported as failed when somebody cancels it at the printer', async () => {
    const { dependencies, printer, reports } = site(['one'])
    printer.obstacle = { code: 'printer-stopped', text: 'stopped' }
    const served = serve(dependencies)
    await until(() => reports.sent.length > 0)
    await printer.cancel({ id: 1, receipt: '', token: '' })
    await served
    expect(reports.sent.at(-1)?.outcome).toMatchObject({ outcome: 'failed', code: 'canceled' })
  })

  it.each([
    ['no JSON', 'hello', /the message is no JSON/],
    ['no job', '{"version":1}', /faxId/],
    ['a later version', JSON.stringify(jobOf('x', { version: 2 as 1 })), /version/],
    ['a file name that leads elsewhere', JSON.stringify(jobOf('x', { fileName: '../x' })), /fileName/],
    ['an option that lp would split', JSON.stringify(jobOf('x', { options: ['a b'] })), /options/],
  ])('that is %s stays on the queue for the dead letters', async (_what, body, reason) => {
    const { dependencies, queue, reports, lines } = site([])
    queue.add('poison', body)
    await serve(dependencies)
    expect(queue.ids()).toEqual(['poison'])
    expect(queue.hiddenSeconds('poison')).toBe(120)
    expect(reports.sent).toEqual([])
    expect(lines.join()).toMatch(reason)
  })

  it('whose file cannot be fetched for now waits longer each time', async () => {
    const { dependencies, queue, reports } = site(['one'])
    const fetch = () => Promise.reject(new Error('SlowDown'))
    const waits: number[] = []
    for (let times = 0; times < 3; times++) {
      await serve({ ...dependencies, files: { fetch } })
      waits.push(queue.hiddenSeconds('one'))
      queue.nowSeconds += queue.hiddenSeconds('one')
    }
    expect(waits).toEqual([30, 60, 120])
    expect(reports.sent).toEqual([])
  })
})

describe('a TIFF that CUPS does not take', () => {
  const refusal = failed('Unsupported document-format', UNSUPPORTED_FORMAT)
  const tiff = { format: 'tiff', key: 'print/paris/a.tif', pdfKey: 'print/paris/a.pdf' } as const

  it('is printed as the PDF beside it, and says so', async () => {
    const { dependencies, files, printer, reports } = site(['one'], new MemoryPrinter([refusal]), tiff)
    files.objects.set('print/paris/a.pdf', 'the PDF')
    await serve(dependencies)
    expect(printer.printed).toMatchObject([{ format: 'pdf', text: 'the PDF' }])
    expect(reports.sent[0]?.outcome.text).toMatch(/^CUPS takes no TIFF, so the PDF was printed/)
  })

  it('has failed where there is no PDF, or CUPS does not take that either', async () => {
    const without = site(['one'], new MemoryPrinter([refusal]), tiff)
    await serve(without.dependencies)
    expect(without.reports.sent[0]?.outcome).toMatchObject({ outcome: 'failed', code: UNSUPPORTED_FORMAT })
    const neither = site(['one'], new MemoryPrinter([refusal, refusal]), tiff)
    neither.files.objects.set('print/paris/a.pdf', 'the PDF')
    await serve(neither.dependencies)
    expect(neither.reports.sent[0]?.outcome).toMatchObject({ outcome: 'failed', code: UNSUPPORTED_FORMAT })
  })
})

describe('a printer that does not print', () => {
  const stopped = { code: 'printer-stopped', text: 'the printer is stopped in CUPS' }
  const empty = { code: 'printer media-empty', text: 'out of paper' }

  it('is a retry with the reason on the ledger, once for each reason, and delivered when it goes on', async () => {
    const { dependencies, queue, printer, reports } = site(['one'])
    printer.obstacle = stopped
    const served = serve(dependencies)
    await until(() => queue.nowSeconds > 3600)
    printer.obstacle = empty
    await until(() => queue.nowSeconds > 2 * 3600)
    printer.obstacle = stopped
    await until(() => queue.nowSeconds > 3 * 3600)
    expect(reports.sent.map(({ outcome }) => outcome)).toEqual([
      { outcome: 'retry', maybeDelivered: false, ...stopped },
      { outcome: 'retry', maybeDelivered: false, ...empty },
    ])
    expect(printer.printed).toEqual([])
    printer.obstacle = undefined
    await served
    expect(reports.sent.at(-1)?.outcome).toMatchObject({ outcome: 'delivered', receipt: 'office-1' })
    expect(printer.printed).toHaveLength(1)
    expect(queue.ids()).toEqual([])
  })

  it('for a moment is not worth a report', async () => {
    const { dependencies, queue, printer, reports } = site(['one'])
    printer.obstacle = empty
    const served = serve(dependencies)
    await until(() => queue.nowSeconds > 10)
    printer.obstacle = undefined
    await served
    expect(reports.sent.map(({ outcome }) => outcome.outcome)).toEqual(['delivered'])
  })

  it('keeps the message invisible, also when a sign of life gets lost', async () => {
    const { dependencies, queue, printer } = site(['one'])
    printer.obstacle = stopped
    let signs = 0
    const keepInvisible: typeof queue.keepInvisible = async (message, seconds) => {
      signs += 1
      if (signs === 2) throw new Error('ECONNRESET')
      await queue.keepInvisible(message, seconds)
    }
    const served = serve({
      ...dependencies,
      queue: { receive: queue.receive, remove: queue.remove, keepInvisible },
    })
    await until(() => signs > 4)
    printer.obstacle = undefined
    await served
    expect(queue.ids()).toEqual([])
  })

  it('in its time is canceled in CUPS, and the delivery has failed', async () => {
    const { dependencies, queue, printer, reports } = site(['one'], new MemoryPrinter(), {
      expiresAfterSeconds: 7200,
    })
    printer.obstacle = stopped
    await serve(dependencies)
    expect([...printer.jobs.values()].map(({ state }) => state)).toEqual(['canceled'])
    expect(reports.sent.at(-1)?.outcome).toEqual({
      outcome: 'failed',
      code: 'expired',
      text: 'not printed in the time that it had: the printer is stopped in CUPS',
    })
    expect(queue.nowSeconds).toBeGreaterThanOrEqual(7200)
    expect(queue.nowSeconds).toBeLessThan(7300)
    printer.obstacle = undefined
    await printer.look({ id: 1, receipt: '', token: '' })
    expect(printer.printed).toEqual([])
    expect(queue.ids()).toEqual([])
  })

  it('and then does just as it expires has printed', async () => {
    const { dependencies, printer, reports } = site(['one'], new MemoryPrinter(), { expiresAfterSeconds: 60 })
    printer.obstacle = stopped
    const cancel = async () => {
      printer.obstacle = undefined
      await printer.look({ id: 1, receipt: '', token: '' })
      throw new Error('cancel: job 1 has ended')
    }
    await serve({ ...dependencies, printer: { ...printer, look: printer.look, cancel } })
    expect(reports.sent.at(-1)?.outcome).toMatchObject({ outcome: 'delivered' })
    expect(printer.printed).toHaveLength(1)
  })

  it('because CUPS does not take jobs is asked again, and expires as well', async () => {
    const not = retry('not accepting jobs', { code: 'exit 1' })
    const later = site(['one'], new MemoryPrinter([not, not, not]))
    await serve(later.dependencies)
    expect(later.printer.printed).toHaveLength(1)
    expect(later.reports.sent).toHaveLength(1)
    const neverTaken = new MemoryPrinter(Array.from({ length: 2000 }, () => not))
    const never = site(['one'], neverTaken, { expiresAfterSeconds: 3600 })
    await serve(never.dependencies)
    expect(never.reports.sent.map(({ outcome }) => outcome.outcome)).toEqual(['retry', 'failed'])
    expect(never.queue.ids()).toEqual([])
  })

  it('because CUPS does not answer is reported, and printed when it does', async () => {
    const { dependencies, queue, printer, reports } = site(['one'])
    const look: typeof printer.look = async (job) => {
      if (queue.nowSeconds < 600) throw new Error('connect ECONNREFUSED')
      return await printer.look(job)
    }
    await serve({ ...dependencies, printer: { ...printer, look, submit: printer.submit } })
    expect(reports.sent.map(({ outcome }) => [outcome.outcome, outcome.code])).toEqual([
      ['retry', 'cups-unreachable'],
      ['delivered', undefined],
    ])
  })

  it('though it seems to is worth a word after a while, and expires as well', async () => {
    const { dependencies, printer, reports } = site(['one'], new MemoryPrinter(), {
      expiresAfterSeconds: 3600,
    })
    printer.obstacle = stopped
    const look: typeof printer.look = async (job) => {
      const progress = await printer.look(job)
      return progress.state === 'stuck' ? { state: 'under way', text: 'Connecting to printer' } : progress
    }
    await serve({ ...dependencies, printer: { ...printer, look } })
    const text = 'CUPS has been at it for a long time: Connecting to printer'
    expect(reports.sent.map(({ outcome }) => outcome)).toMatchObject([
      { outcome: 'retry', code: 'slow', text },
      { outcome: 'failed', code: 'expired', text: expect.stringContaining(text) },
    ])
  })

  it('is tried by a job that was old before it got here', async () => {
    const { dependencies, queue, printer } = site(['one'], new MemoryPrinter(), { expiresAfterSeconds: 60 })
    await queue.receive(100)
    queue.nowSeconds += 10 * 24 * 3600
    await serve(dependencies)
    expect(printer.printed).toHaveLength(1)
  })

  it('blocks no other', async () => {
    const { dependencies, queue, files, printer, reports } = site(['stuck', 'behind it'])
    const other = jobOf('elsewhere', { printer: 'store' })
    files.objects.set(other.key, 'file of elsewhere')
    queue.add('elsewhere', JSON.stringify(other))
    printer.obstacle = stopped
    printer.unaffected.add('store')
    const running = runningOn(dependencies, never)
    const first = serve(dependencies, never, running)
    const second = serve(dependencies, never, running)
    await until(() => reports.sent.length > 0)
    await serve(dependencies, never, running)
    expect(printer.printed.map(({ faxId }) => faxId)).toEqual([other.faxId])
    expect(printer.jobs.size).toBe(2)
    printer.obstacle = undefined
    await Promise.all([first, second])
    expect(printer.printed).toHaveLength(3)
  })

  it('has so many jobs in hand and no more', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `job ${index}`)
    const { dependencies, queue, printer, reports } = site(names)
    printer.obstacle = stopped
    const running = runningOn(dependencies, never)
    const serving = names.map(() => serve(dependencies, never, running))
    await until(() => reports.sent.length > 0)
    expect(running.lanes.length('office')).toBe(10)
    expect(printer.jobs.size).toBe(1)
    printer.obstacle = undefined
    await Promise.all(serving)
    expect(printer.printed).toHaveLength(10)
    expect(queue.ids()).toHaveLength(2)
    // What there was no room for was called when there was.
    expect(queue.ids().filter((id) => queue.hiddenSeconds(id) > 0)).toEqual([])
    await serve(dependencies, never, running)
    await serve(dependencies, never, running)
    expect(printer.printed.map(({ text }) => text)).toEqual(names.map((name) => `file of ${name}`))
  })
})

describe('jobs for which a lane has no room', () => {
  it('outlast a printer that has no paper from Friday to Monday, with receives to spare', async () => {
    const queue = new MemoryQueue()
    const log = () => {}
    const parked = parkedMessages({ queue, log })
    queue.add('job', '')
    let receives = 0
    for (let hours = 0; hours < 60; hours = queue.nowSeconds / 3600) {
      const message = await queue.receive(120)
      if (message === undefined) queue.nowSeconds += 60
      else {
        receives = message.receives
        await parked.park('office', message)
      }
    }
    expect(receives).toBeLessThanOrEqual(120)
  })

  it('come in their order, are lost by no fault, and come at once when the agent ends', async () => {
    const queue = new MemoryQueue()
    const lines: string[] = []
    const parked = parkedMessages({ queue, log: (event) => void lines.push(event) })
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) queue.add(name, '')
    for (const _ of names) {
      const message = await queue.receive(120)
      if (message !== undefined) await parked.park('office', message)
    }
    const hidden = () => names.filter((name) => queue.hiddenSeconds(name) > 0)
    await parked.call('store')
    expect(hidden()).toEqual(names)
    await parked.call('office')
    expect(hidden()).toEqual(['b', 'c', 'd'])
    // Its receipt is not the newest any more, or SQS is not to be had.
    await queue.remove({ id: 'b', receipt: 'b', body: '', receives: 1, firstReceivedAt: queue.now() })
    await parked.call('office')
    expect(lines).toEqual(['message-not-postponed'])
    await parked.callAll()
    expect(queue.hiddenSeconds('c') + queue.hiddenSeconds('d')).toBe(0)
  })
})

describe('a CUPS that keeps no history', () => {
  it('has printed what was just released and is gone', async () => {
    const { dependencies, printer, reports } = site(['one'])
    printer.keepsHistory = false
    await serve(dependencies)
    expect(reports.sent.map(({ outcome }) => outcome)).toMatchObject([
      { outcome: 'delivered', code: 'no-history' },
    ])
    expect(printer.printed).toHaveLength(1)
  })

  it('may have printed what was gone after a kill: a person has to look, and nothing is printed twice', async () => {
    const { dependencies, printer, journal, reports, jobs } = site(['one'])
    printer.keepsHistory = false
    const name = `${jobs[0]?.faxId}/printer_office`
    const spooled = { id: 7, receipt: 'office-7', token: 'memory.7' }
    await journal.write({ entry: 'spooled', job: name, spooled })
    await journal.write({ entry: 'releasing', job: name })
    await serve(dependencies)
    expect(reports.sent[0]?.outcome).toMatchObject({ outcome: 'failed', code: 'job-gone' })
    expect(printer.jobs.size).toBe(0)
  })

  it('has not printed what was never released', async () => {
    const { dependencies, printer, journal, jobs } = site(['one'])
    const spooled = { id: 7, receipt: 'office-7', token: 'memory.7' }
    await journal.write({ entry: 'spooled', job: `${jobs[0]?.faxId}/printer_office`, spooled })
    await serve(dependencies)
    expect(printer.printed).toHaveLength(1)
  })
})

describe('a message that comes again', () => {
  it('after its report got lost is reported and not printed a second time', async () => {
    const { dependencies, queue, reports, printer } = site(['one'])
    const cut = { send: () => Promise.reject(new Error('ECONNRESET')) }
    await serve({ ...dependencies, reports: cut })
    expect(queue.ids()).toEqual(['one'])
    queue.nowSeconds += 120
    await serve(dependencies)
    expect(printer.printed).toHaveLength(1)
    expect(reports.sent).toHaveLength(1)
    expect(queue.ids()).toEqual([])
  })

  it('because it was sent twice is not printed twice', async () => {
    const { dependencies, queue, printer, reports, jobs } = site(['one'])
    await serve(dependencies)
    queue.add('another message', JSON.stringify(jobs[0]))
    await serve(dependencies)
    expect(printer.printed).toHaveLength(1)
    expect(reports.sent).toHaveLength(2)
    expect(queue.ids()).toEqual([])
  })

  it('although it was printed, since somebody wants it once more, is printed once more and reported as that', async () => {
    const [first, again] = ['2026-11-23T08:00:00.000Z', '2026-11-23T09:00:00.000Z']
    const { dependencies, queue, printer, reports, jobs } = site(['one'], undefined, { wantedAt: first })
    await serve(dependencies)
    const once = JSON.stringify({ ...jobs[0], wantedAt: again, again: true })
    queue.add('once more', once)
    await serve(dependencies)
    expect(printer.printed).toHaveLength(2)
    // Both messages come again: neither is printed any more.
    queue.add('once more, again', once)
    queue.add('one, again', JSON.stringify(jobs[0]))
    await serve(dependencies)
    await serve(dependencies)
    expect(printer.printed).toHaveLength(2)
    expect(reports.sent.map(({ wantedAt }) => wantedAt)).toEqual([first, again, again, again])
    expect(queue.ids()).toEqual([])
  })

  it('asked for again where its report got lost is not printed a second time', async () => {
    const { dependencies, queue, printer, jobs } = site(['one'], undefined, {
      wantedAt: '2026-11-23T08:00:00.000Z',
    })
    await serve(dependencies)
    queue.add('asked for', JSON.stringify({ ...jobs[0], wantedAt: '2026-11-23T09:00:00.000Z' }))
    await serve(dependencies)
    expect(printer.printed).toHaveLength(1)
  })

  it('while the first is at the printer waits', async () => {
    const { dependencies, queue, printer, reports, jobs } = site(['one'])
    printer.obstacle = { code: 'x', text: 'x' }
    const running = runningOn(dependencies, never)
    const first = serve(dependencies, never, running)
    await until(() => reports.sent.length > 0)
    queue.add('again', JSON.stringify(jobs[0]))
    await serve(dependencies, never, running)
    expect(queue.hiddenSeconds('again')).toBeGreaterThan(0)
    printer.obstacle = undefined
    await first
    queue.nowSeconds += 60
    await serve(dependencies, never, running)
    expect(printer.printed).toHaveLength(1)
    expect(queue.ids()).toEqual([])
  })

  it('as a new message of a job that has failed is tried anew: somebody sent it', async () => {
    const { dependencies, queue, printer, jobs } = site(
      ['one'],
      new MemoryPrinter([failed('no such printer')]),
    )
    await serve(dependencies)
    expect(printer.printed).toHaveLength(0)
    queue.add('redriven', JSON.stringify(jobs[0]))
    await serve(dependencies)
    expect(printer.printed).toHaveLength(1)
  })

  it('as a new message of a job that failed in CUPS becomes a new job there, and its end is the new one', async () => {
    const { dependencies, queue, printer, reports, jobs } = site(['one'])
    printer.obstacle = { code: 'paused', text: 'paused' }
    const first = serve(dependencies)
    await until(() => reports.sent.length > 0)
    await printer.cancel({ id: 1, receipt: '', token: '' })
    await first
    expect(reports.sent.at(-1)?.outcome).toMatchObject({ outcome: 'failed', code: 'canceled' })
    printer.obstacle = undefined
    queue.add('retried', JSON.stringify(jobs[0]))
    await serve(dependencies)
    expect(printer.printed).toHaveLength(1)
    expect(reports.sent.at(-1)?.outcome).toMatchObject({ outcome: 'delivered', receipt: 'office-2' })
  })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

describe('the agent', () => {
  it('goes on after faults of every part, waiting longer each time', async () => {
    const { dependencies, queue, reports, printer } = site(['one', 'two'])
    const waits: number[] = []
    let faults = 3
    const receive: typeof queue.receive = async (seconds) => {
      if (faults-- > 0) throw new Error('ENOTFOUND')
      return await queue.receive(seconds)
    }
    const pause = async (milliseconds: number) => {
      await turn()
      waits.push(milliseconds)
    }
    const { keepInvisible, remove } = queue
    const agent = startPrintAgent(
      {
        ...dependencies,
        queue: { keepInvisible, receive, remove },
        waiting: { ...dependencies.waiting, pause },
      },
      { workFolder },
    )
    await until(() => queue.ids().length === 0)
    await agent.stop()
    expect(waits.slice(0, 3)).toEqual([1000, 2000, 4000])
    expect(printer.printed).toHaveLength(2)
    expect(reports.sent).toHaveLength(2)
  })

  it('stops at once from a poll, and lets go of jobs that wait for a printer', async () => {
    const { dependencies, queue } = site([])
    const endless = (_seconds: number, signal: AbortSignal) =>
      new Promise<undefined>((resolve) =>
        signal.addEventListener('abort', () => resolve(undefined), { once: true }),
      )
    const idle = startPrintAgent({ ...dependencies, queue: { ...queue, receive: endless } }, { workFolder })
    await turn()
    await idle.stop()

    const busy = site(['one', 'two'])
    busy.printer.obstacle = { code: 'x', text: 'x' }
    const agent = startPrintAgent(busy.dependencies, { workFolder })
    await until(() => busy.reports.sent.length > 0)
    await agent.stop()
    expect(busy.queue.hiddenSeconds('one')).toBe(0)
    expect(busy.queue.hiddenSeconds('two')).toBe(0)
    busy.printer.obstacle = undefined
    const next = startPrintAgent(busy.dependencies, { workFolder })
    await until(() => busy.queue.ids().length === 0)
    await next.stop()
    expect(busy.printer.printed).toHaveLength(2)
    expect(busy.printer.jobs.size).toBe(2)
    expect(await readdir(workFolder)).toEqual([])
  })

  it('clears what a killed one left in its work folder, and nothing else', async () => {
    await mkdir(join(workFolder, 'job-abcdef'))
    await writeFile(join(workFolder, 'job-abcdef', 'fax.pdf'), 'left')
    await writeFile(join(workFolder, 'somebody-elses'), 'kept')
    const { dependencies, queue } = site(['one'])
    const agent = startPrintAgent(dependencies, { workFolder })
    await until(() => queue.ids().length === 0)
    await agent.stop()
    expect(await readdir(workFolder)).toEqual(['somebody-elses'])
    await rm(join(workFolder, 'somebody-elses'))
  })
})

describe('kills at any moment', () => {
  class Dead extends Error {}

  /** Dies at the given call, before or after its effect; the dead make no calls. */
  function mortal(dependencies: PrintAgentDependencies, death: { call: number; after: boolean }) {
    let calls = 0
    const life =
      <Arguments extends unknown[], Result>(work: (...words: Arguments) => Promise<Result>) =>
      async (...words: Arguments): Promise<Result> => {
        calls += 1
        if (calls > death.call || (calls === death.call && !death.after)) throw new Dead('killed')
        const result = await work(...words)
        if (calls >= death.call) throw new Dead('killed')
        return result
      }
    const { queue, files, reports, printer, journal } = dependencies
    const dying = new AbortController()
    const pause = async (milliseconds: number, signal?: AbortSignal) => {
      if (calls >= death.call) dying.abort()
      await dependencies.waiting.pause(milliseconds, signal)
    }
    return {
      stopping: dying.signal,
      living: {
        ...dependencies,
        waiting: { ...dependencies.waiting, pause },
        queue: {
          receive: life(queue.receive),
          keepInvisible: life(queue.keepInvisible),
          remove: life(queue.remove),
        },
        files: { fetch: life(files.fetch) },
        reports: { send: life(reports.send) },
        journal: { ...journal, write: life(journal.write) },
        printer: {
          submit: life(printer.submit),
          release: life(printer.release),
          look: life(printer.look),
          cancel: life(printer.cancel),
          unfinished: life(printer.unfinished),
        },
      },
    }
  }

  it('lose no job and print none twice', async () => {
    const death = fc.record({ call: fc.integer({ min: 1, max: 24 }), after: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(death, { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (deaths, count) => {
          const names = Array.from({ length: count }, (_, index) => `job ${index}`)
          const { dependencies, queue, reports, printer, jobs } = site(names)
          for (const life of [...deaths, { call: Number.POSITIVE_INFINITY, after: false }]) {
            const { living, stopping } = mortal(dependencies, life)
            // More turns than one life has calls for: the dead fail in each of them.
            for (let turns = 0; turns < 6; turns++) await serve(living, stopping).catch(onlyDeath)
            queue.nowSeconds += 7200
          }
          expect(queue.ids()).toEqual([])
          const printedIds = printer.printed.map(({ faxId }) => faxId).sort()
          expect(printedIds).toEqual(jobs.map(({ faxId }) => faxId).sort())
          for (const { faxId } of jobs) {
            const ofFax = reports.sent.filter((report) => report.faxId === faxId)
            expect(ofFax.length).toBeGreaterThanOrEqual(1)
            expect(ofFax.at(-1)?.outcome.outcome).toBe('delivered')
          }
        },
      ),
      { numRuns: 120 },
    )
  })

  function onlyDeath(error: unknown): void {
    if (!(error instanceof Dead)) throw error
  }
})
