import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isTemporaryName, SENT_FOLDER, sidecarOfTemporary } from './spool-names.ts'

const DAY_MILLISECONDS = 86_400_000

/** Removes what was kept long enough after it was sent, and what submissions left that were cut off; how many files it was. */
export async function tidySpool(
  { now }: { now: () => Date },
  { folder, keepSentDays }: { folder: string; keepSentDays: number },
): Promise<number> {
  const sent = join(folder, SENT_FOLDER)
  const kept = await namesIn(sent)
  const names = new Set(await namesIn(folder))
  // One that has its sidecar is a fax, however long the agent did not run.
  const unfinished = [...names].filter(
    (name) => isTemporaryName(name) && !names.has(sidecarOfTemporary(name)),
  )
  const removals = await Promise.all([
    ...kept.map((name) => removeOlder(join(sent, name), keepSentDays, now())),
    ...unfinished.map((name) => removeOlder(join(folder, name), 1, now())),
  ])
  return removals.filter((removed) => removed).length
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}

async function removeOlder(path: string, days: number, now: Date): Promise<boolean> {
  // By the time of the last renaming: the file's own is that of the reception.
  const { ctime } = await stat(path)
  if (now.getTime() - ctime.getTime() < days * DAY_MILLISECONDS) return false
  await rm(path, { force: true })
  return true
}
