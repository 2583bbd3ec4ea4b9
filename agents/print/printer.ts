import type { PrintJob } from '../../shared/messages.ts'
import type { Outcome } from '../../shared/outcome.ts'

/** What of a job a printer needs to know. */
export type JobToPrint = Pick<PrintJob, 'faxId' | 'format' | 'printer' | 'title' | 'fileName'>

/**
 * A way to get a file onto paper, or what stands for paper. `delivered` means that the printing system has its own copy, so the
 * file may go; `retry` that the same job may work later; `failed` that somebody has to change something first.
 */
export interface Printer {
  print: (file: string, job: JobToPrint) => Promise<Outcome>
}
