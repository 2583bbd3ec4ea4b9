import { randomBytes } from 'node:crypto'
import { firstText } from '../ipp/message.ts'
import type { Printer, Progress, SpooledJob } from '../printer.ts'
import type { CupsQuestions } from './cups-questions.ts'
import { dependsOnPrinter, judgeJob } from './judge-job.ts'
import { type CupsCommand, submitHeld } from './lp.ts'

export interface CupsPrinterDependencies {
  questions: CupsQuestions
  cups: CupsCommand
  /** What the tokens of this agent's jobs begin with, by which it knows its own among those of others. */
  instance: string
}

/**
 * Prints through CUPS. What changes something goes by CUPS's own commands, which know every way to prove who they are; questions, which
 * need none, go over IPP.
 */
export function cupsPrinter({ questions, cups, instance }: CupsPrinterDependencies): Printer {
  return {
    submit: async (file, job) => {
      const token = `${instance}.${randomBytes(9).toString('hex')}`
      const answer = await submitHeld(cups, { file, job, token })
      return 'outcome' in answer ? answer : { ...answer, token }
    },
    release: ({ id }) => succeed(cups, 'lp', '-i', String(id), '-H', 'resume'),
    cancel: ({ id }) => succeed(cups, 'cancel', String(id)),
    look: (job) => look(questions, job),
    unfinished: async () =>
      (await questions.unfinishedJobs()).filter(({ token }) => token.startsWith(`${instance}.`)),
  }
}

async function look(questions: CupsQuestions, { id, receipt, token }: SpooledJob): Promise<Progress> {
  const job = await questions.job(id)
  if (job === undefined || job.token !== token) return { state: 'unknown' }
  const uri = firstText(job.attributes, 'job-printer-uri')
  const printer =
    uri === undefined || !dependsOnPrinter(job.attributes) ? undefined : await questions.printer(uri)
  return judgeJob(receipt, job.attributes, printer)
}

async function succeed(cups: CupsCommand, path: string, ...words: string[]): Promise<void> {
  const { exitCode, timedOut, stderr } = await cups(path, ...words)
  if (exitCode === 0) return
  const said = timedOut ? 'no answer in time' : stderr.trim().slice(0, 300)
  throw new Error(`${path} ${words.join(' ')}: ${said}`)
}
