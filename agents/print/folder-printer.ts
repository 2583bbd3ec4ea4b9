import { copyFile, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join, parse, resolve } from 'node:path'
import { delivered, failed, type Outcome, retry } from '../../shared/outcome.ts'
import type { JobToPrint, Printer } from './printer.ts'

/** The folder of jobs that name no printer. */
const DEFAULT_PRINTER = 'default'

/** As many faxes of one name as there can be before something must be wrong. */
const MOST_OF_ONE_NAME = 1000

/** "Prints" into `<folder>/<printer>/<file name>`, where no CUPS is. */
export function folderPrinter(folder: string): Printer {
  return {
    ...NOTHING_SPOOLED,
    submit: async (file, job) => {
      const name = job.printer ?? DEFAULT_PRINTER
      if (!isFolderName(name))
        return failed(`a folder cannot be called ${JSON.stringify(name)}; rename the printer`)
      const printerFolder = join(resolve(folder), name)
      try {
        await mkdir(printerFolder, { recursive: true })
        return await place(file, printerFolder, job)
      } catch (error) {
        if (isSystemError(error))
          return retry(`the folder takes no file: ${error.code}`, { code: error.code })
        throw error
      }
    },
  }
}

/** A file that is in its folder is done: there is nothing to follow. */
const NOTHING_SPOOLED: Omit<Printer, 'submit'> = {
  release: async () => {},
  cancel: async () => {},
  look: async () => ({ state: 'unknown' }),
  unfinished: async () => [],
}

/** One step down and no more, on any system. */
function isFolderName(name: string): boolean {
  return /^(?!\.{1,2}$)[^\0/\\:]{1,255}$/.test(name)
}

async function place(file: string, printerFolder: string, job: JobToPrint): Promise<Outcome> {
  const unfinished = join(printerFolder, `.${job.faxId}.${process.pid}.part`)
  try {
    await copyFile(file, unfinished)
    await flush(unfinished)
    return await nameIt(unfinished, printerFolder, job.fileName)
  } finally {
    await rm(unfinished, { force: true })
  }
}

/** A link, other than a rename, does not replace what is there. */
async function nameIt(unfinished: string, printerFolder: string, fileName: string): Promise<Outcome> {
  const { name, ext } = parse(fileName)
  for (let count = 1; count <= MOST_OF_ONE_NAME; count++) {
    const path = join(printerFolder, count === 1 ? fileName : `${name}-${count}${ext}`)
    try {
      await link(unfinished, path)
      return delivered(path, 'copied into the folder')
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'EEXIST') throw error
    }
    // The same job once more: its report or the deletion of its message got lost.
    if (await sameBytes(unfinished, path)) return delivered(path, 'was in the folder already')
  }
  return failed(`${MOST_OF_ONE_NAME} other files have the name of this fax; clear the folder`)
}

async function sameBytes(one: string, other: string): Promise<boolean> {
  const [oneStat, otherStat] = await Promise.all([stat(one), stat(other)])
  if (!otherStat.isFile() || oneStat.size !== otherStat.size) return false
  const [oneBytes, otherBytes] = await Promise.all([readFile(one), readFile(other)])
  return oneBytes.equals(otherBytes)
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
}
