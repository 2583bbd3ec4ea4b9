import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { onlyOne } from './only-one.ts'
import { keepStatus, readStatus, showStatus } from './status.ts'

const folders: string[] = []
let stateFolder: string
beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'faxlane-status-'))
  folders.push(stateFolder)
})
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

const NOW = new Date('2026-11-23T08:00:00.000Z')

/** Time stands still until a pause is let go. */
function keeper(folder = stateFolder) {
  const pauses: (() => void)[] = []
  const logged: string[] = []
  const waiting = {
    now: () => NOW,
    random: () => 0,
    pause: (_milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        pauses.push(resolve)
        signal?.addEventListener('abort', () => resolve())
        if (signal?.aborted === true) resolve()
      }),
  }
  const log = (event: string) => void logged.push(event)
  const status = keepStatus({ waiting, log }, { version: '1.0.0', site: 'paris', stateFolder: folder })
  return { status, pauses, logged }
}

async function show(json = false) {
  const written: string[] = []
  const exitCode = await showStatus(
    { stateFolder, unit: 'faxlane-edge' },
    { json },
    (text) => void written.push(text),
  )
  return { exitCode, text: written.join('') }
}

describe('a status', () => {
  it('is what was said last, whole and in one file', async () => {
    const { status } = keeper()
    status.waiting(3)
    status.success('20261123T080000Z-0123456789ab uploaded')
    status.error('no answer')
    status.waiting(2)
    await status.close()
    expect(await readStatus(stateFolder)).toEqual({
      version: '1.0.0',
      site: 'paris',
      process: process.pid,
      startedAt: NOW.toISOString(),
      at: NOW.toISOString(),
      waiting: 2,
      lastSuccess: { at: NOW.toISOString(), text: '20261123T080000Z-0123456789ab uploaded' },
      lastError: { at: NOW.toISOString(), text: 'no answer' },
      running: false,
    })
    expect(await readdir(stateFolder)).toEqual(['status.json'])
  })

  it('is written once a second at most, and not at all for what it says already', async () => {
    const { status, pauses } = keeper()
    status.waiting(0)
    expect(pauses).toHaveLength(0)
    for (let count = 1; count <= 100; count++) status.waiting(count)
    await expect.poll(() => pauses.length).toBe(1)
    expect((await readStatus(stateFolder))?.waiting).toBe(1)
    await status.close()
    expect((await readStatus(stateFolder))?.waiting).toBe(100)
    expect(pauses).toHaveLength(2)
  })

  it('that can not be written costs nothing else', async () => {
    const { status, logged } = keeper(join(stateFolder, 'nowhere'))
    status.waiting(1)
    await status.close()
    expect(logged).toContain('status-not-written')
  })
})

describe('showing it', () => {
  it('says that the daemon has not run', async () => {
    expect(await show()).toEqual({ exitCode: 1, text: 'faxlane-edge has not run yet.\n' })
    expect(await show(true)).toEqual({ exitCode: 1, text: '{\n  "running": false\n}\n' })
  })

  it('says what a running one does, with nothing in it that moves a cursor', async () => {
    const { status } = keeper()
    status.error('said \u001b[2J')
    await status.close()
    const release = await onlyOne(stateFolder)
    const { exitCode, text } = await show()
    expect(exitCode).toBe(0)
    expect(text).toContain('faxlane-edge 1.0.0 runs since 2026-11-23T08:00:00.000Z')
    expect(text).toContain('last success  none')
    expect(text).toContain('last error    2026-11-23T08:00:00.000Z  said \\u{1b}[2J')
    expect(JSON.parse((await show(true)).text)).toMatchObject({ running: true, site: 'paris' })
    await release()
  })

  it('says that it does not run', async () => {
    const { status } = keeper()
    status.alive()
    await status.close()
    const { exitCode, text } = await show()
    expect(exitCode).toBe(1)
    expect(text).toContain('does not run (site paris). Start it: systemctl start faxlane-edge')
  })
})
