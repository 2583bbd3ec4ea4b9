import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CheckResult } from '../../daemon/check.ts'
import { readConfig } from '../../daemon/read-config.ts'
import { EDGE_OPTIONS } from '../edge-config.ts'
import { AMI_SECRET, AMI_USER, FakeAsterisk } from '../testing/fake-asterisk.ts'
import { readAmiSecret } from './ami-secret.ts'
import { outgoingCheck, pbxChecks } from './transmit-checks.ts'

let asterisk: FakeAsterisk
let folder: string
let secretFile: string

beforeEach(async () => {
  asterisk = new FakeAsterisk()
  await asterisk.start()
  folder = await mkdtemp(join(tmpdir(), 'faxlane-checks-'))
  secretFile = join(folder, 'secret')
  await writeFile(secretFile, `${AMI_SECRET}\n`, { mode: 0o640 })
})
afterEach(async () => {
  await asterisk.stop()
  await rm(folder, { recursive: true })
})

async function results(): Promise<Record<string, CheckResult>> {
  const text = `[edge]\nsite = paris\nregion = eu-west-1\nbucket = some-bucket\nami_port = ${asterisk.port}\nami_secret_file = ${secretFile}\n`
  const config = readConfig('edge.conf', Buffer.from(text), 'edge', EDGE_OPTIONS)
  const checks = pbxChecks({ ...config, amiUser: AMI_USER })
  return Object.fromEntries(
    await Promise.all(
      checks.map(async ({ name, run }) => [
        name,
        await run().catch((error: Error) => ({ ok: false, text: error.message })),
      ]),
    ),
  )
}

describe('the checks of the PBX', () => {
  it('are content with what sending needs', async () => {
    expect(Object.entries(await results()).filter(([, { ok }]) => !ok)).toEqual([])
  })

  it('say that a secret is another, and where it stands', async () => {
    await writeFile(secretFile, 'another')
    expect((await results()).PBX).toMatchObject({
      ok: false,
      text: expect.stringContaining('refuses faxlane: Authentication failed'),
      fix: expect.stringContaining(secretFile),
    })
  })

  it('say that nobody listens', async () => {
    await asterisk.stop()
    expect((await results()).PBX).toMatchObject({ ok: false, fix: expect.stringContaining('enabled = yes') })
  })

  it('say that calls are not told of', async () => {
    asterisk.isDeaf = true
    expect((await results())['PBX events']).toMatchObject({
      ok: false,
      fix: expect.stringContaining('read = call,user'),
    })
  })

  it('dial nothing', async () => {
    await results()
    expect(asterisk.dialled).toEqual([])
  })
})

describe('the secret', () => {
  it('is the one line of the file', async () => {
    expect(await readAmiSecret(secretFile)).toBe(AMI_SECRET)
  })

  it.each([
    ['everybody can read', 0o644, AMI_SECRET, /everybody.*chmod o=/],
    ['is empty', 0o640, '', /one line, and not empty/],
    ['has two lines', 0o640, 'a\nb\n', /one line/],
  ])('that %s is refused, with the way out', async (_, mode, text, words) => {
    await writeFile(secretFile, text)
    await chmod(secretFile, mode)
    await expect(readAmiSecret(secretFile)).rejects.toThrow(words)
  })

  it('that is not there is refused, with the way out', async () => {
    await expect(readAmiSecret(join(folder, 'none'))).rejects.toThrow(/ENOENT.*install -m 0640/)
  })
})

describe('the outgoing folder', () => {
  const check = async (mode: number) => {
    const outgoing = join(folder, 'outgoing')
    await mkdir(outgoing)
    await chmod(outgoing, mode)
    return await outgoingCheck({ outgoingFolder: outgoing }).run()
  }

  it.each([0o750, 0o2750, 0o2770])('is good when the group may read: %o', async (mode) => {
    expect(await check(mode)).toMatchObject({ ok: true })
  })

  it.each([
    [0o755, 'everybody may read'],
    [0o700, 'the PBX can not read'],
  ])('is not good with mode %o', async (mode, words) => {
    expect(await check(mode)).toMatchObject({
      ok: false,
      text: expect.stringContaining(words),
      fix: expect.stringContaining('install -d -o faxlane-edge -g asterisk -m 2750'),
    })
  })

  it('has to be there, and a folder', async () => {
    expect(await outgoingCheck({ outgoingFolder: join(folder, 'none') }).run()).toMatchObject({ ok: false })
    expect(await outgoingCheck({ outgoingFolder: secretFile }).run()).toMatchObject({ ok: false })
  })
})
