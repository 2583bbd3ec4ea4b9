import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../test/wait-for.ts'
import { systemdNotify, watchdogMilliseconds } from './systemd.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-notify-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

/** A program of this name in a PATH of its own. */
async function standIn(script: string): Promise<NodeJS.ProcessEnv> {
  const file = join(folder, 'systemd-notify')
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
  return { PATH: `${folder}:/usr/bin:/bin`, NOTIFY_SOCKET: '/run/systemd/notify' }
}

describe('systemdNotify', () => {
  it('tells systemd-notify, which knows the socket', async () => {
    const said = join(folder, 'said')
    const notify = systemdNotify(
      await standIn(`echo "$@ $NOTIFY_SOCKET" >'${said}.new'; mv '${said}.new' '${said}'`),
      () => {},
    )
    notify('READY=1', 'STATUS=two words')
    const text = await waitFor(() => readFile(said, 'utf8').catch(() => undefined))
    expect(text).toBe('READY=1 STATUS=two words /run/systemd/notify\n')
  })

  it('logs what could not be told, and goes on', async () => {
    const logged: string[] = []
    const notify = systemdNotify(await standIn('exit 1'), (event, fields) => {
      logged.push(`${event} ${fields.what}`)
    })
    notify('WATCHDOG=1')
    await waitFor(() => Promise.resolve(logged[0]))
    expect(logged).toEqual(['systemd-not-told WATCHDOG=1'])
  })

  it('says nothing where nobody listens', () => {
    const notify = systemdNotify({ PATH: '/nowhere' }, () => {
      throw new Error('It tried.')
    })
    expect(() => notify('READY=1')).not.toThrow()
  })
})

it.each([
  [undefined, undefined],
  ['', undefined],
  ['0', undefined],
  ['-1', undefined],
  ['soon', undefined],
  ['180000000', 180_000],
])('a watchdog of %j microseconds is %j ms', (WATCHDOG_USEC, milliseconds) => {
  expect(watchdogMilliseconds({ WATCHDOG_USEC })).toBe(milliseconds)
})
