import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Ended {
  exitCode: number | null
  stdout: Buffer
  stderr: string
}

const COMMAND = fileURLToPath(new URL('./faxlane.mjs', import.meta.url))

/** The command as a user has it: a process of its own, in any folder. */
export function startFaxlane(
  words: readonly string[],
  cwd: string,
  environment: Record<string, string> = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [COMMAND, ...words], {
    cwd,
    stdio: 'pipe',
    env: { ...process.env, ...environment },
  })
}

/** Runs it to its end. */
export function faxlane(
  words: readonly string[],
  cwd: string,
  input?: Uint8Array,
  environment?: Record<string, string>,
): Promise<Ended> {
  const child = startFaxlane(words, cwd, environment)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) =>
      resolve({ exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
    )
  })
}
