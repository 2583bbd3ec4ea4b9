import type { Heart } from '../daemon/run-daemon.ts'
import type { EdgeDependencies, EdgeOptions } from './edge-agent.ts'
import { judge } from './spool-entry.ts'
import { isTemporaryName, type Part, parseSpoolName } from './spool-names.ts'
import type { UploadWork } from './upload-work.ts'

/** What there is to tell of the spool. */
export interface SpoolState {
  waiting: number
  /** Since when, by the clock that nobody sets, the oldest of them has waited. */
  oldestSince: number | undefined
  /** Files that can't be read, and faxes that S3 has and the spool does not let go. */
  unreadable: number
  refused: number
  trouble: string | undefined
}

/** Finds what is ready to go up: at once what the kernel tells of, and in every scan what it did not. */
export class SpoolWatch {
  readonly #dependencies: EdgeDependencies
  readonly #options: EdgeOptions
  readonly #uploads: UploadWork
  /** Stems that something happened to since the last look. */
  #changed = new Set<string>()
  #scanDueAt = Number.NEGATIVE_INFINITY
  readonly #strangers = new Set<string>()
  readonly #unreadable = new Map<string, string>()
  #trouble: string | undefined
  #refused = 0

  constructor(dependencies: EdgeDependencies, options: EdgeOptions, uploads: UploadWork) {
    this.#dependencies = dependencies
    this.#options = options
    this.#uploads = uploads
  }

  get scanDueAt(): number {
    return this.#scanDueAt
  }

  noteChange(name: string | undefined): void {
    if (name === undefined) {
      this.#scanDueAt = Number.NEGATIVE_INFINITY
      return
    }
    const parsed = parseSpoolName(name)
    if (parsed?.part === 'facts') this.#changed.add(parsed.stem)
  }

  async takeUp(heart: Heart): Promise<void> {
    const { elapsed, status, spool } = this.#dependencies
    const changed = this.#changed
    this.#changed = new Set()
    try {
      for (const stem of changed) await this.#whatever(stem, () => this.#take(stem))
      if (elapsed() >= this.#scanDueAt) {
        this.#scanDueAt = elapsed() + this.#options.scanMilliseconds
        await this.#scan(heart)
        this.#refused = await spool.refused()
        this.#say(await spool.trouble())
      }
    } catch (error) {
      this.#say((error as Error).message)
    }
    status.waiting(this.#uploads.count)
    this.#dependencies.tell(this.#state())
  }

  #state(): SpoolState {
    const [unreadable] = this.#unreadable
    const firstReason = unreadable && `${unreadable[0]}: ${unreadable[1]}`
    return {
      waiting: this.#uploads.count,
      oldestSince: this.#uploads.oldestSince,
      unreadable: this.#unreadable.size + this.#uploads.unclearedCount,
      refused: this.#refused,
      trouble: this.#trouble ?? firstReason ?? this.#uploads.trouble,
    }
  }

  async #scan(heart: Heart): Promise<void> {
    const { spool } = this.#dependencies
    const stems = new Map<string, Set<Part>>()
    for (const { name, isFile } of await spool.list()) {
      const parsed = isFile ? parseSpoolName(name) : undefined
      if (parsed === undefined) this.#sayStranger(name)
      else stems.set(parsed.stem, (stems.get(parsed.stem) ?? new Set()).add(parsed.part))
    }
    for (const stem of this.#unreadable.keys()) if (!stems.has(stem)) this.#unreadable.delete(stem)
    for (const [stem, parts] of stems) {
      heart.beat()
      if (this.#uploads.has(stem)) continue
      await this.#whatever(stem, () => {
        if (parts.has('done')) return spool.clearDone(stem)
        if (parts.has('taken')) return spool.giveBack(stem)
        if (parts.has('refused')) return spool.clearRefused(stem)
        return this.#take(stem)
      })
    }
    await this.#uploads.keepSafe(heart)
    await this.#uploads.clearAgain()
    if (this.#uploads.count === 0) this.#dependencies.sequence.settleAll()
  }

  /** One file that can't be read or moved must not keep the others from being looked at. */
  async #whatever(stem: string, action: () => Promise<void>): Promise<void> {
    try {
      await action()
      this.#unreadable.delete(stem)
    } catch (error) {
      const reason = (error as Error).message
      if (this.#unreadable.get(stem) === reason) return
      this.#unreadable.set(stem, reason)
      this.#dependencies.log('fax-unreadable', { name: stem, reason }, 'error')
      this.#dependencies.status.error(`${stem}: ${reason}`)
    }
  }

  async #take(stem: string): Promise<void> {
    if (this.#uploads.has(stem)) return
    const { spool, log } = this.#dependencies
    const entry = await spool.look(stem)
    const ready = judge(entry, this.#options.orphanMilliseconds)
    if (ready === undefined) return
    if (ready.remarks.length > 0)
      log('fax-incomplete', { name: stem, reason: ready.remarks.join('; ') }, 'warning')
    // As old as the youngest of its files: a fax that lay there while no agent ran has waited all that time.
    const ages = [entry.tiff, entry.sidecar].flatMap((file) => (file ? [file.idleMilliseconds] : []))
    const since = this.#dependencies.elapsed() - Math.max(0, Math.min(...ages))
    this.#uploads.add(stem, ready, { sizeBytes: entry.tiff?.sizeBytes ?? 0, since, sidecar: entry.sidecar })
  }

  /** Once for each name: nothing happens to it, but nothing lies in the spool unseen. */
  #sayStranger(name: string): void {
    if (isTemporaryName(name) || this.#strangers.has(name)) return
    this.#strangers.add(name)
    this.#dependencies.log('no-fax-in-spool', { name }, 'warning')
  }

  #say(trouble: string | undefined): void {
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    const { log, status } = this.#dependencies
    if (trouble === undefined) {
      log('spool-well', {})
    } else {
      log('spool-trouble', { reason: trouble }, 'error')
      status.error(trouble)
    }
  }
}
