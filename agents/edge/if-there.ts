import { rename, unlink } from 'node:fs/promises'

/** Undefined where the file is not there, as after a kill in the middle of what is done again. */
export async function ifThere<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export async function renameIfThere(from: string, to: string): Promise<boolean> {
  return (await ifThere(rename(from, to).then(() => true))) ?? false
}

export async function unlinkIfThere(path: string): Promise<void> {
  await ifThere(unlink(path))
}
