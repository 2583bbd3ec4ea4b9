import { constants } from 'node:fs'
import { access, lstat, mkdir, open, readdir, rename, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { ifThere, renameIfThere, unlinkIfThere } from './if-there.ts'
import type { SpoolEntry, SpoolFile } from './spool-entry.ts'
import { REFUSED_FOLDER, SENT_FOLDER, temporaryName } from './spool-names.ts'
import { giveBack, takeAway, type UploadedFiles } from './take-away.ts'

/** The folder that the PBX writes received faxes to, and in which the agent says what became of each. */
export interface SpoolFolder {
  /** All that lies there, but for folders. */
  list: () => Promise<{ name: string; isFile: boolean }[]>
  /** What lies there under a stem that is neither done nor refused. */
  look: (stem: string) => Promise<SpoolEntry>
  /** Has the disk keep what Asterisk wrote and only the kernel has: after a power cut it might be empty. */
  sync: (stem: string) => Promise<void>
  /** S3 has the fax: from here on nothing but removing is left to do with it. False when another fax had its name already, which stays. */
  markDone: (stem: string, uploaded: UploadedFiles) => Promise<boolean>
  /** Removes what was marked, or moves it to sent/. */
  clearDone: (stem: string) => Promise<void>
  /** A TIFF that was taken away when the agent was killed, before it could say whose it is. */
  giveBack: (stem: string) => Promise<void>
  /** Moves a fax that can't go up to refused/, with the reason beside it. */
  refuse: (stem: string, reason: string) => Promise<void>
  /** The rest of {@link refuse}, for one that was cut off. */
  clearRefused: (stem: string) => Promise<void>
  /** How many faxes lie in refused/. */
  refused: () => Promise<number>
  /** Why the PBX, or this agent, may soon fail to write there; undefined when all is well. */
  trouble: () => Promise<string | undefined>
  pathOf: (name: string) => string
}

export interface SpoolOptions {
  folder: string
  keepSent: boolean
  now: () => Date
  /** Milliseconds of a clock that nobody sets. */
  elapsed: () => number
}

/** A hangup handler writes a dozen lines. What is longer was not written by one, and is cut. */
const LONGEST_SIDECAR_BYTES = 65_536

export function spoolFolder({ folder, keepSent, now, elapsed }: SpoolOptions): SpoolFolder {
  const path = (name: string) => join(folder, name)
  const sightings = new Map<string, Sighting>()
  const watched = (name: string, found: Found) => {
    const file = fileOf(found, sightings.get(name), { now: now(), elapsed: elapsed() })
    sightings.set(name, { version: versionOf(found), since: elapsed() - file.watchedMilliseconds })
    return file
  }
  const forget = (stem: string) => {
    for (const part of ['tif', 'facts']) sightings.delete(`${stem}.${part}`)
  }
  const clearDone = async (stem: string) => {
    forget(stem)
    if (keepSent) return await moveAway({ folder, to: SENT_FOLDER, stem, tiff: 'taken', mark: 'done' })
    // The mark goes last: without it, the TIFF would be given back and taken for a fax.
    await unlinkIfThere(path(`${stem}.taken`))
    await unlinkIfThere(path(`${stem}.done`))
  }
  const clearRefused = async (stem: string) => {
    forget(stem)
    await moveAway({ folder, to: REFUSED_FOLDER, stem, tiff: 'tif', mark: 'refused' })
  }
  return {
    pathOf: path,
    list: async () => {
      const entries = await readdir(folder, { withFileTypes: true })
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => ({ name: entry.name, isFile: entry.isFile() }))
    },
    look: async (stem) => {
      // The sidecar first: its last line says that the TIFF, looked at afterwards, is whole.
      const sidecar = await readText(path(`${stem}.facts`))
      const tiff = (await statIfThere(path(`${stem}.tif`))) ?? (sidecar && (await adopt(path, stem)))
      return {
        stem,
        tiff: tiff && watched(`${stem}.tif`, tiff),
        sidecar: sidecar && { ...watched(`${stem}.facts`, sidecar), text: sidecar.text },
      }
    },
    sync: async (stem) => {
      for (const part of ['tif', 'facts']) await syncIfThere(path(`${stem}.${part}`))
      await syncFolder(folder)
    },
    markDone: async (stem, uploaded) => {
      const isWhole = await takeAway(folder, stem, uploaded)
      // An orphan has one file, and removing that is one step anyway.
      if (uploaded.sidecar !== undefined) await syncFolder(folder)
      return isWhole
    },
    clearDone,
    giveBack: (stem) => giveBack(folder, stem, 'taken'),
    refuse: async (stem, reason) => {
      await mkdir(path(REFUSED_FOLDER), { recursive: true, mode: 0o750 })
      await writeDurably(join(folder, REFUSED_FOLDER, `${stem}.reason`), `${reason}\n`)
      await renameIfThere(path(`${stem}.facts`), path(`${stem}.refused`))
      await clearRefused(stem)
    },
    clearRefused,
    refused: () => countRefused(folder),
    trouble: () => spoolTrouble(folder),
  }
}

