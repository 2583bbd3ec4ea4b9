import { join } from 'node:path'
import type { PrintJob } from '../../shared/messages.ts'
import { delivered, failed, type Outcome } from '../../shared/outcome.ts'
import { awsFault } from '../aws-fault.ts'
import { type Backoff, backoffMilliseconds } from '../backoff.ts'
import type { Log } from '../log.ts'
import type { JobFiles } from '../queue/job-files.ts'
import type { Waiting } from '../waiting.ts'
import type { JobJournal } from './job-journal.ts'
import type { JobState } from './journal-entries.ts'
import { type Obstacle, type Printer, type Progress, type SpooledJob, UNSUPPORTED_FORMAT } from './printer.ts'

export interface PrintToEndDependencies {
  printer: Printer
  files: JobFiles
  journal: JobJournal
  waiting: Waiting
  log: Log
}

export interface PrintToEndOptions {
  /** The waits between two looks at a job that does not get on. */
  pace: Backoff
  /** How long something has to stand in the way before it is worth a report. */
  patienceMilliseconds: number
}

export interface JobInHand {
  /** What the journal calls it. */
  name: string
  job: PrintJob
  /** When the agent first saw it. */
  since: Date
  /** An empty folder of its own. */
  folder: string
  /** Resolves when the ledger will hear of it; rejects when it can't be told now. */
  report: (obstacle: Obstacle) => Promise<void>
}

const DEFAULT_EXPIRY_SECONDS = 86_400
/** A job that CUPS released so lately and does not know any more was printed: some keep no history. */
const JUST_NOW_MILLISECONDS = 60_000
/** A job that CUPS is at for so long is worth a word, and may expire. */
const SLOW_MILLISECONDS = 900_000

type Step = { ended: Outcome } | { stuck?: Obstacle; moved: boolean }

/**
 * One job until it is printed, has failed or has expired. Undefined: let go of; it goes on from the journal when its message comes
 * again. In CUPS a job is held until its number is in the journal, so that whoever is killed finds it again, and nothing is printed of
 * which nobody knows.
 */
export async function printToEnd(
  dependencies: PrintToEndDependencies,
  options: PrintToEndOptions,
  hand: JobInHand,
  letGo: AbortSignal,
): Promise<Outcome | undefined> {
  const { waiting } = dependencies
  const run = new PrintRun(dependencies, hand)
  const obstacles = new ObstacleReports(dependencies, options, hand)
  for (let still = 1; !letGo.aborted; still++) {
    const step = await run.step(obstacles.lasting())
    if ('ended' in step) return step.ended
    const changed = await obstacles.see(step.stuck)
    if (step.moved || changed) still = 1
    await waiting.pause(backoffMilliseconds(still, options.pace, 1), letGo)
  }
  return undefined
}

/** Tells of each obstacle once in the life of a job, and not before it has lasted. */
class ObstacleReports {
  #current: Obstacle | undefined
  #since = 0
  readonly #dependencies: PrintToEndDependencies
  readonly #patienceMilliseconds: number
  readonly #hand: JobInHand

  constructor(
    dependencies: PrintToEndDependencies,
    { patienceMilliseconds }: PrintToEndOptions,
    hand: JobInHand,
  ) {
    this.#dependencies = dependencies
    this.#patienceMilliseconds = patienceMilliseconds
    this.#hand = hand
  }

  /** What stands in the way, and has done so for a while. */
  lasting(): Obstacle | undefined {
    const lasted = this.#dependencies.waiting.now().getTime() - this.#since
    return lasted >= this.#patienceMilliseconds ? this.#current : undefined
  }

  /** Whether it is another one than before. */
  async see(obstacle: Obstacle | undefined): Promise<boolean> {
    const { journal, log, waiting } = this.#dependencies
    const now = waiting.now().getTime()
    const changed = obstacle?.code !== this.#current?.code
    if (changed) this.#since = now
    this.#current = obstacle
    if (obstacle === undefined || this.lasting() === undefined) return changed
    const { name, report } = this.#hand
    if (journal.stateOf(name)?.reported.includes(obstacle.code)) return changed
    try {
      await report(obstacle)
      await journal.write({ entry: 'reported', job: name, code: obstacle.code })
    } catch (error) {
      log('obstacle-not-reported', { job: name, reason: awsFault(error).text }, 'warning')
    }
    return changed
  }
}

class PrintRun {
  readonly #dependencies: PrintToEndDependencies
  readonly #hand: JobInHand
  readonly #deadline: number
  #file: { path: string; format: PrintJob['format'] } | undefined
  #warning = ''
  #aliveAt = Number.NEGATIVE_INFINITY
  #underWaySince: number | undefined
  #expiredFor: string | undefined

  constructor(dependencies: PrintToEndDependencies, hand: JobInHand) {
    this.#dependencies = dependencies
    this.#hand = hand
    const { expiresAfterSeconds = DEFAULT_EXPIRY_SECONDS } = hand.job
    this.#deadline = hand.since.getTime() + expiresAfterSeconds * 1000
  }

