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
import { realWaiting } from '../waiting.ts'
import { endedJobsInMemory } from './ended-jobs.ts'
import { MemoryFiles, MemoryPrinter, MemoryQueue, MemoryReports } from './memory-print-site.ts'
import { PRINT_AGENT_DEFAULTS, serveNext, startPrintAgent } from './print-agent.ts'
import type { PrintAgentDependencies } from './serve-message.ts'

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

/** A site with a job for each name, its file in the bucket and its message on the queue. */
function site(names: string[], printer = new MemoryPrinter()) {
  const queue = new MemoryQueue()
  const files = new MemoryFiles()
  const reports = new MemoryReports()
  const lines: string[] = []
  const dependencies: PrintAgentDependencies = {
    queue,
    files,
    reports,
    printer,
    waiting: { ...realWaiting, random: () => 1, now: () => new Date('2026-11-23T08:00:05Z') },
    log: (event, fields) => void lines.push(logLine(event, fields)),
  }
  const jobs = names.map((name) => jobOf(name))
  for (const [index, job] of jobs.entries()) {
    files.objects.set(job.key, `file of ${names[index]}`)
    queue.add(names[index] ?? '', JSON.stringify(job))
  }
  return { queue, files, reports, printer, lines, jobs, dependencies }
}

const options = () => ({ ...PRINT_AGENT_DEFAULTS, workFolder })
const never = new AbortController().signal
const serve = (dependencies: PrintAgentDependencies, ended = endedJobsInMemory()) =>
  serveNext(dependencies, options(), ended, never)

