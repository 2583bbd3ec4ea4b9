import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type * as z from 'zod'
import type { Log } from './log.ts'

/** A file is written anew when it has so many lines more than there is to remember. */
const SPARE_LINES = 5000

/** Lines that are on the disk before anybody goes on. */
export class JournalFile<Entry> {
  readonly #path: string
  readonly #compacted: () => Entry[]
  #handle: FileHandle | undefined
  #spareLines = 0
  #last: Promise<void> = Promise.resolve()

  constructor(path: string, compacted: () => Entry[]) {
    this.#path = path
    this.#compacted = compacted
  }

  append(entry: Entry): Promise<void> {
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

function lineOf(entry: unknown): string {
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

/** The entries of a journal in their order; none where there is no file. A line that can't be read is told and left out. */
export async function readJournal<Entry>(path: string, schema: z.ZodType<Entry>, log: Log): Promise<Entry[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const entry = parseLine(line, schema)
    if (entry !== undefined) return [entry]
    // The last one is empty, or was being written when the power went: nobody had gone on from it.
    if (index < lines.length - 1) log('journal-line-not-read', { path, line: index + 1 }, 'error')
    return []
  })
}

function parseLine<Entry>(line: string, schema: z.ZodType<Entry>): Entry | undefined {
  try {
    return schema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
