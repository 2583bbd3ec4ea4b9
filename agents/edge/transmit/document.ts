import { createHash } from 'node:crypto'
import { chmod, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TransmitJob } from '../../../shared/transmission/transmit-job.ts'
import type { JobFiles } from '../../queue/job-files.ts'

/** `unfit`: what lies there is not what the job announces, and will not be. */
export type FetchedDocument = { fetched: 'whole'; path: string } | { fetched: 'unfit'; why: string }

/** The owner writes, Asterisk reads by the folder's group. */
const MODE = 0o640
const SUFFIX = '.tif'
const UNFINISHED = '.part'

/**
 * The attempt's TIFF in the folder that Asterisk reads from, checked against the job and on the disk. A file of an earlier start is fetched anew.
 * Throws what may pass: the network, a full disk.
 */
export async function fetchDocument(
  files: JobFiles,
  { folder, name, job }: { folder: string; name: string; job: TransmitJob },
): Promise<FetchedDocument> {
  const path = documentPath(folder, name)
  const unfinished = `${path}${UNFINISHED}`
  await rm(path, { force: true })
  await rm(unfinished, { force: true })
  if ((await files.fetch(job.key, unfinished)) === 'missing')
    return { fetched: 'unfit', why: 'the document is gone' }
  const found = await measureDurably(unfinished)
  if (found.sizeBytes !== job.sizeBytes || found.sha256 !== job.sha256) {
    await rm(unfinished, { force: true })
    const why = `the document has ${found.sizeBytes} bytes and another checksum than the job says (${job.sizeBytes} bytes)`
    return { fetched: 'unfit', why }
  }
  await chmod(unfinished, MODE)
  await rename(unfinished, path)
  return { fetched: 'whole', path }
}

export function documentPath(folder: string, name: string): string {
  return join(folder, `${name}${SUFFIX}`)
}

/** Removes the documents of attempts that are over, which a killed agent left. */
export async function clearDocuments(folder: string, stillNeeded: ReadonlySet<string>): Promise<number> {
  const names = await readdir(folder)
  const left = names.filter(
    (name) =>
      name.endsWith(`${SUFFIX}${UNFINISHED}`) ||
      (name.endsWith(SUFFIX) && !stillNeeded.has(name.slice(0, -SUFFIX.length))),
  )
  for (const name of left) await rm(join(folder, name), { force: true })
  return left.length
}

async function measureDurably(path: string): Promise<{ sizeBytes: number; sha256: string }> {
  const file = await open(path, 'r+')
  try {
    const hash = createHash('sha256')
    let sizeBytes = 0
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      sizeBytes += chunk.length
    }
    await file.sync()
    return { sizeBytes, sha256: hash.digest('base64') }
  } finally {
    await file.close()
  }
}
