import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { faxIdSchema } from '../../shared/fax-id.ts'
import type { Log } from '../log.ts'
import { writeDurably } from './spool-folder.ts'

const journalSchema = z.object({
  version: z.literal(1),
  /** The last number that was given to a fax. */
  last: z.int().min(0),
  /** Numbers by fax id: of all that are not up yet, and of the last ones that are. */
  given: z.record(faxIdSchema, z.int().min(1)),
  /** Numbers that were given, and whose faxes did not go up under them: the next ones get these. */
  returned: z.array(z.int().min(1)).default([]),
})
type Journal = z.infer<typeof journalSchema>

export interface Sequence {
  /** The number of a fax. It is on disk before this resolves; undefined when the disk did not take it, and nobody has it then. */
  of: (faxId: string) => Promise<number | undefined>
  /** The fax has not gone up and will not, under this id. */
  giveBack: (faxId: string) => void
  /** The fax is up. Its number is kept for a while: the same fax may be submitted again. */
  settle: (faxId: string) => void
  /** No fax waits: whoever has a number is up, or gone. */
  settleAll: () => void
  /** The highest number that a fax has. */
  last: () => number
}

const FILE = 'sequence.json'
/** How many faxes that are up keep their numbers. */
const KEPT = 200

/**
 * The count of a site's faxes. Number and fax go to disk in one step, so a kill leaves no gap and gives no number twice. A
 * fax matters more than its number: where the disk is full, it goes up without one.
 */
export async function openSequence(
  { log, now }: { log: Log; now: () => Date },
  stateFolder: string,
): Promise<Sequence> {
  const path = join(stateFolder, FILE)
  const { last, given, returned } = (await readJournal(path, log)) ?? newJournal(now())
  const journal: Journal = { version: 1, last, given: { ...given }, returned: [...returned] }
  const settled = new Set<string>()
  let saving: Promise<boolean> | undefined
  let next: Promise<boolean> | undefined

  const write = async (): Promise<boolean> => {
    try {
      await writeDurably(path, `${JSON.stringify(journal)}\n`)
      return true
    } catch (error) {
      log('sequence-not-kept', { reason: String(error) }, 'warning')
      return false
    }
  }
  // Those who come while one write is under way share the next one.
  const save = (): Promise<boolean> => {
    if (saving === undefined) {
      saving = write().finally(() => {
        saving = undefined
      })
      return saving
    }
    next ??= saving.then(() => {
      next = undefined
      return save()
    })
    return next
  }
  const saved = new Set(Object.keys(journal.given))
  const take = (faxId: string): number => {
    // The lowest first: a gap in the middle is missed sooner than one at the end.
    const number = journal.returned.shift() ?? journal.last + 1
    journal.last = Math.max(journal.last, number)
    journal.given[faxId] = number
    return number
  }
  const giveBack = (faxId: string): void => {
    const number = journal.given[faxId]
    if (number === undefined) return
    delete journal.given[faxId]
    saved.delete(faxId)
    journal.returned = [...journal.returned, number].sort((one, other) => one - other)
    while (journal.returned.at(-1) === journal.last) {
      journal.returned.pop()
      journal.last -= 1
    }
  }

  return {
    of: async (faxId) => {
      const number = journal.given[faxId] ?? take(faxId)
      if (!saved.has(faxId) && !(await save())) {
        giveBack(faxId)
        return undefined
      }
      saved.add(faxId)
      return number
    },
    giveBack,
    // Written with the next number: an entry too many does no harm.
    settle: (faxId) => {
      settled.add(faxId)
      for (const oldest of settled) {
        if (settled.size <= KEPT) break
        settled.delete(oldest)
        saved.delete(oldest)
        delete journal.given[oldest]
      }
    },
    settleAll: () => {
      for (const faxId of saved) settled.add(faxId)
    },
    last: () => journal.last,
  }
}

/**
 * A site that begins, or whose journal was lost: nobody knows which. The seconds since 1970 are more than any site has received,
 * so no number comes a second time.
 */
function newJournal(now: Date): Journal {
  return { version: 1, last: Math.floor(now.getTime() / 1000), given: {}, returned: [] }
}

async function readJournal(path: string, log: Log): Promise<Journal | undefined> {
  try {
    return journalSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    // Waiting for somebody to mend the count would keep faxes back.
    log('sequence-lost', { path, reason: String(error) }, 'warning')
    return undefined
  }
}
