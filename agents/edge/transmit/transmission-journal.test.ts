import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { jobFor } from '../testing/transmit-site.ts'
import { endedWithoutCall } from './judge-call.ts'
import { attemptName } from './originate.ts'
import {
  type AttemptEntry,
  openTransmissionJournal,
  type TransmissionJournal,
} from './transmission-journal.ts'
import { reportOf } from './transmit.ts'

const NOW = new Date('2026-11-25T08:00:00Z')
const at = NOW.toISOString()
const job = jobFor('0478123456', 1)
const name = attemptName(job)
const report = reportOf(job, endedWithoutCall('busy'), NOW)

let folder: string
let path: string
const lines: string[] = []
const log = (event: string) => void lines.push(event)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-journal-'))
  path = join(folder, 'transmissions.journal')
  lines.length = 0
})
afterEach(() => rm(folder, { recursive: true }))

const open = (now = NOW) => openTransmissionJournal({ log, now: () => now }, path)

/** Writes, as if killed thereafter, and opens again. */
async function reopened(...entries: AttemptEntry[]): Promise<TransmissionJournal> {
  const journal = await open()
  for (const entry of entries) await journal.write(entry)
  await journal.close()
  return await open()
}

it('remembers who it is, and how far each attempt has come', async () => {
  const first = await open()
  await first.close()
  const journal = await reopened(
    { entry: 'claimed', name, job },
    { entry: 'originating', name, at },
    { entry: 'answered', name, at },
  )
  expect(journal.instance).toBe(first.instance)
  expect(journal.stateOf(name)).toEqual({ job, originatingAt: at, answeredAt: at })
  expect(journal.open()).toEqual([name])
  await journal.close()
})

it('has what ended, without the number of who was called', async () => {
  const journal = await reopened(
    { entry: 'claimed', name, job },
    { entry: 'originating', name, at },
    { entry: 'ended', name, report },
  )
  expect(journal.stateOf(name)).toEqual({ originatingAt: at, ended: report })
  expect(journal.open()).toEqual([])
  await journal.close()
  expect(await readFile(path, 'utf8')).not.toContain(job.destination)
})

it('takes back that Asterisk was about to be told', async () => {
  const journal = await reopened({ entry: 'originating', name, at }, { entry: 'claimed', name, job })
  expect(journal.stateOf(name)).toEqual({ job })
  await journal.close()
})

it('leaves out a line that was not finished', async () => {
  const journal = await reopened({ entry: 'claimed', name, job })
  await journal.close()
  await appendFile(path, `{"entry":"originating","name":"${name}`)
  const again = await open()
  expect(again.stateOf(name)).toEqual({ job })
  await again.write({ entry: 'originating', name, at })
  await again.close()
  expect((await open()).stateOf(name)).toEqual({ job, originatingAt: at })
  expect(lines).toEqual([])
})

it('forgets what no message can ask for any more, and nothing that is open', async () => {
  const other = attemptName({ ...job, attempt: 2 })
  const journal = await reopened({ entry: 'ended', name, report }, { entry: 'originating', name: other, at })
  await journal.close()
  const later = await open(new Date(NOW.getTime() + 29 * 24 * 3600 * 1000))
  expect(later.stateOf(name)).toBeUndefined()
  expect(later.open()).toEqual([other])
  await later.close()
})
