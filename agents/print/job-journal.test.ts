import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeFaxId } from '../../shared/fax-id.ts'
import { delivered } from '../../shared/outcome.ts'
import { openJobJournal } from './job-journal.ts'
import type { JobEntry, JobState } from './journal-entries.ts'
import { stateAfter } from './journal-entries.ts'

const DAY = 24 * 3600 * 1000
let home: string
let path: string
let count = 0
let nowMilliseconds: number
let lines: string[]

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-journal-'))
})
afterAll(() => rm(home, { recursive: true }))
beforeEach(() => {
  count += 1
  path = join(home, String(count), 'jobs.journal')
  nowMilliseconds = Date.parse('2026-11-23T08:00:00Z')
  lines = []
})

const now = () => new Date(nowMilliseconds)
const open = () => openJobJournal({ log: (event) => void lines.push(event), now }, path)
const spooled = { id: 7, receipt: 'office-7', token: 'a.b' }

function ended(job: string): JobEntry {
  const faxId = makeFaxId(now(), job)
  const report = {
    version: 1,
    faxId,
    backend: 'printer',
    at: now().toISOString(),
    outcome: delivered('office-7', 'printed'),
  } as const
  return { entry: 'ended', job, messageId: 'm', report }
}

describe('the journal', () => {
  it('tells after a restart what it was told before, and keeps its instance', async () => {
    const first = await open()
    await first.write({ entry: 'spooled', job: 'a', spooled })
    await first.write({ entry: 'releasing', job: 'a' })
    await first.write({ entry: 'reported', job: 'a', code: 'paused' })
    await first.write({ entry: 'spooled', job: 'b', spooled: { ...spooled, token: 'c.d' } })
    await first.write(ended('b'))
    const again = await open()
    expect(again.instance).toBe(first.instance)
    expect(again.stateOf('a')).toEqual({ spooled, release: 'releasing', reported: ['paused'] })
    expect(again.stateOf('b')).toEqual(first.stateOf('b'))
    expect(again.stateOf('c')).toBeUndefined()
    expect(again.openTokens()).toEqual(new Set(['a.b']))
    await first.close()
    await again.close()
  })

  it('takes half a last line for one that nobody went on from', async () => {
    const first = await open()
    await first.write({ entry: 'spooled', job: 'a', spooled })
    await first.close()
    await appendFile(path, '{"entry":"rele')
    const again = await open()
    expect(again.stateOf('a')).toEqual({ spooled, reported: [] })
    expect(lines).toEqual([])
    await again.write({ entry: 'releasing', job: 'a' })
    await again.close()
    const third = await open()
    expect(third.stateOf('a')?.release).toBe('releasing')
    await third.close()
  })

  it('reads around a line that the disk spoilt, and says so', async () => {
    const first = await open()
    await first.write({ entry: 'spooled', job: 'a', spooled })
    await first.close()
    await writeFile(path, `${await readFile(path, 'utf8')}\0\0\0\n{"entry":"releasing","job":"a"}\n`)
    const again = await open()
    expect(again.stateOf('a')?.release).toBe('releasing')
    expect(lines).toEqual(['journal-line-not-read'])
    await again.close()
  })

  it('forgets what has ended when no message can ask any more, and nothing that has not', async () => {
    const first = await open()
    await first.write({ entry: 'spooled', job: 'open', spooled })
    await first.write(ended('old'))
    nowMilliseconds += 10 * DAY
    await first.write(ended('new'))
    await first.close()
    nowMilliseconds += 5 * DAY
    const again = await open()
    expect(again.stateOf('old')).toBeUndefined()
    expect(again.stateOf('new')?.ended).toBeDefined()
    expect(again.stateOf('open')).toBeDefined()
    await again.close()
  })

  it('does not grow for ever while it is open', { timeout: 60_000 }, async () => {
    const journal = await open()
    for (let index = 0; index < 5010; index++) {
      await journal.write({ entry: index % 2 === 0 ? 'releasing' : 'released', job: 'a' })
    }
    await journal.close()
    expect((await readFile(path, 'utf8')).split('\n').length).toBeLessThan(20)
  })

  it('changes nothing when it cannot write, and goes on when it can again', async () => {
    const journal = await open()
    await journal.close()
    await rm(join(home, String(count)), { recursive: true })
    await expect(journal.write({ entry: 'spooled', job: 'a', spooled })).rejects.toThrow(/ENOENT/)
    expect(journal.stateOf('a')).toBeUndefined()
  })
})

describe('stateAfter', () => {
  const entry: fc.Arbitrary<JobEntry> = fc.oneof(
    fc.constantFrom<JobEntry>(
      { entry: 'spooled', job: 'a', spooled },
      { entry: 'releasing', job: 'a' },
      { entry: 'released', job: 'a' },
      { entry: 'forgotten', job: 'a' },
    ),
    fc.stringMatching(/^[a-z]{1,3}$/).map((code): JobEntry => ({ entry: 'reported', job: 'a', code })),
  )
  const fold = (entries: JobEntry[]) =>
    entries.reduce<JobState | undefined>((state, one) => stateAfter(state, one), undefined)

  it('is the same whether the journal was compacted in between or not', () => {
    fc.assert(
      fc.property(fc.array(entry), fc.array(entry), (before, after) => {
        const state = fold(before)
        const compacted: JobEntry[] = state === undefined ? [] : [{ entry: 'state', job: 'a', state }]
        expect(fold([...compacted, ...after])).toEqual(fold([...before, ...after]))
      }),
    )
  })

  it('begins anew with each job in CUPS, and remembers what was reported', () => {
    const state = fold([
      { entry: 'spooled', job: 'a', spooled },
      { entry: 'reported', job: 'a', code: 'paused' },
      { entry: 'released', job: 'a' },
      { entry: 'spooled', job: 'a', spooled: { ...spooled, id: 8 } },
    ])
    expect(state).toEqual({ spooled: { ...spooled, id: 8 }, reported: ['paused'] })
  })
})
