import type { PrintJob } from '../../shared/messages.ts'
import type { Outcome } from '../../shared/outcome.ts'

/** What of a job a printer needs to know. */
export type JobToPrint = Pick<PrintJob, 'faxId' | 'format' | 'printer' | 'options' | 'title' | 'fileName'>

/** A job that the printing system has its own copy of. */
export interface SpooledJob {
  /** As CUPS counts its jobs. A CUPS that was set up anew counts from 1 again. */
  id: number
  /** As an operator finds it: office-12. */
  receipt: string
  /** Ours, and no other job's. */
  token: string
}

/** What stands between a job and its paper. */
export interface Obstacle {
  /** The same for the same reason, in the printing system's own words. */
  code: string
  text: string
}

export type Progress =
  /** Held as `submit` left it, or by somebody since. */
  | ({ state: 'held' } & Obstacle)
  /** `text`: what the printer says meanwhile; empty: nothing. */
  | { state: 'under way'; text: string }
  | ({ state: 'stuck' } & Obstacle)
  | { state: 'canceled'; text: string }
  | { state: 'ended'; outcome: Outcome }
  /** No job of this number is there, or it is another one. */
  | { state: 'unknown' }

/**
 * A way to get a file onto paper. `submit` hands a job over without printing it: it is held until `release`, so that its number can be
 * written down before there is any paper. An outcome instead means that there is no job to follow: `delivered` and it is done, `retry`
 * that the same may work later, `failed` that somebody has to change something first.
 *
 * Whatever rejects may pass by itself; the job is in the state that it was in, or in the one that was asked for.
 */
export interface Printer {
  submit: (file: string, job: JobToPrint) => Promise<SpooledJob | Outcome>
  release: (job: SpooledJob) => Promise<void>
  look: (job: SpooledJob) => Promise<Progress>
  cancel: (job: SpooledJob) => Promise<void>
  /** The jobs of this agent that have not ended. */
  unfinished: () => Promise<SpooledJob[]>
}

/** The code of a `failed` outcome by which CUPS refuses the type of a file. */
export const UNSUPPORTED_FORMAT = 'unsupported-document-format'
