import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** What all functions print, in one file that a person can follow: a JSON object a line, with the function's name first. */
export interface FunctionLog {
  /** Copies the output of a function's process, line by line. */
  follow(functionName: string, output: Readable): void
  write(functionName: string, record: { level: string; message: string; requestId?: string }): void
  close(): Promise<void>
}

export function openFunctionLog(file: string): FunctionLog {
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 })
  const put = (functionName: string, record: object) =>
    stream.write(`${JSON.stringify({ function: functionName, ...record })}\n`)
  return {
    follow(functionName, output) {
      createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) =>
        put(functionName, recordOf(line)),
      )
    },
    write(functionName, record) {
      put(functionName, { timestamp: new Date().toISOString(), ...record })
    },
    close: () => new Promise((resolve) => stream.end(resolve)),
  }
}

/** A line that is no JSON object (a crash of Node itself, say) is wrapped in one. */
function recordOf(line: string): object {
  try {
    const record: unknown = JSON.parse(line)
    if (typeof record === 'object' && record !== null) return record
  } catch {
    // Falls through: plain text.
  }
  return { timestamp: new Date().toISOString(), level: 'INFO', message: line }
}
