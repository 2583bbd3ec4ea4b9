import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { JournalFile, readJournal } from '../journal-file.ts'
import type { Log } from '../log.ts'
import {
  type JobEntry,
  type JobState,
  type JournalEntry,
  journalEntrySchema,
  stateAfter,
} from './journal-entries.ts'

/** What must not be forgotten of the jobs, whatever kills the agent. */
export interface JobJournal {
  /** Drawn once for a journal: what this agent's jobs in CUPS are known by. */
  instance: string
  stateOf: (job: string) => JobState | undefined
  /** The tokens of the jobs that are in CUPS and have not ended. */
  openTokens: () => Set<string>
  /** Resolves when it is on the disk. When it rejects, nothing has changed. */
  write: (entry: JobEntry) => Promise<void>
  close: () => Promise<void>
}

/** SQS keeps no message longer than 14 days, so none asks later. */
const REMEMBERED_MILLISECONDS = 14 * 24 * 3600 * 1000

/** A journal that a killed process takes with it, for a printer where printing twice does no harm. */
export function memoryJournal(): JobJournal {
  const memory = new JobMemory(newInstance())
  return { ...memory.reading(), write: async (entry) => memory.apply(entry), close: async () => {} }
}

/** Reads the journal, or begins one, and cleans it of what is older than any message. */
export async function openJobJournal(
  { log, now }: { log: Log; now: () => Date },
  path: string,
): Promise<JobJournal> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const entries = await readJournal(path, journalEntrySchema, log)
  const first = entries.find((entry) => entry.entry === 'instance')
  const memory = new JobMemory(first?.instance ?? newInstance())
  for (const entry of entries) if (entry.entry !== 'instance') memory.apply(entry)
  const file = new JournalFile<JournalEntry>(path, () => memory.compacted(now()))
  await file.rewrite()
  return {
    ...memory.reading(),
    write: async (entry) => {
      await file.append(entry)
      memory.apply(entry)
    },
    close: () => file.close(),
  }
}

function newInstance(): string {
  return randomBytes(6).toString('hex')
}

class JobMemory {
  readonly #instance: string
  readonly #states = new Map<string, JobState>()

  constructor(instance: string) {
    this.#instance = instance
  }

  apply(entry: JobEntry): void {
    const state = stateAfter(this.#states.get(entry.job), entry)
    // The oldest stand first in a Map: what changes goes to its end.
    this.#states.delete(entry.job)
    if (state !== undefined) this.#states.set(entry.job, state)
  }

  reading(): Pick<JobJournal, 'instance' | 'stateOf' | 'openTokens'> {
    return {
      instance: this.#instance,
      stateOf: (job) => this.#states.get(job),
      openTokens: () => {
        const open = [...this.#states.values()].filter(({ ended }) => ended === undefined)
        return new Set(open.flatMap(({ spooled }) => (spooled === undefined ? [] : [spooled.token])))
      },
    }
  }

  compacted(now: Date): JournalEntry[] {
    for (const [job, { ended }] of this.#states) {
      const age = ended === undefined ? 0 : now.getTime() - Date.parse(ended.report.at)
      if (age > REMEMBERED_MILLISECONDS) this.#states.delete(job)
    }
    const states = [...this.#states].map(([job, state]) => ({ entry: 'state', job, state }) as const)
    return [{ entry: 'instance', instance: this.#instance }, ...states]
  }
}
