import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type LogLevel, logLine } from '../../log.ts'
import { realWaiting } from '../../waiting.ts'
import { type EdgeDependencies, type EdgeOptions, runEdgeAgent } from '../edge-agent.ts'
import { MemoryIncoming } from '../memory-incoming.ts'
import { openSequence } from '../sequence-journal.ts'
import { spoolFolder } from '../spool-folder.ts'
import type { SpoolState } from '../spool-watch.ts'
import { tidySpool } from '../tidy-spool.ts'
import { watchFolder } from '../watch-folder.ts'

export interface Call {
  stem: string
  /** Undefined: Asterisk made no file, or deleted it. */
  tiff?: string | Uint8Array
  facts?: Record<string, string>
}

/** A PBX's spool in a folder of its own, and agents on it, one after the other. */
export class EdgeSite {
  readonly incoming = new MemoryIncoming()
  readonly lines: string[] = []
  readonly said: { waiting: number[]; errors: string[]; successes: string[] } = {
    waiting: [],
    errors: [],
    successes: [],
  }
  /** What the gateway may hear. */
  told: SpoolState | undefined
  readonly folder: string
  readonly spool: string
  readonly state: string

  private constructor(folder: string) {
    this.folder = folder
    this.spool = join(folder, 'spool')
    this.state = join(folder, 'state')
  }

  static async make(): Promise<EdgeSite> {
    const site = new EdgeSite(await mkdtemp(join(tmpdir(), 'faxlane-edge-')))
    await mkdir(site.spool)
    await mkdir(site.state)
    return site
  }

  /** As the dialplan does: the TIFF first, then a line each, the last of them `end`. */
  async call({ stem, tiff, facts = {} }: Call): Promise<void> {
    if (tiff !== undefined) await writeFile(join(this.spool, `${stem}.tif`), tiff)
    const sidecar = join(this.spool, `${stem}.facts`)
    for (const [name, value] of Object.entries(facts)) {
      await appendFile(sidecar, `${name}=${Buffer.from(value).toString('base64')}\n`)
    }
    await appendFile(sidecar, 'end\n')
  }

  async dependencies(changes: Partial<EdgeDependencies> = {}): Promise<EdgeDependencies> {
    const log = (
      event: string,
      fields: Record<string, string | number | boolean>,
      level: LogLevel = 'info',
    ) => void this.lines.push(`${level} ${logLine(event, fields)}`)
    const elapsed = () => performance.now()
    const { said, spool: folder } = this
    return {
      spool: spoolFolder({ folder, keepSent: false, now: realWaiting.now, elapsed }),
      incoming: this.incoming,
      sequence: await openSequence({ log, now: () => new Date('2026-11-23T08:00:00Z') }, this.state),
      status: {
        waiting: (count) => void said.waiting.push(count),
        success: (text) => void said.successes.push(text),
        error: (text) => void said.errors.push(text),
      },
      tell: (state) => {
        this.told = state
      },
      // Waits of hours pass in no time; a wait of nothing still lets others run.
      waiting: {
        ...realWaiting,
        pause: (milliseconds, signal) => realWaiting.pause(Math.min(milliseconds, 5), signal),
      },
      elapsed,
      log,
      watch: watchFolder({ log }, folder),
      tidy: () => tidySpool(realWaiting, { folder, keepSentDays: 0 }),
      ...changes,
    }
  }

  /** Starts an agent; the answer stops it. */
  start(dependencies: EdgeDependencies, options: Partial<EdgeOptions> = {}): () => Promise<void> {
    const stopping = new AbortController()
    const ended = runEdgeAgent(
      dependencies,
      {
        site: 'paris',
        parallel: 4,
        orphanMilliseconds: 3_600_000,
        largestBytes: 1_000_000,
        scanMilliseconds: 20,
        ...options,
      },
      stopping.signal,
      { beat: () => {} },
    )
    return async () => {
      stopping.abort()
      await ended
    }
  }

  /** What lies in the spool, or in a folder of it. */
  async left(folder = ''): Promise<string[]> {
    return (await readdir(join(this.spool, folder))).sort()
  }

  async end(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 20_000
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain: ${what}`)
    await pause(2)
  }
}