export async function countRefused(folder: string): Promise<number> {
  const names = (await ifThere(readdir(join(folder, REFUSED_FOLDER)))) ?? []
  return new Set(names.map((name) => name.replace(/\.[a-z]+$/, ''))).size
}

/** A long fax at a fine resolution, and room for the log line that says so. */
const LEAST_FREE_BYTES = 50_000_000

export async function spoolTrouble(folder: string): Promise<string | undefined> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    const { bavail, bsize } = await statfs(folder)
    const freeBytes = bavail * bsize
    if (freeBytes >= LEAST_FREE_BYTES) return undefined
    return `${Math.floor(freeBytes / 1e6)} MB are free in ${folder}: the PBX can't store a long fax`
  } catch (error) {
    return (error as Error).message
  }
}

/** The TIFF of a submission whose sidecar has its name. */
async function adopt(path: (name: string) => string, stem: string): Promise<Found | undefined> {
  const isThere = await renameIfThere(path(temporaryName(stem, 'tif')), path(`${stem}.tif`))
  return isThere ? await statIfThere(path(`${stem}.tif`)) : undefined
}

interface Found {
  sizeBytes: number
  modifiedAt: Date
}

interface Sighting {
  version: string
  /** When the file was first seen as it is. */
  since: number
}

function versionOf({ sizeBytes, modifiedAt }: Found): string {
  return `${sizeBytes} ${modifiedAt.getTime()}`
}

function fileOf(found: Found, before: Sighting | undefined, at: { now: Date; elapsed: number }): SpoolFile {
  return {
    ...found,
    idleMilliseconds: at.now.getTime() - found.modifiedAt.getTime(),
    watchedMilliseconds: before?.version === versionOf(found) ? at.elapsed - before.since : 0,
  }
}

/** The mark goes last here too, and as the sidecar that it was. */
async function moveAway(move: {
  folder: string
  to: string
  stem: string
  tiff: 'taken' | 'tif'
  mark: 'done' | 'refused'
}): Promise<void> {
  const { folder, to, stem, tiff, mark } = move
  await mkdir(join(folder, to), { recursive: true, mode: 0o750 })
  await renameIfThere(join(folder, `${stem}.${tiff}`), join(folder, to, `${stem}.tif`))
  await renameIfThere(join(folder, `${stem}.${mark}`), join(folder, to, `${stem}.facts`))
}

async function readText(path: string): Promise<(Found & { text: string }) | undefined> {
  const handle = await ifThere(open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK))
  if (handle === undefined) return undefined
  try {
    const { size, mtime } = await handle.stat()
    const buffer = Buffer.alloc(Math.min(size, LONGEST_SIDECAR_BYTES))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
    // Base64 and names are ASCII; latin1 keeps whatever else there is from becoming something else.
    return { sizeBytes: size, modifiedAt: mtime, text: buffer.subarray(0, bytesRead).toString('latin1') }
  } finally {
    await handle.close()
  }
}

async function statIfThere(path: string): Promise<Found | undefined> {
  const found = await ifThere(lstat(path))
  // Only what the PBX wrote: a link would lead out of the spool.
  return found?.isFile() ? { sizeBytes: found.size, modifiedAt: found.mtime } : undefined
}

/** What another process wrote as well; a handle for reading will do. */
async function syncIfThere(path: string): Promise<void> {
  const handle = await ifThere(open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK))
  try {
    await handle?.sync()
  } finally {
    await handle?.close()
  }
}

/** A new name is on disk only once its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes a file whole or not at all, also across a power cut. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`
  const handle = await open(unfinished, 'w', 0o640)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(unfinished, path)
  await syncFolder(join(path, '..'))
}
