import { link, lstat, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { ifThere, renameIfThere } from './if-there.ts'
import { type FileIdentity, isSameFile } from './stable-file.ts'

/** The files of a fax that S3 has, as they were when it was read; undefined for one that was not there. */
export interface UploadedFiles {
  tiff: FileIdentity | undefined
  sidecar: { sizeBytes: number; modifiedAt: Date } | undefined
}

/**
 * Takes what S3 has out of the PBX's reach: the TIFF becomes `.taken`, then the sidecar `.done`, which is what says that both may go. A PBX
 * may use a name again at any moment, also between a comparison and a removal: so each file is renamed first and compared then, and one
 * that is of another fax gets its name back. False when there was one.
 */
export async function takeAway(folder: string, stem: string, uploaded: UploadedFiles): Promise<boolean> {
  const path = (part: string) => join(folder, `${stem}.${part}`)
  let isWhole = true
  const { tiff, sidecar } = uploaded
  if (tiff !== undefined) {
    await renameIfThere(path('tif'), path('taken'))
    const found = await ifThere(stat(path('taken'), { bigint: true }))
    if (found !== undefined && !isSameFile(tiff, found)) {
      await giveBack(folder, stem, 'taken')
      isWhole = false
    }
  }
  if (sidecar !== undefined && (await renameIfThere(path('facts'), path('done')))) {
    const { size, mtime } = await lstat(path('done'))
    if (size !== sidecar.sizeBytes || mtime.getTime() !== sidecar.modifiedAt.getTime()) {
      await giveBack(folder, stem, 'done')
      isWhole = false
    }
  }
  return isWhole
}

const FIRST_NAMES = { taken: 'tif', done: 'facts' } as const

/** Under its own name, or, where a third file has that by now, under one of its own: none is written over. */
export async function giveBack(folder: string, stem: string, part: 'taken' | 'done'): Promise<void> {
  const from = join(folder, `${stem}.${part}`)
  for (let other = 1; ; other += 1) {
    const name = other === 1 ? stem : `${stem}.${other}`
    try {
      await link(from, join(folder, `${name}.${FIRST_NAMES[part]}`))
      return await unlink(from)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return
      if (code !== 'EEXIST') throw error
      // Its own name, which a kill kept from being its only one: another would make a second fax of it.
      if (await areOneFile(from, join(folder, `${name}.${FIRST_NAMES[part]}`))) return await unlink(from)
    }
  }
}

async function areOneFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [one, other].map((path) => ifThere(lstat(path, { bigint: true }))),
  )
  return first !== undefined && second !== undefined && isSameFile(first, second)
}
