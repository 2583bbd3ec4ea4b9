import { type Backoff, backoffMilliseconds } from '../backoff.ts'
import type { Heart } from '../daemon/run-daemon.ts'
import type { EdgeDependencies, EdgeOptions } from './edge-agent.ts'
import {
  afterSuccess,
  CLEAR_LINE,
  type Failure,
  faxAfterFailure,
  type Line,
  lineAfterFailure,
  planUploads,
  type WaitingFax,
} from './plan.ts'
import type { ReadyFax } from './spool-entry.ts'
import type { UploadedFiles } from './take-away.ts'
import { type UploadedFax, uploadFax } from './upload.ts'
import { type UploadFault, uploadFault } from './upload-fault.ts'

const BACKOFF: Backoff = { firstMilliseconds: 1000, longestMilliseconds: 300_000 }

/** How the files of a fax lay in the spool. */
interface Found {
  sizeBytes: number
  /** Since when it waits, as `elapsed` counts. */
  since: number
  sidecar: UploadedFiles['sidecar']
}

interface Ready extends ReadyFax, Pick<Found, 'since' | 'sidecar'> {
  addedAt: number
  /** It outlasts a power cut. */
  isSafe: boolean
}

const UNSAFE_MILLISECONDS = 1000

/** The faxes that are ready, and those of them that are on their way. */
export class UploadWork {
  readonly #dependencies: EdgeDependencies
  readonly #options: EdgeOptions
  readonly #loop: { signal: AbortSignal; ring: () => void }
  #waiting: WaitingFax[] = []
  readonly #ready = new Map<string, Ready>()
  readonly #running = new Map<string, { since: number; ended: Promise<void> }>()
  readonly #clearing = new Set<Promise<void>>()
  /** S3 has them, and the spool did not let them go. */
  readonly #uncleared = new Map<string, UploadedFiles>()
  #line: Line = CLEAR_LINE
  /** Why the last attempt failed, until one succeeds. */
  #trouble: string | undefined

  constructor(
    dependencies: EdgeDependencies,
    options: EdgeOptions,
    loop: { signal: AbortSignal; ring: () => void },
  ) {
    this.#dependencies = dependencies
    this.#options = options
    this.#loop = loop
  }

  get count(): number {
    return this.#ready.size
  }

