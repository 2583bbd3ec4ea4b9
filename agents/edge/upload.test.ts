import { createHash } from 'node:crypto'
import { appendFile, mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Facts, factsFromMetadata } from '../../shared/facts.ts'
import { LARGEST_TIFF_BYTES } from '../../shared/largest-tiff.ts'
import { logLine } from '../log.ts'
import { UnfitFileError } from './fax-of-file.ts'
import type { TiffToPut } from './incoming-bucket.ts'
import { Killed, MemoryIncoming, type Mishap } from './memory-incoming.ts'
import { FileChangedError } from './stable-file.ts'
import { OtherBytesError, type UploadedFax, UploadUnavailableError, uploadFax } from './upload.ts'

const facts: Facts = {
  source: '0033112697845',
  destination: '0123456789',
  stationId: '$(id)`id`|x',
  callId: '1795420800.42',
  receivedAt: '2026-11-23T08:00:00.000Z',
}
const page = Buffer.from('II*\0 and what follows')

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-upload-'))
  file = join(folder, 'fax.tif')
  await writeFile(file, page)
})
afterAll(() => rm(folder, { recursive: true }))

function setUp(mishaps: Mishap[] = []) {
  const incoming = new MemoryIncoming(mishaps)
  const lines: string[] = []
  const waits: number[] = []
  const dependencies = {
    incoming,
    waiting: { pause: async (ms: number) => void waits.push(ms), random: () => 1, now: () => new Date(0) },
    log: (event: string, fields: Record<string, string | number | boolean>) =>
      void lines.push(logLine(event, fields)),
  }
  return { incoming, lines, waits, dependencies }
}

describe('a fax that goes up', () => {
  it('lies under its name with its facts, and the caller knows what is safe', async () => {
    const { incoming, dependencies } = setUp()
    const uploaded = await uploadFax(dependencies, { site: 'paris', file, facts })
    const sha256 = createHash('sha256').update(page).digest('hex')
    expect(uploaded).toMatchObject({ sizeBytes: page.length, sha256, alreadyThere: false })
    expect(uploaded.faxId).toMatch(/^20261123T080000Z-/)
    expect(uploaded.key).toBe(`incoming/paris/${uploaded.faxId}.tif`)
    const object = incoming.objects.get(uploaded.key)
    expect(object?.bytes).toEqual(page)
    expect(factsFromMetadata(object?.metadata ?? {}, new Date(0))).toEqual(facts)
  })

  it('has no whole number in the log', async () => {
    const { lines, dependencies } = setUp(['no answer'])
    await uploadFax(dependencies, { site: 'paris', file, facts })
    expect(lines.join('\n')).toContain('from=***845 to=***789')
    expect(lines.join('\n')).not.toMatch(/0033112697845|0123456789/)
  })

  it('shows its progress up to the last byte', async () => {
    const progress: number[] = []
    const big = join(folder, 'big.tif')
    await writeFile(big, Buffer.alloc(200_000, 7))
    await uploadFax(setUp().dependencies, { site: 'paris', file: big, facts }, ({ sentBytes, sizeBytes }) => {
      expect(sizeBytes).toBe(200_000)
      progress.push(sentBytes)
    })
    expect(progress).toEqual([65_536, 131_072, 196_608, 200_000])
  })

  it('is read no faster than it is taken', async () => {
    const big = join(folder, 'huge.tif')
    await writeFile(big, '')
    await truncate(big, 20_000_000)
    let sent = 0
    let ahead = 0
    const { incoming, dependencies } = setUp()
    const slow = async (tiff: TiffToPut) => {
      let taken = 0
      for await (const chunk of tiff.open(() => {})) {
        taken += chunk.length
        // Whoever reads ahead gets the time to do so now and then.
        if (taken % (65_536 * 20) === 0) await pause(1)
        ahead = Math.max(ahead, sent - taken)
      }
      return { answer: 'stored' as const, sha256: tiff.sha256 }
    }
    await uploadFax(
      { ...dependencies, incoming: { ...incoming, putTiff: slow } },
      { site: 'paris', file: big, facts },
      (p) => {
        sent = p.sentBytes
      },
    )
    expect(sent).toBe(20_000_000)
    expect(ahead).toBeLessThan(500_000)
  })
})

