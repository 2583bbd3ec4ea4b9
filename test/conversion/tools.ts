import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs a tool to its end and gives what it printed; one that fails or takes too long throws with its own words. */
export async function run(tool: string, words: readonly string[], cwd?: string): Promise<string> {
  const { stdout, stderr } = await execute(tool, words, {
    ...(cwd !== undefined && { cwd }),
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  })
  return stdout + stderr
}
