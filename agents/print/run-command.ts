import { execFile } from 'node:child_process'

export interface CommandResult {
  /** Undefined when a signal ended it. */
  exitCode: number | undefined
  /** It ran longer than it may, and was killed. */
  timedOut: boolean
  stdout: string
  stderr: string
}

export interface Command {
  path: string
  arguments: readonly string[]
  environment: NodeJS.ProcessEnv
  timeoutMilliseconds: number
}

/** Runs a program, no shell between. Rejects when it can't be started (ENOENT, EACCES). */
export type RunCommand = (command: Command) => Promise<CommandResult>

const LARGEST_OUTPUT_BYTES = 65_536

export const runCommand: RunCommand = (command) =>
  new Promise((resolve, reject) => {
    const options = {
      env: command.environment,
      timeout: command.timeoutMilliseconds,
      // Whoever hangs in a call to a dead server does not get to SIGTERM's handler.
      killSignal: 'SIGKILL',
      maxBuffer: LARGEST_OUTPUT_BYTES,
    } as const
    execFile(command.path, command.arguments, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ exitCode: 0, timedOut: false, stdout, stderr })
      // A text is the code of a failed start, a number the exit code, null an end by signal.
      if (typeof error.code === 'string') return reject(error)
      resolve({ exitCode: error.code ?? undefined, timedOut: error.killed === true, stdout, stderr })
    })
  })