describe('the name of a fax', () => {
  const nameOf = async (changed: Partial<Facts>, path = file): Promise<string> => {
    const request = { site: 'paris', file: path, facts: { ...facts, ...changed } }
    return (await uploadFax(setUp().dependencies, request)).faxId
  }

  it('is the same each time, and whatever the PBX counted besides', async () => {
    const name = await nameOf({})
    expect(await nameOf({})).toBe(name)
    expect(await nameOf({ pages: '3', rate: '14400', sourceName: 'ACME' })).toBe(name)
  })

  it('takes an empty fact for a missing one', async () => {
    const { callId: _, ...rest } = facts
    const missing = await uploadFax(setUp().dependencies, { site: 'paris', file, facts: rest })
    expect(await nameOf({ callId: '' })).toBe(missing.faxId)
  })

  it.each<[string, Partial<Facts>]>([
    ['caller', { source: '0033112697846' }],
    ['number dialled', { destination: '0123456788' }],
    ['station id', { stationId: 'other' }],
    ['call', { callId: '1795420800.43' }],
    ['millisecond', { receivedAt: '2026-11-23T08:00:00.001Z' }],
  ])('changes with the %s', async (_what, changed) => {
    expect(await nameOf(changed)).not.toBe(await nameOf({}))
  })

  it('changes with the bytes', async () => {
    const other = join(folder, 'other.tif')
    await writeFile(other, 'II*\0 and something else')
    expect(await nameOf({}, other)).not.toBe(await nameOf({}))
  })
})

describe('a fax that was there', () => {
  it('counts as done when the bytes are the same', async () => {
    const { incoming, dependencies } = setUp()
    const first = await uploadFax(dependencies, { site: 'paris', file, facts })
    const second = await uploadFax(dependencies, { site: 'paris', file, facts })
    expect(second).toEqual({ ...first, alreadyThere: true })
    expect(incoming.objects.size).toBe(1)
  })

  it.each([
    ['other bytes', { bytes: Buffer.alloc(page.length), sha256: '00'.repeat(32) }],
    ['a piece of it', { bytes: page.subarray(5), sha256: createHash('sha256').update(page).digest('hex') }],
  ])('is an error with %s', async (_what, stored) => {
    const { incoming, dependencies } = setUp()
    const { key } = await uploadFax(dependencies, { site: 'paris', file, facts })
    incoming.objects.set(key, { ...stored, metadata: {} })
    await expect(uploadFax(dependencies, { site: 'paris', file, facts })).rejects.toThrow(OtherBytesError)
    expect(incoming.objects.get(key)).toMatchObject(stored)
  })
})

describe('faults', () => {
  it('are waited out, longer each time, up to the number of attempts', async () => {
    const { waits, lines, dependencies } = setUp(Array(9).fill('no answer'))
    const limits = { attempts: 4, firstMilliseconds: 100, longestMilliseconds: 300 }
    const upload = uploadFax(dependencies, { site: 'paris', file, facts, limits })
    await expect(upload).rejects.toThrow(UploadUnavailableError)
    await expect(upload).rejects.toThrow(/4 attempts; the last one: no answer/)
    expect(waits).toEqual([100, 200, 300])
    expect(lines).toHaveLength(4)
  })

  it('of a conflict and of a lost answer end in one object', async () => {
    const { incoming, dependencies } = setUp(['conflict', 'answer lost'])
    expect(await uploadFax(dependencies, { site: 'paris', file, facts })).toMatchObject({
      alreadyThere: true,
    })
    expect(incoming.objects.size).toBe(1)
  })

  it('do not hide an answer that confirms no checksum: the object is looked at', async () => {
    const { incoming, dependencies } = setUp()
    const unsure = async (tiff: TiffToPut) => {
      await incoming.putTiff(tiff)
      return { answer: 'stored' as const, sha256: undefined }
    }
    const sure = { putTiff: unsure, headTiff: incoming.headTiff }
    const request = { site: 'paris', file, facts, limits: { attempts: 2 } }
    expect(await uploadFax({ ...dependencies, incoming: sure }, request)).toMatchObject({
      alreadyThere: false,
    })
    const liar = { putTiff: unsure, headTiff: async () => ({ answer: 'missing' as const }) }
    await expect(uploadFax({ ...dependencies, incoming: liar }, request)).rejects.toThrow(
      UploadUnavailableError,
    )
  })

  it('end with the signal', async () => {
    const { dependencies, incoming } = setUp(Array(9).fill('no answer'))
    const stopping = new AbortController()
    const waiting = { ...dependencies.waiting, pause: async () => stopping.abort(new Error('stopped')) }
    const request = { site: 'paris', file, facts, signal: stopping.signal, limits: { attempts: Infinity } }
    await expect(uploadFax({ ...dependencies, waiting }, request)).rejects.toThrow('stopped')
    expect(incoming.puts).toBe(1)
  })

  it('of any kind and order, kills included, leave one fax with its own bytes', async () => {
    const mishap = fc.constantFrom<Mishap>(
      'none',
      'no answer',
      'conflict',
      'answer lost',
      'damaged',
      'killed before',
      'killed after',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(mishap, { maxLength: 12 }), async (mishaps) => {
        const { incoming, dependencies } = setUp(mishaps)
        const uploaded = await uploadAcrossKills(() =>
          uploadFax(dependencies, { site: 'paris', file, facts, limits: { attempts: Infinity } }),
        )
        expect([...incoming.objects.keys()]).toEqual([uploaded.key])
        expect(incoming.objects.get(uploaded.key)?.bytes).toEqual(page)
      }),
      { numRuns: 200 },
    )
  })
})

