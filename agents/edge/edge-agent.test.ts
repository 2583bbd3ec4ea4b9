import { readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { factsFromMetadata } from '../../shared/facts.ts'
import { realWaiting } from '../waiting.ts'
import type { PutAnswer, TiffToPut } from './incoming-bucket.ts'
import { spoolFolder } from './spool-folder.ts'
import type { UploadedFiles } from './take-away.ts'
import { EdgeSite, until } from './testing/edge-site.ts'

let site: EdgeSite
beforeEach(async () => {
  site = await EdgeSite.make()
})
afterEach(() => site.end())

const stored = () =>
  [...site.incoming.objects.values()].map(({ bytes, metadata }) => ({
    bytes: bytes.toString(),
    facts: factsFromMetadata(metadata, new Date(0)),
  }))
const logged = (text: string) => site.lines.some((line) => line.includes(text))

/** Works until the spool is empty but for `left`. */
async function work(left: string[] = [], ...how: [] | [Parameters<EdgeSite['start']>[1]]): Promise<void> {
  const stop = site.start(await site.dependencies(), ...how)
  const wanted = JSON.stringify(left)
  await until(`only ${wanted} is left`, async () => JSON.stringify(await site.left()) === wanted)
  await stop()
}

describe('a fax in the spool', () => {
  it('goes up with its facts and its number in the count, and is removed', async () => {
    await site.call({
      stem: '1795420800-1795420790.42',
      tiff: 'a page',
      facts: {
        source: '0478123456',
        destination: '100',
        station: '$(id)`id`|x',
        status: 'SUCCESS',
        pages: '1',
      },
    })
    await work()
    expect(stored()).toEqual([
      {
        bytes: 'a page',
        facts: {
          source: '0478123456',
          destination: '100',
          stationId: '$(id)`id`|x',
          status: 'SUCCESS',
          pages: '1',
          callId: '1795420800-1795420790.42',
          receivedAt: '2026-11-23T08:00:00.000Z',
          sequence: '1795420801',
        },
      },
    ])
    expect(site.said.successes).toHaveLength(1)
    expect(site.said.waiting.at(-1)).toBe(0)
    expect(site.lines.join('\n')).not.toContain('0478123456')
  })

  it('goes up at once when its last line is written, with no scan', async () => {
    const stop = site.start(await site.dependencies({ waiting: realWaiting }), {
      scanMilliseconds: 60_000,
    })
    await until('the watch is there', () => logged('spool-not-watched') || site.said.waiting.length > 0)
    await site.call({ stem: '1795420800-1', tiff: 'a page', facts: { destination: '100' } })
    await until('the fax is up', () => site.incoming.objects.size === 1)
    await stop()
  })

  it('waits for its last line', async () => {
    await writeFile(join(site.spool, '1795420800-1.tif'), 'half a page')
    await writeFile(join(site.spool, '1795420800-1.facts'), 'destination=MTAw\n')
    const stop = site.start(await site.dependencies())
    await until('it was looked at', () => site.said.waiting.length > 3)
    expect(site.incoming.objects.size).toBe(0)
    await site.call({ stem: '1795420800-1', tiff: 'a page' })
    await until('it is up', () => site.incoming.objects.size === 1)
    await stop()
    expect(stored()[0]).toMatchObject({ bytes: 'a page', facts: { destination: '100' } })
  })

  it('of a call without a page goes up as an empty object', async () => {
    await site.call({
      stem: '1795420800-1',
      facts: { destination: '100', status: 'FAILED', error: 'dropped' },
    })
    await work()
    expect(stored()).toMatchObject([
      { bytes: '', facts: { destination: '100', status: 'FAILED', error: 'dropped' } },
    ])
  })

  it('without a sidecar goes up unrouted when nobody has touched it for long, and the log says so', async () => {
    const path = join(site.spool, '1795420800-1.tif')
    await writeFile(path, 'a page')
    await utimes(path, new Date(), new Date(Date.now() - 3_600_000))
    await work([], { orphanMilliseconds: 60 })
    expect(stored()[0]).toMatchObject({ bytes: 'a page', facts: { callId: '1795420800-1' } })
    expect(stored()[0]?.facts.destination).toBeUndefined()
    expect(logged('warning fax-incomplete name=1795420800-1 reason="no sidecar came with it"')).toBe(true)
  })

  it('is kept in sent/ where that is wanted', async () => {
    await site.call({ stem: '1795420800-1', tiff: 'a page', facts: { destination: '100' } })
    const { elapsed, waiting } = await site.dependencies()
    const spool = spoolFolder({ folder: site.spool, keepSent: true, now: waiting.now, elapsed })
    const stop = site.start(await site.dependencies({ spool, tidy: async () => 0 }))
    await until('it is moved', async () => (await site.left()).join() === 'sent')
    await stop()
    expect(await site.left('sent')).toEqual(['1795420800-1.facts', '1795420800-1.tif'])
  })

  it('that no dialplan wrote is said once, and left alone', async () => {
    await writeFile(join(site.spool, 'notes.txt'), 'x')
    await symlink('/etc/passwd', join(site.spool, '1-passwd.tif'))
    await site.call({ stem: '1795420800-1', tiff: 'a page' })
    await work(['1-passwd.tif', 'notes.txt'])
    expect(site.lines.filter((line) => line.includes('no-fax-in-spool'))).toHaveLength(2)
    expect(stored()).toHaveLength(1)
  })
})

describe('a fax that can not go up', () => {
  it('is set aside with the reason, and the next of its number goes', async () => {
    await site.call({ stem: '1795420800-1', tiff: 'x'.repeat(1_000_001), facts: { destination: '100' } })
    await site.call({ stem: '1795420801-2', tiff: 'a page', facts: { destination: '100' } })
    await work(['refused'])
    expect(await site.left('refused')).toEqual([
      '1795420800-1.facts',
      '1795420800-1.reason',
      '1795420800-1.tif',
    ])
    const reason = await readFile(join(site.spool, 'refused', '1795420800-1.reason'), 'utf8')
    expect(reason).toMatch(/1000001 bytes; a fax may have 1000000 at most/)
    expect(logged('error fax-refused name=1795420800-1')).toBe(true)
    expect(stored()).toHaveLength(1)
  })

  it('may be moved back when the reason is gone', async () => {
    await site.call({ stem: '1795420800-1', tiff: 'x'.repeat(1_000_001), facts: { destination: '100' } })
    await work(['refused'])
    for (const part of ['tif', 'facts']) {
      await rename(
        join(site.spool, 'refused', `1795420800-1.${part}`),
        join(site.spool, `1795420800-1.${part}`),
      )
    }
    await work(['refused'], { largestBytes: 2_000_000 })
    expect(stored()).toHaveLength(1)
  })

  it('because of our rights waits, and nothing is set aside', async () => {
    await site.call({ stem: '1795420800-1', tiff: 'a page', facts: { destination: '100' } })
    let refusals = 3
    const putTiff = async (tiff: TiffToPut): Promise<PutAnswer> => {
      refusals -= 1
      if (refusals < 0) return await site.incoming.putTiff(tiff)
      throw Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
    }
    let now = 0
    // A clock that runs fast: the waits between the attempts are seconds.
    const elapsed = () => (now += 200)
    const incoming = { putTiff, headTiff: site.incoming.headTiff }
    const stop = site.start(await site.dependencies({ incoming, elapsed }))
    await until('it is up', () => site.incoming.objects.size === 1)
    await stop()
    expect(
      logged('warning fax-waits name=1795420800-1 failures=3 reason="AccessDenied (HTTP 403): no"'),
    ).toBe(true)
    expect(site.said.errors).toContain('1795420800-1: AccessDenied (HTTP 403): no')
  })

  it('because it changes is looked at anew', async () => {
    const path = join(site.spool, '1795420800-1.tif')
    await site.call({ stem: '1795420800-1', tiff: 'half', facts: { destination: '100' } })
    let first = true
    const putTiff = async (tiff: TiffToPut): Promise<PutAnswer> => {
      if (first) {
        first = false
        await writeFile(path, 'a whole page')
        return { answer: 'unavailable', reason: 'cut' }
      }
      return await site.incoming.putTiff(tiff)
    }
    let now = 0
    const incoming = { putTiff, headTiff: site.incoming.headTiff }
    const stop = site.start(await site.dependencies({ incoming, elapsed: () => (now += 200) }))
    await until('it is up', () => site.incoming.objects.size === 1)
    await stop()
    expect(stored()[0]?.bytes).toBe('a whole page')
  })

  it('because it vanished is forgotten', async () => {
    await site.call({ stem: '1795420800-1', tiff: 'a page', facts: { destination: '100' } })
    const gate = await site.dependencies()
    const put = async (): Promise<PutAnswer> => {
      await rm(join(site.spool, '1795420800-1.tif'), { force: true })
      await rm(join(site.spool, '1795420800-1.facts'), { force: true })
      return { answer: 'unavailable', reason: 'cut' }
    }
    let now = 0
    const incoming = { putTiff: put, headTiff: site.incoming.headTiff }
    const stop = site.start({ ...gate, incoming, elapsed: () => (now += 200) })
    await until('it is said', () => logged('warning fax-changed'))
    await until('nothing waits', () => site.said.waiting.at(-1) === 0)
    await stop()
  })
})

describe('a disk in trouble', () => {
  it('that does not let go of a fax: it goes up once, and goes when it can', async () => {
    await site.call({ stem: '1795420800-1', tiff: 'a page', facts: { destination: '100' } })
    const { spool, ...rest } = await site.dependencies()
    let isReadOnly = true
    const markDone: typeof spool.markDone = async (stem, files) => {
      if (isReadOnly) throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })
      return await spool.markDone(stem, files)
    }
    const stop = site.start({ ...rest, spool: { ...spool, markDone } })
    await until('it is said', () => logged('error fax-not-cleared name=1795420800-1'))
    await until('a few scans have passed', () => site.said.waiting.length > 20)
    expect(site.incoming.puts).toBe(1)
    isReadOnly = false
    await until('it is gone', async () => (await site.left()).length === 0)
    await stop()
    expect(site.incoming.puts).toBe(1)
  })

  it('that may lose its power: what waits for the line is kept by the disk, once, and what goes up at once is not written for it', async () => {
    const synced: string[] = []
    const { spool, incoming, ...rest } = await site.dependencies()
    let isDown = true
    const put: typeof incoming.putTiff = async (tiff) =>
      isDown ? { answer: 'unavailable', reason: 'cut' } : await incoming.putTiff(tiff)
    const sync = async (stem: string) => {
      await spool.sync(stem)
      synced.push(stem)
    }
    let now = 0
    const stop = site.start({
      ...rest,
      incoming: { ...incoming, putTiff: put, headTiff: incoming.headTiff },
      spool: { ...spool, sync },
      // Half a second at each look at the clock.
      elapsed: () => (now += 500),
    })
    await site.call({ stem: '1795420800-1', tiff: 'a page', facts: { destination: '100' } })
    await until('it is safe', () => synced.length > 0)
    isDown = false
    await until('it is up', async () => (await site.left()).length === 0)
    await stop()
    expect(synced).toEqual(['1795420800-1'])
    await site.call({ stem: '1795420800-2', tiff: 'a page', facts: { destination: '100' } })
    await work()
    expect(synced).toHaveLength(1)
  })

  it('that keeps no count: faxes go up without a number', async () => {
    await rm(site.state, { recursive: true })
    await site.call({ stem: '1795420800-1', tiff: 'a page', facts: { destination: '100' } })
    await work()
    expect(stored()[0]?.facts.sequence).toBeUndefined()
    expect(logged('warning sequence-not-kept')).toBe(true)
  })

  it('whose spool is missing is said once, and found again', async () => {
    await rename(site.spool, `${site.spool}.away`)
    const stop = site.start(await site.dependencies())
    await until('it is said', () => logged('error spool-trouble'))
    await rename(`${site.spool}.away`, site.spool)
    await site.call({ stem: '1795420800-1', tiff: 'a page', facts: { destination: '100' } })
    await until('it is up', () => site.incoming.objects.size === 1)
    await stop()
    expect(site.lines.filter((line) => line.includes('spool-trouble'))).toHaveLength(1)
    expect(logged('info spool-well')).toBe(true)
  })

  it('with a sidecar that can not be read says so once, and does not keep the others back', async () => {
    await site.call({ stem: '1795420800-0', tiff: 'a page', facts: { destination: '100' } })
    await site.call({ stem: '1795420801-1', tiff: 'two pages', facts: { destination: '100' } })
    const { spool, ...rest } = await site.dependencies()
    const look: typeof spool.look = async (stem) => {
      if (stem === '1795420800-0') throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      return await spool.look(stem)
    }
    const stop = site.start({ ...rest, spool: { ...spool, look } })
    await until('the other is up', async () => (await site.left()).length === 2)
    await until('a few scans have passed', () => site.said.waiting.length > 10)
    await stop()
    expect(stored().map(({ bytes }) => bytes)).toEqual(['two pages'])
    expect(site.lines.filter((line) => line.includes('error fax-unreadable'))).toHaveLength(1)
  })
})