  /**
   * `lasting` is what has stood in the way for a while. Without it no job expires: one that was old before it got here is tried as any
   * other, and so is one that a wrong clock makes old.
   */
  async step(lasting: Obstacle | undefined): Promise<Step> {
    const { journal } = this.#dependencies
    const isLate = lasting !== undefined && this.#now() >= this.#deadline
    const state = journal.stateOf(this.#hand.name)
    return state?.spooled === undefined ? this.#submit(isLate) : this.#follow(state, state.spooled, isLate)
  }

  async #submit(isLate: boolean): Promise<Step> {
    const { printer, journal } = this.#dependencies
    const { job, name } = this.#hand
    this.#file ??= await this.#fetch(job.key, job.format)
    if (this.#file === undefined) {
      return { ended: failed(`${job.key} is not in the bucket`, 'NoSuchKey') }
    }
    const { path, format } = this.#file
    const answer = await printer.submit(path, { ...job, format })
    if (!('outcome' in answer)) {
      await journal.write({ entry: 'spooled', job: name, spooled: answer })
      return { moved: true }
    }
    if (answer.outcome === 'retry') {
      if (isLate) return { ended: expired(answer.text) }
      return { stuck: { code: answer.code ?? 'not-taken', text: answer.text }, moved: false }
    }
    if (answer.code === UNSUPPORTED_FORMAT && format === 'tiff' && job.pdfKey !== undefined) {
      this.#file = await this.#fetch(job.pdfKey, 'pdf')
      if (this.#file !== undefined) {
        this.#warn('CUPS takes no TIFF, so the PDF was printed in its place')
        return { moved: true }
      }
    }
    return { ended: this.#warned(answer) }
  }

  async #fetch(key: string, format: PrintJob['format']) {
    const path = join(this.#hand.folder, format === 'pdf' ? 'fax.pdf' : 'fax.tif')
    const fetched = await this.#dependencies.files.fetch(key, path)
    return fetched === 'missing' ? undefined : { path, format }
  }

  async #follow(state: JobState, spooled: SpooledJob, isLate: boolean): Promise<Step> {
    const { printer } = this.#dependencies
    let progress: Progress
    try {
      progress = await printer.look(spooled)
    } catch (error) {
      const text = `CUPS does not answer: ${awsFault(error).text}`
      if (isLate) return { ended: expired(`${text}; ${spooled.receipt} may still be its job`) }
      return { stuck: { code: 'cups-unreachable', text }, moved: false }
    }
    if (progress.state === 'unknown') return this.#vanished(state, spooled)
    if (progress.state === 'ended') return { ended: this.#warned(progress.outcome) }
    if (progress.state === 'canceled') return { ended: this.#canceled(progress.text) }
    this.#aliveAt = this.#now()
    if (progress.state === 'held' && state.release !== 'released') return this.#release(spooled, isLate)
    const obstacle = progress.state === 'under way' ? this.#slowness(progress.text) : this.#stuck(progress)
    if (obstacle !== undefined && isLate) return this.#expire(spooled, obstacle)
    return { ...(obstacle === undefined ? {} : { stuck: obstacle }), moved: false }
  }

  #stuck({ code, text }: Obstacle): Obstacle {
    this.#underWaySince = undefined
    return { code, text }
  }

  #slowness(said: string): Obstacle | undefined {
    this.#underWaySince ??= this.#now()
    if (this.#now() - this.#underWaySince < SLOW_MILLISECONDS) return undefined
    const text = `CUPS has been at it for a long time${said === '' ? '' : `: ${said}`}`
    return { code: 'slow', text }
  }

  async #release(spooled: SpooledJob, isLate: boolean): Promise<Step> {
    const { printer, journal, log } = this.#dependencies
    const { name } = this.#hand
    // Before it can print: a job that is gone from here on may be on paper.
    await journal.write({ entry: 'releasing', job: name })
    try {
      await printer.release(spooled)
    } catch (error) {
      log('print-job-not-released', { job: name, receipt: spooled.receipt, reason: String(error) }, 'warning')
      const text = `CUPS does not let its job ${spooled.receipt} go: ${awsFault(error).text}`
      return isLate
        ? this.#expire(spooled, { code: 'not-released', text })
        : { stuck: { code: 'not-released', text }, moved: false }
    }
    await journal.write({ entry: 'released', job: name })
    return { moved: true }
  }

  /** CUPS cancels, and the next look tells what became of it: it may have been printed meanwhile. */
  async #expire(spooled: SpooledJob, obstacle: Obstacle): Promise<Step> {
    this.#expiredFor = obstacle.text
    try {
      await this.#dependencies.printer.cancel(spooled)
      return { moved: true }
    } catch (error) {
      const text = `CUPS does not cancel its job ${spooled.receipt}: ${awsFault(error).text}`
      return { stuck: { code: 'not-canceled', text }, moved: false }
    }
  }

  #canceled(text: string): Outcome {
    return this.#expiredFor === undefined ? failed(text, 'canceled') : expired(this.#expiredFor)
  }

  async #vanished({ release }: JobState, { receipt }: SpooledJob): Promise<Step> {
    const { journal } = this.#dependencies
    if (release === undefined) {
      await journal.write({ entry: 'forgotten', job: this.#hand.name })
      return { moved: true }
    }
    if (this.#now() - this.#aliveAt < JUST_NOW_MILLISECONDS) {
      const text = 'released, and gone from CUPS, which keeps no history'
      return { ended: this.#warned(delivered(receipt, text, 'no-history')) }
    }
    const text = `CUPS does not know its job ${receipt} any more. It may have been printed: look at the printer.`
    return { ended: failed(text, 'job-gone', { maybeDelivered: true }) }
  }

  #warn(warning: string): void {
    const { log } = this.#dependencies
    this.#warning = `${warning}; `
    log('print-warning', { job: this.#hand.name, warning }, 'warning')
  }

  #warned(outcome: Outcome): Outcome {
    return { ...outcome, text: `${this.#warning}${outcome.text}` }
  }

  #now(): number {
    return this.#dependencies.waiting.now().getTime()
  }
}

function expired(reason: string): Outcome {
  return failed(`not printed in the time that it had: ${reason}`, 'expired')
}