describe('a print job', () => {
  it('is fetched, printed, reported and removed, and leaves no file behind', async () => {
    const { dependencies, queue, reports, printer, jobs } = site(['one'])
    expect(await serve(dependencies)).toBe('served')
    expect(printer.printed).toMatchObject([{ faxId: jobs[0]?.faxId, text: 'file of one' }])
    expect(reports.sent).toEqual([
      {
        version: 1,
        faxId: jobs[0]?.faxId,
        backend: 'printer_office',
        at: '2026-11-23T08:00:05.000Z',
        outcome: { outcome: 'delivered', receipt: 'memory-1', text: 'printed' },
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

  it('is reported as failed when its file is not in the bucket', async () => {
    const { dependencies, queue, files, reports, printer } = site(['one'])
    files.objects.clear()
    await serve(dependencies)
    expect(printer.printed).toEqual([])
    expect(reports.sent[0]?.outcome).toMatchObject({ outcome: 'failed', code: 'NoSuchKey' })
    expect(queue.ids()).toEqual([])
  })

  it('is reported as failed when the printer says so', async () => {
    const { dependencies, queue, reports } = site(
      ['one'],
      new MemoryPrinter([failed('no such printer', 'exit 1')]),
    )
    await serve(dependencies)
    expect(reports.sent[0]?.outcome).toEqual({ outcome: 'failed', text: 'no such printer', code: 'exit 1' })
    expect(queue.ids()).toEqual([])
  })

  it('waits longer each time, unreported, while the printer says that it may work later', async () => {
    const { dependencies, queue, reports, printer } = site(
      ['one'],
      new MemoryPrinter([retry('off'), retry('off')]),
    )
    const waits: number[] = []
    while (queue.ids().length > 0) {
      expect(await serve(dependencies)).toBe('served')
      if (queue.ids().length > 0) waits.push(queue.hiddenSeconds('one'))
      queue.nowSeconds += queue.hiddenSeconds('one')
    }
    expect(waits).toEqual([30, 60])
    expect(printer.printed).toHaveLength(1)
    expect(reports.sent).toHaveLength(1)
  })

  it.each([
    ['no JSON', 'hello', /the message is no JSON/],
    ['no job', '{"version":1}', /faxId/],
    ['a later version', JSON.stringify(jobOf('x', { version: 2 as 1 })), /version/],
    ['a file name that leads elsewhere', JSON.stringify(jobOf('x', { fileName: '../x' })), /fileName/],
  ])('that is %s stays on the queue for the dead letters', async (_what, body, reason) => {
    const { dependencies, queue, reports, lines } = site([])
    queue.add('poison', body)
    expect(await serve(dependencies)).toBe('served')
    expect(queue.ids()).toEqual(['poison'])
    expect(queue.hiddenSeconds('poison')).toBe(120)
    expect(reports.sent).toEqual([])
    expect(lines.join()).toMatch(reason)
  })
})

describe('a message that comes again', () => {
  it('after its report got lost is reported and not printed a second time', async () => {
    const { dependencies, queue, reports, printer } = site(['one'])
    const ended = endedJobsInMemory()
    const cut = { send: () => Promise.reject(new Error('ECONNRESET')) }
    expect(await serve({ ...dependencies, reports: cut }, ended)).toBe('left')
    queue.nowSeconds += 120
    expect(await serve(dependencies, ended)).toBe('served')
    expect(printer.printed).toHaveLength(1)
    expect(reports.sent).toHaveLength(1)
    expect(queue.ids()).toEqual([])
  })

  it('because the queue delivered it twice is not printed twice', async () => {
    const { dependencies, queue, printer, jobs } = site(['one'])
    const ended = endedJobsInMemory()
    await serve(dependencies, ended)
    queue.add('one', JSON.stringify(jobs[0]))
    await serve(dependencies, ended)
    expect(printer.printed).toHaveLength(1)
  })

  it('as a new message of the same job is printed: somebody asked for it', async () => {
    const { dependencies, queue, printer, jobs } = site(['one'])
    const ended = endedJobsInMemory()
    await serve(dependencies, ended)
    queue.add('redriven', JSON.stringify(jobs[0]))
    await serve(dependencies, ended)
    expect(printer.printed).toHaveLength(2)
  })
})

describe('a long print', () => {
  it('keeps its message invisible, also when a sign of life gets lost', async () => {
    const { dependencies, queue } = site(['one'])
    let signs = 0
    let ended = false
    const slow = { print: async () => await until(() => signs >= 4).then(() => failed('at last')) }
    const hiddenWhilePrinting: number[] = []
    const keepInvisible: typeof queue.keepInvisible = async (message, seconds) => {
      expect(ended).toBe(false)
      signs += 1
      if (signs === 2) throw new Error('ECONNRESET')
      await queue.keepInvisible(message, seconds)
    }
    const waiting = {
      ...dependencies.waiting,
      pause: async (milliseconds: number, signal?: AbortSignal) => {
        await turn()
        if (signal?.aborted === true) return
        queue.nowSeconds += milliseconds / 1000
        hiddenWhilePrinting.push(queue.hiddenSeconds('one'))
      },
    }
    const flaky = { receive: queue.receive, remove: queue.remove, keepInvisible }
    await serve({ ...dependencies, printer: slow, waiting, queue: flaky })
    ended = true
    expect(Math.min(...hiddenWhilePrinting)).toBe(40)
    expect(queue.ids()).toEqual([])
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
    const agent = startPrintAgent(
      {
        ...dependencies,
        queue: { ...queue, receive, remove: queue.remove },
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

  it('stops at once from a poll, and after the job from a print', async () => {
    const { dependencies, queue, reports } = site([])
    const endless = (_seconds: number, signal: AbortSignal) =>
      new Promise<undefined>((resolve) =>
        signal.addEventListener('abort', () => resolve(undefined), { once: true }),
      )
    const idle = startPrintAgent({ ...dependencies, queue: { ...queue, receive: endless } }, { workFolder })
    await turn()
    await idle.stop()

    let finish = () => {}
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    const busy = site(['one'])
    let printing = false
    const print = async () => {
      printing = true
      await held
      return failed('done')
    }
    const agent = startPrintAgent({ ...busy.dependencies, printer: { print } }, { workFolder })
    await until(() => printing)
    let stopped = false
    const stop = agent.stop().then(() => {
      stopped = true
    })
    await turn()
    expect(stopped).toBe(false)
    finish()
    await stop
    expect(busy.reports.sent).toHaveLength(1)
    expect(busy.queue.ids()).toEqual([])
    expect(reports.sent).toEqual([])
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
        if (calls === death.call) throw new Dead('killed')
        return result
      }
    const { queue, files, reports, printer } = dependencies
    return {
      ...dependencies,
      queue: {
        receive: life(queue.receive),
        keepInvisible: life(queue.keepInvisible),
        remove: life(queue.remove),
      },
      files: { fetch: life(files.fetch) },
      reports: { send: life(reports.send) },
      printer: { print: life(printer.print) },
    }
  }

  it('lose no job: each is printed and reported at least once', async () => {
    const death = fc.record({ call: fc.integer({ min: 1, max: 16 }), after: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(death, { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (deaths, count) => {
          const names = Array.from({ length: count }, (_, index) => `job ${index}`)
          const { dependencies, queue, reports, printer, jobs } = site(names)
          for (const life of [...deaths, { call: Number.POSITIVE_INFINITY, after: false }]) {
            const living = mortal(dependencies, life)
            const ended = endedJobsInMemory()
            // More turns than one life has calls for: the dead fail in each of them.
            for (let turns = 0; turns < 6; turns++) await serveNext(living, options(), ended, never)
            queue.nowSeconds += 7200
          }
          expect(queue.ids()).toEqual([])
          for (const { faxId } of jobs) {
            expect(
              printer.printed.filter((printed) => printed.faxId === faxId).length,
            ).toBeGreaterThanOrEqual(1)
            expect(reports.sent.filter((report) => report.faxId === faxId).length).toBeGreaterThanOrEqual(1)
          }
          // A print is repeated only by a death between it and the removal: never more often than there were deaths.
          expect(printer.printed.length).toBeLessThanOrEqual(count + deaths.length)
        },
      ),
      { numRuns: 150 },
    )
  })
})
