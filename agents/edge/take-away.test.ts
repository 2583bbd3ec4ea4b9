import { appendFile, link, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { giveBack, takeAway, type UploadedFiles } from './take-away.ts'
import { EdgeSite, until } from './testing/edge-site.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-take-'))
})
afterEach(() => rm(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
const names = async () => (await readdir(folder)).sort()

/** A fax that S3 has, as it was read. */
async function uploaded(): Promise<UploadedFiles> {
  await writeFile(at('a.tif'), 'a page')
  await writeFile(at('a.facts'), 'end\n')
  const { size: sizeBytes, mtime: modifiedAt } = await stat(at('a.facts'))
  return { tiff: await stat(at('a.tif'), { bigint: true }), sidecar: { sizeBytes, modifiedAt } }
}

/** As a PBX that renames its file into place. */
async function again(name: string, text: string): Promise<void> {
  await writeFile(at(`${name}.new`), text)
  await rename(at(`${name}.new`), at(name))
}

describe('what S3 has is taken out of the reach of the PBX', () => {
  it('where nothing happened meanwhile', async () => {
    expect(await takeAway(folder, 'a', await uploaded())).toBe(true)
    expect(await names()).toEqual(['a.done', 'a.taken'])
    // Cut off, and once more.
    expect(await takeAway(folder, 'a', { tiff: undefined, sidecar: undefined })).toBe(true)
  })

  it('but not the TIFF of another fax that has the name by now', async () => {
    const files = await uploaded()
    await again('a.tif', 'another')
    expect(await takeAway(folder, 'a', files)).toBe(false)
    expect(await names()).toEqual(['a.done', 'a.tif'])
    expect(await readFile(at('a.tif'), 'utf8')).toBe('another')
  })

  it('nor a sidecar that was written to for another', async () => {
    const files = await uploaded()
    await appendFile(at('a.facts'), 'end\n')
    expect(await takeAway(folder, 'a', files)).toBe(false)
    expect(await names()).toEqual(['a.facts', 'a.taken'])
  })

  it('nor a TIFF that comes where there was none', async () => {
    const { sidecar } = await uploaded()
    expect(await takeAway(folder, 'a', { tiff: undefined, sidecar })).toBe(true)
    expect(await names()).toEqual(['a.done', 'a.tif'])
  })

  it('and is given back without writing over a third', async () => {
    await writeFile(at('a.taken'), 'second')
    await writeFile(at('a.tif'), 'third')
    await giveBack(folder, 'a', 'taken')
    expect(await names()).toEqual(['a.2.tif', 'a.tif'])
    expect(await readFile(at('a.2.tif'), 'utf8')).toBe('second')
  })
})

describe('a kill in the middle of giving back', () => {
  it('leaves one file with two names, and of these the second goes', async () => {
    await writeFile(at('a.taken'), 'a page')
    await link(at('a.taken'), at('a.tif'))
    await giveBack(folder, 'a', 'taken')
    expect(await names()).toEqual(['a.tif'])
  })

  it('does the same where a third file had the first name', async () => {
    await writeFile(at('a.tif'), 'another')
    await writeFile(at('a.taken'), 'a page')
    await link(at('a.taken'), at('a.2.tif'))
    await giveBack(folder, 'a', 'taken')
    expect(await names()).toEqual(['a.2.tif', 'a.tif'])
  })
})

describe('a name that the PBX uses again at once', () => {
  let site: EdgeSite
  beforeEach(async () => {
    site = await EdgeSite.make()
  })
  afterEach(() => site.end())
  const FAX = { stem: 'fax0001', tiff: 'a page', facts: { destination: '100', status: 'SUCCESS' } }
  const stored = () => [...site.incoming.objects.values()].map(({ bytes }) => bytes.toString()).sort()

  it.each(['before', 'after'])(
    'is two faxes, also when the second comes %s the first is marked',
    async (when) => {
      const dependencies = await site.dependencies()
      const { spool: inner } = dependencies
      let isFirst = true
      const comeAgain = async (stem: string) => {
        if (!isFirst) return
        isFirst = false
        await writeFile(join(site.spool, `${stem}.new`), 'another fax')
        await rename(join(site.spool, `${stem}.new`), join(site.spool, `${stem}.tif`))
      }
      const markDone: typeof inner.markDone = async (stem, files) => {
        if (when === 'before') await comeAgain(stem)
        const isWhole = await inner.markDone(stem, files)
        if (when === 'after') await comeAgain(stem)
        return isWhole
      }
      await site.call(FAX)
      const stop = site.start({ ...dependencies, spool: { ...inner, markDone } })
      await until('the first is up', () => site.said.successes.length === 1)
      await until('it is cleared', async () => (await site.left()).join() === 'fax0001.tif')
      await site.call({ stem: 'fax0001', facts: FAX.facts })
      await until('the spool is empty', async () => (await site.left()).length === 0)
      await stop()
      expect(stored()).toEqual(['a page', 'another fax'])
    },
  )

  it('a TIFF that was taken away when the agent was killed goes up, once', async () => {
    await site.call(FAX)
    await rename(join(site.spool, 'fax0001.tif'), join(site.spool, 'fax0001.taken'))
    const stop = site.start(await site.dependencies())
    await until('the spool is empty', async () => (await site.left()).length === 0)
    await stop()
    expect(stored()).toEqual(['a page'])
  })
})
