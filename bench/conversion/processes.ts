import { spawnSync } from 'node:child_process'
import type { Task } from '../measure.ts'

/** Processes that follow each other: the time is that of all. */
export type Commands = readonly (readonly [tool: string, ...words: string[]])[]

/** A run that takes longer than the limit is ended. */
export function processes(commands: Commands, limitMs: number): Task {
  return () => {
    const started = performance.now()
    for (const [tool, ...words] of commands) {
      const { error, status } = spawnSync(tool, words, { stdio: 'ignore', timeout: limitMs })
      if (error !== undefined) return { without: reasonOf(error, tool, limitMs) }
      if (status !== 0) return { without: `exit code ${status}` }
    }
    return { milliseconds: performance.now() - started }
  }
}

function reasonOf(error: NodeJS.ErrnoException, tool: string, limitMs: number): string {
  if (error.code === 'ENOENT') return `no ${tool}`
  if (error.code === 'ETIMEDOUT') return `> ${limitMs / 1000} s`
  return error.message
}

/** Resident memory of a Node process at its highest. maxRSS of getrusage would start at what this process has. */
export function peakMemoryBytes(words: readonly string[]): number {
  const hook = `import{readFileSync as r,writeSync}from'node:fs';process.on('exit',()=>writeSync(2,r('/proc/self/status')))`
  const { stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${hook}`, ...words], {
    encoding: 'utf8',
  })
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(stderr) ?? []
  return Number(kilobytes) * 1024
}
