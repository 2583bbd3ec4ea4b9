import { delivered, type Outcome } from '../../../shared/outcome.ts'
import type { Attempt } from '../../deliver/attempt.ts'
import { logLine } from './log-line.ts'

export interface LogDependencies {
  /** Appends a line to the log of this backend; answers where that is. */
  appendLine: (backendName: string, line: string) => Promise<string>
}

/** Writes one line for a fax. A fault of CloudWatch is thrown: nothing here could say more about it than the queue knows. */
export async function deliverToLog(
  { appendLine }: LogDependencies,
  attempt: Attempt<'log'>,
): Promise<Outcome> {
  const line = logLine(attempt)
  return delivered(await appendLine(attempt.backend.name, line), line)
}