/** As systemd does: whoever was killed is started again. */
async function uploadAcrossKills(upload: () => Promise<UploadedFax>): Promise<UploadedFax> {
  for (;;) {
    try {
      return await upload()
    } catch (error) {
      if (!(error instanceof Killed)) throw error
    }
  }
}

describe('a file that is no fax', () => {
  it('is refused when it is empty', async () => {
    const empty = join(folder, 'empty.tif')
    await writeFile(empty, '')
    const upload = uploadFax(setUp().dependencies, { site: 'paris', file: empty, facts })
    await expect(upload).rejects.toThrow(UnfitFileError)
    await expect(upload).rejects.toThrow(/empty\.tif is empty/)
  })

  it('is refused by its size before a byte of it is read', async () => {
    const large = join(folder, 'large.tif')
    await writeFile(large, '')
    await truncate(large, LARGEST_TIFF_BYTES + 1)
    const { incoming, dependencies } = setUp()
    await expect(uploadFax(dependencies, { site: 'paris', file: large, facts })).rejects.toThrow(
      /large\.tif has 100000001 bytes; a fax may have 100000000 at most/,
    )
    expect(incoming.puts).toBe(0)
  })

  it('is refused when it is a folder, and missing when it is missing', async () => {
    const upload = (path: string) => uploadFax(setUp().dependencies, { site: 'paris', file: path, facts })
    await expect(upload(folder)).rejects.toThrow(/is no regular file/)
    await expect(upload(join(folder, 'none.tif'))).rejects.toThrow(/ENOENT/)
  })
})

describe('a file that changes while it goes up', () => {
  const changes: [string, (path: string) => Promise<void>][] = [
    ['grows', (path) => appendFile(path, 'more')],
    ['shrinks', (path) => truncate(path, 3)],
    ['is written anew', (path) => utimes(path, new Date(), new Date(Date.now() + 5000))],
    [
      'is replaced',
      async (path) => {
        await writeFile(`${path}.new`, page)
        await rename(`${path}.new`, path)
      },
    ],
  ]
  it.each(changes)('is an error when it %s before the put', async (what, change) => {
    const path = join(folder, `before-${what}.tif`)
    await writeFile(path, page)
    const { incoming, dependencies } = setUp(['no answer'])
    const waiting = { ...dependencies.waiting, pause: () => change(path) }
    const upload = uploadFax({ ...dependencies, waiting }, { site: 'paris', file: path, facts })
    await expect(upload).rejects.toThrow(FileChangedError)
    expect(incoming.objects.size).toBe(0)
  })

  it.each(changes)('leaves no gap in the count when it %s before anything was sent', async (what, change) => {
    const path = join(folder, `numbered-${what}.tif`)
    await writeFile(path, page)
    const { dependencies } = setUp()
    const given = new Set<string>()
    const sequence = {
      of: async (faxId: string) => {
        given.add(faxId)
        await change(path)
        return 7
      },
      giveBack: (faxId: string) => void given.delete(faxId),
    }
    const upload = uploadFax(dependencies, { site: 'paris', file: path, facts, sequence })
    await expect(upload).rejects.toThrow(FileChangedError)
    expect(given.size).toBe(0)
  })

  it.each(changes)('is an error when it %s during the put', async (what, change) => {
    const path = join(folder, `during-${what}.tif`)
    await writeFile(path, page)
    const { incoming, dependencies } = setUp()
    const put = async (tiff: TiffToPut) => {
      await change(path)
      return await incoming.putTiff(tiff)
    }
    const changing = { putTiff: put, headTiff: incoming.headTiff }
    const upload = uploadFax({ ...dependencies, incoming: changing }, { site: 'paris', file: path, facts })
    await expect(upload).rejects.toThrow(FileChangedError)
    // Stored or not, what lies there is what was announced, never a mixture.
    for (const { bytes } of incoming.objects.values()) expect(bytes).toEqual(page)
  })
})
