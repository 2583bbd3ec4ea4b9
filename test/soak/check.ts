import { existsSync } from 'node:fs'
import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shortFaxId } from '../../shared/fax-id.ts'
import type { FaxEntry } from '../../shared/ledger/queries.ts'

interface Folders {
  mail: string
  ftp: string
  printed: string
  log: string
}

/** What arrived, beside what the ledger says was delivered. Everything in `wrong` is a failure of the soak. */
export interface Arrived {
  mails: number
  /** Second and further mails of one fax to one backend, each of which calls itself a possible duplicate. */
  markedDuplicates: number
  files: number
  prints: number
  logLines: number
  /** A log line is one call that can't be taken back: a killed function may have written it. */
  repeatedLogLines: number
  wrong: string[]
}

export async function checkArrived(entries: readonly FaxEntry[], folders: Folders): Promise<Arrived> {
  const wrong: string[] = []
  const mails = await readMails(folders.mail)
  const files = countBy(await namesUnder(join(folders.ftp, 'ftp.archive.example')), shortIdOfName)
  const prints = countBy(await namesUnder(folders.printed), shortIdOfName)
  const lines = countBy(await linesOf(join(folders.log, 'log.log')), (line) => line.slice(-29))
  let markedDuplicates = 0
  for (const { fax, deliveries } of entries) {
    for (const { kind, backend, state } of deliveries) {
      if (state !== 'delivered') continue
      const found = {
        mail: mails.get(fax.id)?.length,
        ftp: files.get(shortFaxId(fax.id)),
        printer: prints.get(shortFaxId(fax.id)),
        log: lines.get(fax.id),
      }
      const times = found[kind as keyof typeof found] ?? 0
      if (times === 0) wrong.push(`${fax.id} to ${backend}: delivered by the ledger, and not there`)
      if (times > 1 && kind !== 'mail' && kind !== 'log')
        wrong.push(`${fax.id} to ${backend}: there ${times} times`)
    }
    const [, ...repeated] = mails.get(fax.id) ?? []
    markedDuplicates += repeated.length
    if (repeated.some((marked) => !marked)) wrong.push(`${fax.id}: a second mail that does not say so`)
  }
  const sum = (counts: Map<string, number>) => [...counts.values()].reduce((one, other) => one + other, 0)
  return {
    mails: [...mails.values()].reduce((count, list) => count + list.length, 0),
    markedDuplicates,
    files: sum(files),
    prints: sum(prints),
    logLines: sum(lines),
    repeatedLogLines: sum(lines) - lines.size,
    wrong,
  }
}

/** By fax: for each of its mails, unmarked ones first, whether it calls itself a possible duplicate. */
async function readMails(folder: string): Promise<Map<string, boolean[]>> {
  const mails = new Map<string, boolean[]>()
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.eml'))) {
    const head = await readHead(join(folder, name))
    const [, faxId] = /^X-Faxlane-Fax-Id: (\S+)/im.exec(head) ?? []
    if (faxId === undefined) continue
    mails.set(faxId, [...(mails.get(faxId) ?? []), /^X-Faxlane-Possible-Duplicate:/im.test(head)])
  }
  for (const list of mails.values()) list.sort()
  return mails
}

async function readHead(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** None where nothing was ever logged. */
async function linesOf(file: string): Promise<string[]> {
  return existsSync(file) ? (await readFile(file, 'utf8')).trim().split('\n') : []
}

/** None where nothing was ever put there. */
async function namesUnder(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return []
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

/** DSTNUM-SRCNUM-EPOCH-xxxxxx.pdf */
const shortIdOfName = (name: string) => name.replace(/\.\w+$/, '').slice(-6)

function countBy(items: readonly string[], keyOf: (item: string) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}
