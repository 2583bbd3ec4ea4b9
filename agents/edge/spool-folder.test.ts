import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spoolFolder } from './spool-folder.ts'
import { parseSpoolName } from './spool-names.ts'

const NOW = Date.parse('2026-11-23T08:00:00Z')
let folder: string
let elapsed: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-spool-'))
  elapsed = 0
})
afterEach(() => rm(folder, { recursive: true }))

const put = (name: string, text = 'x') => writeFile(join(folder, name), text)
const open = (keepSent = false) =>
  spoolFolder({ folder, keepSent, now: () => new Date(NOW), elapsed: () => elapsed })
const names = async (under = '') => (await readdir(join(folder, under))).sort()

describe('the names of the spool', () => {
  it.each([
    ['1795420800-1795420790.42.tif', { stem: '1795420800-1795420790.42', part: 'tif' }],
    ['a.facts', { stem: 'a', part: 'facts' }],
    ['a.done', { stem: 'a', part: 'done' }],
    ['a.refused', { stem: 'a', part: 'refused' }],
    ['a.tif.facts', { stem: 'a.tif', part: 'facts' }],
    ['.tif', undefined],
    ['.a.tif', undefined],
    ['a.TIF', undefined],
    ['a b.tif', undefined],
    ['a\n.tif', undefined],
    ['-a.tif', undefined],
    [`${'a'.repeat(182)}.tif`, undefined],
  ])('%j are of a fax: %j', (name, parsed) => {
    expect(parseSpoolName(name)).toEqual(parsed)
  })
})

describe('a look', () => {
  it('says how long nobody touched a file, by both clocks', async () => {
    await put('a.tif')
    await utimes(join(folder, 'a.tif'), new Date(NOW), new Date(NOW - 5000))
    const spool = open()
    expect((await spool.look('a')).tiff).toMatchObject({ idleMilliseconds: 5000, watchedMilliseconds: 0 })
    elapsed = 700
    expect((await spool.look('a')).tiff).toMatchObject({ idleMilliseconds: 5000, watchedMilliseconds: 700 })
    await put('a.tif', 'xx')
    expect((await spool.look('a')).tiff?.watchedMilliseconds).toBe(0)
  })

  it('follows no link, and reads no more of a sidecar than one can have', async () => {
    await put('elsewhere', 'secret')
    await symlink(join(folder, 'elsewhere'), join(folder, 'a.tif'))
    await symlink(join(folder, 'elsewhere'), join(folder, 'b.facts'))
    await put('c.facts', 'x'.repeat(100_000))
    const spool = open()
    expect((await spool.look('a')).tiff).toBeUndefined()
    await expect(spool.look('b')).rejects.toThrow(/ELOOP/)
    expect((await spool.look('c')).sidecar?.text).toHaveLength(65_536)
  })
})

describe('an end that was cut off anywhere', () => {
  const endings: [string, string[], (spool: ReturnType<typeof open>) => Promise<void>, string[]][] = [
    ['done, both there', ['a.done', 'a.taken'], (spool) => spool.clearDone('a'), []],
    ['done, the TIFF gone', ['a.done'], (spool) => spool.clearDone('a'), []],
    ['done, all gone', [], (spool) => spool.clearDone('a'), []],
    ['refused, both there', ['a.refused', 'a.tif'], (spool) => spool.clearRefused('a'), ['a.facts', 'a.tif']],
    ['refused, the TIFF moved', ['a.refused'], (spool) => spool.clearRefused('a'), ['a.facts']],
  ]
  it.each(endings)('is finished: %s', async (_, left, finish, refused) => {
    for (const name of left) await put(name)
    await finish(open())
    expect((await names()).filter((name) => name !== 'refused')).toEqual([])
    expect(await names('refused').catch(() => [])).toEqual(refused)
  })

  it('is finished into sent/ where that is kept', async () => {
    await mkdir(join(folder, 'sent'))
    await put('a.taken')
    await put('a.done', 'the facts')
    await open(true).clearDone('a')
    expect(await names()).toEqual(['sent'])
    expect(await names('sent')).toEqual(['a.facts', 'a.tif'])
    expect(await readFile(join(folder, 'sent/a.facts'), 'utf8')).toBe('the facts')
  })
})
