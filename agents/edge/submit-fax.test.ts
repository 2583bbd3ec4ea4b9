import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Facts } from '../../shared/facts.ts'
import { parseSidecar } from './sidecar.ts'
import { judge } from './spool-entry.ts'
import { spoolFolder } from './spool-folder.ts'
import { temporaryName } from './spool-names.ts'
import { submitFax } from './submit-fax.ts'
import { tidySpool } from './tidy-spool.ts'

const facts: Facts = { source: '0478123456', destination: '100', receivedAt: '2026-11-23T08:00:00.250Z' }
const DAY = 86_400_000
const now = () => new Date()

let home: string
let spool: string
let file: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-submit-'))
  spool = join(home, 'spool')
  file = join(home, 'fax.tif')
  await mkdir(spool)
  await writeFile(file, 'a page')
})
afterEach(() => rm(home, { recursive: true }))

const look = async (stem: string) => {
  const entry = await spoolFolder({ folder: spool, keepSent: false, now, elapsed: () => 0 }).look(stem)
  return judge(entry, 3_600_000)
}

describe('a submission', () => {
  it('is a whole fax in the spool, and the file stays', async () => {
    const stem = await submitFax({ spool, largestBytes: 100 }, { file, facts })
    expect(stem).toMatch(/^1795420800-[0-9a-f-]{36}$/)
    expect(await look(stem)).toMatchObject({ facts, withoutTiff: false, remarks: [] })
    expect(await readFile(join(spool, `${stem}.tif`), 'utf8')).toBe('a page')
    expect(await readFile(file, 'utf8')).toBe('a page')
    expect((await readdir(spool)).sort()).toEqual([`${stem}.facts`, `${stem}.tif`])
  })

  it('has a name for its call, its own or the one that was given', async () => {
    const named = async (more: Partial<Facts>) => {
      const stem = await submitFax({ spool, largestBytes: 100 }, { file, facts: { ...facts, ...more } })
      return parseSidecar(await readFile(join(spool, `${stem}.facts`), 'utf8')).facts.callId
    }
    expect(await named({ callId: 'COMMID 42' })).toBe('COMMID 42')
    expect(await named({})).not.toBe(await named({}))
  })

  it.each<[string, () => Promise<void>, RegExp]>([
    ['is empty', () => writeFile(file, ''), /is empty/],
    ['is too large', () => writeFile(file, 'x'.repeat(101)), /has 101 bytes; a fax may have 100 at most/],
    ['is not there', () => rm(file), /ENOENT/],
    ['has no spool to go to', () => rm(spool, { recursive: true }), /ENOENT/],
  ])('of a file that %s is refused, and leaves nothing', async (_, prepare, text) => {
    await prepare()
    await expect(submitFax({ spool, largestBytes: 100 }, { file, facts })).rejects.toThrow(text)
    expect(await readdir(spool).catch(() => [])).toEqual([])
  })

  it('that was cut off before its sidecar had a name is none, and is cleared away after a day', async () => {
    const names = (['tif', 'facts'] as const).map((part) => temporaryName('1795420800-x', part))
    for (const name of names) await writeFile(join(spool, name), 'x')
    expect(await look('1795420800-x')).toBeUndefined()
    const keepSentDays = 0
    expect(await tidySpool({ now }, { folder: spool, keepSentDays })).toBe(0)
    expect(await tidySpool({ now: () => new Date(Date.now() + DAY) }, { folder: spool, keepSentDays })).toBe(
      2,
    )
    expect(await readdir(spool)).toEqual([])
  })

  it('that was cut off right after is whole, however long the agent did not run', async () => {
    const stem = await submitFax({ spool, largestBytes: 100 }, { file, facts })
    await tidySpool({ now: () => new Date(Date.now() + 9 * DAY) }, { folder: spool, keepSentDays: 0 })
    expect(await readdir(spool)).toContain(temporaryName(stem, 'tif'))
    expect(await look(stem)).toMatchObject({ withoutTiff: false, remarks: [] })
  })
})

describe('what was sent', () => {
  it('is kept as many days as wanted, however old the fax was', async () => {
    await mkdir(join(spool, 'sent'))
    const path = join(spool, 'sent', 'x.tif')
    await writeFile(`${path}.new`, 'x')
    await utimes(`${path}.new`, new Date(0), new Date(0))
    await rename(`${path}.new`, path)
    const tidy = (days: number) =>
      tidySpool({ now: () => new Date(Date.now() + days * DAY) }, { folder: spool, keepSentDays: 2 })
    expect(await tidy(1.9)).toBe(0)
    expect(await tidy(2.1)).toBe(1)
    expect(await tidy(2.1)).toBe(0)
  })
})
