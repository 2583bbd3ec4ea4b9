import { delivered, failed } from '../../../shared/outcome.ts'
import { visible } from '../../../shared/visible.ts'
import { firstNumber, firstText, type IppGroup, texts } from '../ipp/message.ts'
import type { Progress } from '../printer.ts'
import { stoppingReasons } from './printer-reasons.ts'

/** RFC 8011 section 5.3.7. */
const JOB = { pending: 3, held: 4, processing: 5, stopped: 6, canceled: 7, aborted: 8, completed: 9 } as const
/** RFC 8011 section 5.4.11. */
const PRINTER_STOPPED = 5

/** What judgeJob reads, to be asked for. */
export const JOB_ATTRIBUTES = [
  'job-id',
  'job-state',
  'job-state-reasons',
  'job-printer-uri',
  'job-printer-state-message',
] as const
export const PRINTER_ATTRIBUTES = ['printer-state', 'printer-state-reasons', 'printer-state-message'] as const

/** Whether how the job goes on depends on its printer. */
export function dependsOnPrinter(job: IppGroup): boolean {
  const state = firstNumber(job, 'job-state')
  return state === JOB.pending || state === JOB.processing || state === JOB.stopped
}

/** How far a job is, by what CUPS says of it and of its printer. `printer` may be missing where nothing depends on it. */
export function judgeJob(receipt: string, job: IppGroup, printer: IppGroup | undefined): Progress {
  const reasons = texts(job, 'job-state-reasons').filter((reason) => reason !== 'none')
  const because = saidOf(reasons, firstText(job, 'job-printer-state-message'))
  switch (firstNumber(job, 'job-state')) {
    case JOB.completed:
      return { state: 'ended', outcome: delivered(receipt, `printed${because}`, 'completed') }
    case JOB.canceled:
      return { state: 'canceled', text: `canceled in CUPS${because}` }
    case JOB.aborted:
      return { state: 'ended', outcome: failed(`CUPS gave the job ${receipt} up${because}`, 'aborted') }
    case JOB.held: {
      const text = `the job is held in CUPS${because}; let it go on: lp -i ${receipt} -H resume`
      return { state: 'held', code: 'job-held', text }
    }
    default:
      return judgePrinter(firstNumber(job, 'job-state'), because, printer)
  }
}

function judgePrinter(
  jobState: number | undefined,
  because: string,
  printer: IppGroup | undefined,
): Progress {
  const reasons = stoppingReasons(texts(printer, 'printer-state-reasons'))
  const said = saidOf(reasons, firstText(printer, 'printer-state-message'))
  const codeOf = (word: string) => [word, ...reasons.toSorted()].join(' ').slice(0, 200)
  if (firstNumber(printer, 'printer-state') === PRINTER_STOPPED) {
    return { state: 'stuck', code: codeOf('printer-stopped'), text: `the printer is stopped in CUPS${said}` }
  }
  if (jobState === JOB.stopped) {
    return { state: 'stuck', code: codeOf('job-stopped'), text: `the job is stopped in CUPS${because}` }
  }
  if (reasons.length > 0) {
    return { state: 'stuck', code: codeOf('printer'), text: `the printer says${said}` }
  }
  const message = firstText(printer, 'printer-state-message') ?? ''
  if (UNAVAILABLE.test(message))
    return { state: 'stuck', code: 'printer-unavailable', text: `the printer says${said}` }
  return { state: 'under way', text: visible(message).slice(0, 300) }
}

/** What CUPS's backends say, while they try for ever, in words alone: printer-state-reasons stays none then. */
const UNAVAILABLE =
  /may not exist|unavailable|not responding|not connected|unreachable|unable to|in use|timed out|will retry|offline/i

/** Drivers write the message; it may be anything. */
function saidOf(reasons: readonly string[], message: string | undefined): string {
  const said = [...reasons, ...(message === undefined || message === '' ? [] : [message])]
  return said.length === 0 ? '' : `: ${visible(said.join(', ')).slice(0, 300)}`
}