describe('an agent that is killed', () => {
  // Each call of the agent to the disk and to the cloud, in turn, is its last: before it is made, or after.
  it.each(['before', 'after'] as const)(
    '%s any step leaves each fax once, under one number',
    async (when) => {
      for (let steps = 0; ; steps += 1) {
        await site.call({ stem: '1795420800-1', tiff: 'a page', facts: { destination: '100' } })
        await site.call({ stem: '1795420801-2', tiff: 'two pages', facts: { destination: '100' } })
        await site.call({ stem: '1795420802-3', facts: { destination: '200', status: 'FAILED' } })
        const survived = await workUntilStep(steps, when)
        if (!survived) await work()
        const numbers = stored().map(({ facts: { sequence } }) => Number(sequence))
        expect(
          stored()
            .map(({ bytes }) => bytes)
            .sort(),
        ).toEqual(['', 'a page', 'two pages'])
        expect(new Set(numbers).size).toBe(3)
        expect(Math.max(...numbers) - Math.min(...numbers)).toBe(2)
        if (survived) break
        site.incoming.objects.clear()
        expect(steps).toBeLessThan(60)
      }
    },
  )

  /** True when the agent did all there was to do in fewer steps. */
  async function workUntilStep(steps: number, when: 'before' | 'after'): Promise<boolean> {
    let left = steps
    let isDead = false
    let underWay = 0
    const step = async <T>(action: () => Promise<T>): Promise<T> => {
      if (isDead) return await new Promise<never>(() => {})
      left -= 1
      const isLast = left < 0
      if (isLast) isDead = true
      if (isLast && when === 'before') return await new Promise<never>(() => {})
      underWay += 1
      const result = await action().finally(() => {
        underWay -= 1
      })
      // What was begun before the kill may have been done; nobody learns of it.
      if (isDead) return await new Promise<never>(() => {})
      return result
    }
    const { spool, incoming, sequence, ...rest } = await site.dependencies()
    const mortal = {
      ...rest,
      spool: {
        ...spool,
        markDone: (stem: string, files: UploadedFiles) => step(() => spool.markDone(stem, files)),
        clearDone: (stem: string) => step(() => spool.clearDone(stem)),
      },
      incoming: {
        putTiff: (tiff: TiffToPut) => step(() => incoming.putTiff(tiff)),
        headTiff: (key: string) => step(() => incoming.headTiff(key)),
      },
      sequence: { ...sequence, of: (faxId: string) => step(() => sequence.of(faxId)) },
    }
    const stop = site.start(mortal)
    await until(
      'it is dead or done',
      async () => (isDead && underWay === 0) || (await site.left()).length === 0,
    )
    // The dead one hangs for ever: nobody waits for it.
    if (isDead) void stop()
    else await stop()
    return !isDead
  }
})
