import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
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
/** A file is written anew when it has so many lines more than there is to remember. */
const SPARE_LINES = 5000

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
  const entries = await readEntries(path, log)
  const first = entries.find((entry) => entry.entry === 'instance')
  const memory = new JobMemory(first?.instance ?? newInstance())
  for (const entry of entries) if (entry.entry !== 'instance') memory.apply(entry)
  const file = new JournalFile(path, () => memory.compacted(now()))
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

/** Lines that are on the disk before anybody goes on. */
class JournalFile {
  readonly #path: string
  readonly #compacted: () => JournalEntry[]
  #handle: FileHandle | undefined
  #spareLines = 0
  #last: Promise<void> = Promise.resolve()

  constructor(path: string, compacted: () => JournalEntry[]) {
    this.#path = path
    this.#compacted = compacted
  }

  append(entry: JobEntry): Promise<void> {
    return this.#next(async () => {
      if (this.#handle === undefined || this.#spareLines >= SPARE_LINES) await this.#rewriteNow()
      const handle = this.#handle
      try {
        await handle?.appendFile(lineOf(entry))
        await handle?.datasync()
        this.#spareLines += 1
      } catch (error) {
        // There may be half a line now, which the next one must not be glued to: the file is written anew before it.
        this.#handle = undefined
        await handle?.close().catch(() => {})
        throw error
      }
    })
  }

  rewrite(): Promise<void> {
    return this.#next(() => this.#rewriteNow())
  }

  close(): Promise<void> {
    return this.#next(async () => {
      await this.#handle?.close()
      this.#handle = undefined
    })
  }

  /** One after the other, and none is held up by another's fault. */
  #next(action: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(action)
    this.#last = turn.catch(() => {})
    return turn
  }

  async #rewriteNow(): Promise<void> {
    const unfinished = `${this.#path}.new`
    const handle = await open(unfinished, 'w', 0o600)
    try {
      await handle.writeFile(this.#compacted().map(lineOf).join(''))
      await handle.sync()
      await rename(unfinished, this.#path)
      await syncFolder(dirname(this.#path))
    } catch (error) {
      await handle.close().catch(() => {})
      throw error
    }
    await this.#handle?.close().catch(() => {})
    this.#handle = handle
    this.#spareLines = 0
  }
}

function lineOf(entry: JournalEntry): string {
  return `${JSON.stringify(entry)}\n`
}

/** Without it, the new name may be gone after a power loss. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function readEntries(path: string, log: Log): Promise<JournalEntry[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const entry = parseLine(line)
    if (entry !== undefined) return [entry]
    // The last one is empty, or was being written when the power went: nobody had gone on from it.
    if (index < lines.length - 1) log('journal-line-not-read', { path, line: index + 1 }, 'error')
    return []
  })
}

function parseLine(line: string): JournalEntry | undefined {
  try {
    return journalEntrySchema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
