import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Facts } from '../../shared/facts.ts'
import { UnfitFileError } from './fax-of-file.ts'
import { renderSidecar } from './sidecar.ts'
import { syncFolder } from './spool-folder.ts'
import { temporaryName } from './spool-names.ts'

export interface Submission {
  /** Path of a TIFF that nobody writes any more. It stays where it is. */
  file: string
  facts: Facts
}

/**
 * Puts a copy of a fax and its facts into the spool, as the dialplan would. When it resolves, to the name in the spool, both are
 * on disk, and whoever called may forget the file. When it rejects, nothing was taken.
 * @throws UnfitFileError, and what the disk says
 */
export async function submitFax(
  { spool, largestBytes }: { spool: string; largestBytes: number },
  { file, facts }: Submission,
): Promise<string> {
  const { size } = await stat(file)
  if (size === 0) throw new UnfitFileError(`${file} is empty: no page was received into it`)
  if (size > largestBytes)
    throw new UnfitFileError(`${file} has ${size} bytes; a fax may have ${largestBytes} at most`)
  const unique = randomUUID()
  const stem = `${Math.floor(Date.parse(facts.receivedAt) / 1000)}-${unique}`
  const path = (name: string) => join(spool, name)
  const [tiff, sidecar] = [path(temporaryName(stem, 'tif')), path(temporaryName(stem, 'facts'))]
  const committed = path(`${stem}.facts`)
  try {
    await copyDurably(file, tiff)
    await writeNew(sidecar, renderSidecar({ ...facts, callId: facts.callId ?? unique }))
    // This one step makes the two a fax: cut off before it nothing was taken, and behind it the agent finds the TIFF.
    await rename(sidecar, committed)
    await syncFolder(spool)
  } catch (error) {
    // The first error is the one to tell; what can't be removed either, the agent clears away.
    for (const left of [committed, sidecar, tiff]) await rm(left, { force: true }).catch(() => {})
    throw error
  }
  return stem
}

/** The agent runs as another user than most who submit, and reads by the group that the folder hands down. */
const SPOOL_MODE = 0o640

async function copyDurably(from: string, to: string): Promise<void> {
  const handle = await open(to, 'wx', SPOOL_MODE)
  try {
    const source: AsyncIterable<Uint8Array> = createReadStream(from)
    for await (const piece of source) await handle.appendFile(piece)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', SPOOL_MODE)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