  /** Since when the oldest waits, as `elapsed` counts. */
  get oldestSince(): number | undefined {
    const since = [...this.#ready.values()].map((ready) => ready.since)
    return since.length === 0 ? undefined : Math.min(...since)
  }

  /** How many S3 has and the spool does not let go. */
  get unclearedCount(): number {
    return this.#uncleared.size
  }

  get trouble(): string | undefined {
    return this.#ready.size === 0 ? undefined : this.#trouble
  }

  has(stem: string): boolean {
    return this.#ready.has(stem) || this.#uncleared.has(stem)
  }

  add(stem: string, ready: ReadyFax, { sizeBytes, since, sidecar }: Found): void {
    const { destination: number, receivedAt } = ready.facts
    this.#ready.set(stem, { ...ready, since, sidecar, addedAt: this.#dependencies.elapsed(), isSafe: false })
    const fresh = { failures: 0, lastTriedAt: undefined, notBefore: 0, passed: false }
    this.#waiting.push({ stem, number, receivedAt, sizeBytes, ...fresh })
  }

  /** Begins what is due, and says when something else will be. */
  start(): number | undefined {
    const now = this.#dependencies.elapsed()
    const running = new Map([...this.#running].map(([stem, { since }]) => [stem, since]))
    const { parallel } = this.#options
    const plan = planUploads({ waiting: this.#waiting, running, line: this.#line, parallel, now })
    for (const stem of plan.start) {
      const ended = this.#upload(stem).finally(() => {
        this.#running.delete(stem)
        this.#loop.ring()
      })
      this.#running.set(stem, { since: now, ended })
    }
    return plan.wakeAt
  }

  async ended(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
    await Promise.all(this.#clearing)
  }

  /**
   * Has the disk keep what did not go up at once. Asterisk does not, and while the line is down a power cut would leave empty files. A fax
   * that goes up within the second costs no write.
   */
  async keepSafe(heart: Heart): Promise<void> {
    const { spool, log, elapsed } = this.#dependencies
    for (const [stem, ready] of this.#ready) {
      heart.beat()
      if (ready.isSafe || elapsed() - ready.addedAt < UNSAFE_MILLISECONDS) continue
      ready.isSafe = true
      await spool.sync(stem).catch((error: Error) => {
        log('fax-not-synced', { name: stem, reason: error.message }, 'warning')
      })
    }
  }

  /** What S3 has and the spool kept: a spool that was read-only may be so no more. */
  async clearAgain(): Promise<void> {
    for (const [stem, files] of this.#uncleared) await this.#clear(stem, files)
  }

  async #upload(stem: string): Promise<void> {
    const ready = this.#ready.get(stem)
    const fax = this.#waiting.find((waiting) => waiting.stem === stem)
    if (ready === undefined || fax === undefined) return
    const { spool, sequence, status } = this.#dependencies
    const { site, largestBytes } = this.#options
    let uploaded: UploadedFax
    try {
      uploaded = await uploadFax(this.#dependencies, {
        site,
        file: spool.pathOf(`${stem}.tif`),
        facts: ready.facts,
        withoutPages: ready.withoutTiff ? 'none' : 'empty',
        sequence,
        limits: { attempts: 1, largestBytes },
        signal: this.#loop.signal,
      })
    } catch (error) {
      if (!this.#loop.signal.aborted) await this.#failed(fax, uploadFault(error))
      return
    }
    status.success(uploaded.faxId)
    sequence.settle(uploaded.faxId)
    this.#line = CLEAR_LINE
    this.#trouble = undefined
    this.#waiting = afterSuccess(this.#waiting, fax)
    // The next one need not wait for the disk. Until it is cleared, the name counts as known.
    const files = { tiff: uploaded.identity, sidecar: ready.sidecar }
    const clearing = this.#clear(stem, files).then(() => {
      this.#clearing.delete(clearing)
      this.#ready.delete(stem)
      this.#loop.ring()
    })
    this.#clearing.add(clearing)
  }

  async #clear(stem: string, files: UploadedFiles): Promise<void> {
    const { spool, log, status } = this.#dependencies
    try {
      const isWhole = await spool.markDone(stem, files)
      await spool.clearDone(stem)
      if (!isWhole) log('name-used-again', { name: stem }, 'warning')
      this.#uncleared.delete(stem)
    } catch (error) {
      // A restart would find it in the bucket and come here again.
      if (this.#uncleared.has(stem)) return
      this.#uncleared.set(stem, files)
      const reason = (error as Error).message
      log('fax-not-cleared', { name: stem, reason }, 'error')
      status.error(`${stem} is uploaded and stays in the spool: ${reason}`)
    }
  }

  async #failed(fax: WaitingFax, { blame, reason }: UploadFault): Promise<void> {
    const { log, status, waiting, elapsed } = this.#dependencies
    const { stem } = fax
    status.error(`${stem}: ${reason}`)
    this.#trouble = `${stem}: ${reason}`
    if (blame === 'changed') {
      log('fax-changed', { name: stem, reason }, 'warning')
      return this.#drop(stem)
    }
    if (blame === 'fax' && (await this.#refuse(stem, reason))) return
    log(
      'fax-waits',
      { name: stem, failures: fax.failures + 1, reason },
      blame === 'line' ? 'warning' : 'error',
    )
    const random = waiting.random()
    const failure: Failure = {
      stem,
      byLine: blame === 'line',
      at: elapsed(),
      waitMilliseconds: (failures) => backoffMilliseconds(failures, BACKOFF, random),
    }
    this.#line = lineAfterFailure(this.#line, failure)
    const failed = faxAfterFailure(fax, this.#line, failure)
    this.#waiting = this.#waiting.map((other) => (other.stem === stem ? failed : other))
  }

  async #refuse(stem: string, reason: string): Promise<boolean> {
    const { spool, log } = this.#dependencies
    try {
      await spool.refuse(stem, reason)
    } catch (error) {
      log('fax-not-set-aside', { name: stem, reason: (error as Error).message }, 'error')
      return false
    }
    log('fax-refused', { name: stem, reason }, 'error')
    this.#drop(stem)
    return true
  }

  #drop(stem: string): void {
    this.#ready.delete(stem)
    this.#waiting = this.#waiting.filter((other) => other.stem !== stem)
  }
}
