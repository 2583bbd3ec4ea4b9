import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }

/** Needs root, dpkg and systemd's tools. Nothing of this machine is changed: packages are installed into folders. */

const AGENTS = ['edge', 'print'] as const
const EPOCH = 1_795_000_000

interface Ended {
  exitCode: number
  output: string
}

let folder: string
let builds: string[]
const debOf = (agent: string, build = builds[0] ?? '') =>
  join(build, `faxlane-${agent}_${manifest.version}_all.deb`)

function run(
  command: string,
  words: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment }
    const child = execFile(command, [...words], { env }, (_, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, output: `${stdout}${stderr}` }),
    )
  })
}

async function build(name: string): Promise<string> {
  const output = join(folder, name)
  const words = ['--import', 'tsx', 'agents/packaging/package.ts', output]
  expect(await run(process.execPath, words, { SOURCE_DATE_EPOCH: String(EPOCH) })).toMatchObject({
    exitCode: 0,
  })
  return output
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-packages-'))
  builds = [await build('first'), await build('second')]
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

describe.each(AGENTS)('the package faxlane-%s', (agent) => {
  it('is the same byte for byte when it is built again', async () => {
    const digests = await Promise.all(
      builds.map(async (each) =>
        createHash('sha256')
          .update(await readFile(debOf(agent, each)))
          .digest('hex'),
      ),
    )
    expect(digests[1]).toBe(digests[0])
  })

  it("holds these files, root's, writable for nobody else, and of one time", async () => {
    const { output } = await run('dpkg-deb', ['--contents', debOf(agent)], { TZ: 'UTC' })
    const entries = output
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/))
    const files = entries
      .filter(([mode]) => !mode?.startsWith('d'))
      .map(([mode, , , , , path]) => `${mode} ${path}`)
    expect(files.sort()).toEqual([
      `-rw-r--r-- ./etc/faxlane/${agent}.conf`,
      `-rw-r--r-- ./usr/lib/systemd/system/faxlane-${agent}.service`,
      `-rw-r--r-- ./usr/lib/sysusers.d/faxlane-${agent}.conf`,
      `-rw-r--r-- ./usr/share/doc/faxlane-${agent}/agents.md.gz`,
      `-rw-r--r-- ./usr/share/doc/faxlane-${agent}/changelog.gz`,
      `-rw-r--r-- ./usr/share/doc/faxlane-${agent}/copyright`,
      `-rwxr-xr-x ./usr/lib/faxlane-${agent}/${agent}-agent.mjs`,
      `lrwxrwxrwx ./usr/bin/faxlane-${agent}`,
    ])
    for (const [mode, owner, , date, time] of entries) {
      expect({ owner, date, time }).toEqual({ owner: 'root/root', date: '2026-11-18', time: '11:06' })
      expect(mode).toMatch(/^(d|-)r[w-]xr-xr-x$|^-rw-r--r--$|^lrwxrwxrwx$/)
    }
  })

  it('says what it needs', async () => {
    const { output } = await run('dpkg-deb', ['--field', debOf(agent)])
    expect(output).toMatch(new RegExp(`^Version: ${manifest.version}$`, 'm'))
    expect(output).toMatch(/^Architecture: all$/m)
    expect(output).toMatch(/^Depends: nodejs \(>= 20\)/m)
    expect(output).toMatch(/^Installed-Size: [1-9]\d*$/m)
  })

  it('names every package of others that is inside, with its licence', async () => {
    const unpacked = join(folder, `unpacked-${agent}`)
    await run('dpkg-deb', ['--extract', debOf(agent), unpacked])
    const output = await readFile(join(unpacked, `usr/share/doc/faxlane-${agent}/copyright`), 'utf8')
    for (const name of ['@aws-sdk/client-s3', '@aws-sdk/client-sqs', '@smithy/core', 'zod']) {
      expect(output).toMatch(new RegExp(`^${name} \\S+ \\((Apache-2\\.0|MIT)\\)$`, 'm'))
    }
  })
})

describe.each(AGENTS)('the unit faxlane-%s.service', (agent) => {
  const unit = `agents/packaging/faxlane-${agent}/faxlane-${agent}.service`

  it('is one that systemd takes', async () => {
    const { output } = await run('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', unit])
    const ours = output.split('\n').filter((line) => line.includes(`faxlane-${agent}.service`))
    // The program is not installed on this machine.
    expect(ours.filter((line) => !line.includes('is not executable'))).toEqual([])
  })

  it('exposes little, by the judgement of systemd', async () => {
    const words = ['security', '--offline=true', '--no-pager', '--threshold=20', unit]
    expect(await run('systemd-analyze', words)).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/Overall exposure level .*: [01]\.\d /),
    })
  })
})

describe('installed', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(folder, 'root-'))
    for (const name of ['info', 'updates', 'triggers'])
      await mkdir(join(root, 'var/lib/dpkg', name), { recursive: true })
    await mkdir(join(root, 'var/spool'))
    await mkdir(join(root, 'etc'))
    for (const name of ['status', 'available']) await writeFile(join(root, 'var/lib/dpkg', name), '')
    await writeFile(
      join(root, 'etc/passwd'),
      'root:x:0:0::/root:/bin/sh\nasterisk:x:117:120::/var/lib/asterisk:/bin/false\n',
    )
    await writeFile(join(root, 'etc/group'), 'root:x:0:\nasterisk:x:120:\n')
  })

  /** The maintainer scripts run outside of the folder and go by DPKG_ROOT: a root folder with a shell and Node is not at hand. */
  const dpkg = (words: readonly string[], environment: Record<string, string> = {}) =>
    run('dpkg', [`--root=${root}`, '--force-script-chrootless', '--force-depends', ...words], environment)

  const install = async (agent: string) => {
    expect(await dpkg(['--force-confold', '-i', debOf(agent)])).toMatchObject({ exitCode: 0 })
  }

  /** What is there, but for dpkg's own records and the copies that the tools for users make. */
  async function everything(): Promise<string[]> {
    const entries = await readdir(root, { recursive: true })
    return entries
      .filter((path) => !/^var\/lib\/dpkg(\/|$)|^etc\/(\.pwd\.lock|g?shadow-?|passwd-|group-)$/.test(path))
      .sort()
  }

  const exists = (path: string) =>
    stat(join(root, path)).then(
      () => true,
      () => false,
    )

  it.each(AGENTS)('faxlane-%s runs, and asks for the three lines', async (agent) => {
    await install(agent)
    const command = join(root, 'usr/bin', `faxlane-${agent}`)
    const help = await run(command, ['--help'])
    expect(help).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining(`faxlane-${agent} SUBCOMMAND`),
    })
    expect(await run(command, ['--version'])).toEqual({
      exitCode: 0,
      output: `faxlane-${agent} ${manifest.version}\n`,
    })
    const config = join(root, 'etc/faxlane', `${agent}.conf`)
    const { exitCode, output } = await run(command, ['check', '--json', '--config', config])
    expect(exitCode).toBe(1)
    const { ok, checks } = JSON.parse(output)
    expect({ ok, names: checks.map(({ name }: { name: string }) => name) }).toEqual({
      ok: false,
      names: ['config'],
    })
    expect(checks[0].text.match(/\w+ is empty\./g)).toEqual([
      'site is empty.',
      'region is empty.',
      'bucket is empty.',
    ])
  })

  it("gives the edge agent a user, a folder of its own, and a spool that the PBX writes and the agent's group reads", async () => {
    await install('edge')
    const [, , uid, gid] =
      (await readFile(join(root, 'etc/passwd'), 'utf8')).match(/^faxlane-edge:(\w+):(\d+):(\d+)/m) ?? []
    expect(await stat(join(root, 'var/lib/faxlane-edge'))).toMatchObject({
      uid: Number(uid),
      gid: Number(gid),
      mode: 0o40750,
    })
    expect(await stat(join(root, 'var/spool/faxlane'))).toMatchObject({
      uid: 117,
      gid: Number(gid),
      mode: 0o42770,
    })
    expect(await stat(join(root, 'var/spool/faxlane-outgoing'))).toMatchObject({
      uid: Number(uid),
      gid: 120,
      mode: 0o42750,
    })
  })

  it('again, keeps what was configured and received', async () => {
    await install('edge')
    await writeFile(join(root, 'etc/faxlane/edge.conf'), '[edge]\nsite = paris\n')
    await writeFile(join(root, 'var/spool/faxlane/1.tif'), 'II*')
    await install('edge')
    expect(await readFile(join(root, 'etc/faxlane/edge.conf'), 'utf8')).toContain('paris')
    expect(await exists('var/spool/faxlane/1.tif')).toBe(true)
  })

  it('and removed, leaves configuration and faxes', async () => {
    await install('edge')
    await writeFile(join(root, 'var/spool/faxlane/1.tif'), 'II*')
    expect((await dpkg(['--remove', 'faxlane-edge'])).exitCode).toBe(0)
    expect(await exists('usr/bin/faxlane-edge')).toBe(false)
    expect(await exists('etc/faxlane/edge.conf')).toBe(true)
    expect(await exists('var/spool/faxlane/1.tif')).toBe(true)
  })

  it('and purged, leaves no trace', async () => {
    const before = await everything()
    const users = await readFile(join(root, 'etc/passwd'), 'utf8')
    for (const agent of AGENTS) await install(agent)
    await mkdir(join(root, 'var/spool/faxlane/sent'))
    await writeFile(join(root, 'var/spool/faxlane/sent/1.tif'), 'II*')
    await writeFile(join(root, 'var/lib/faxlane-edge/status.json'), '{}')
    await writeFile(join(root, 'var/spool/faxlane-outgoing/1.tif'), 'II*')
    await writeFile(join(root, 'etc/faxlane/ami-secret'), 'x')
    await writeFile(join(root, 'var/lib/faxlane-print/journal'), '{}')
    expect((await dpkg(['--purge', 'faxlane-edge', 'faxlane-print'])).exitCode).toBe(0)
    expect(await everything()).toEqual(before)
    expect(await readFile(join(root, 'etc/passwd'), 'utf8')).toBe(users)
  })

  it.each(['1.tif', '1.facts', 'refused/1.tif'])(
    'and purged, leaves a fax that was not uploaded: %s',
    async (name) => {
      await install('edge')
      await mkdir(join(root, 'var/spool/faxlane/refused'))
      await mkdir(join(root, 'var/spool/faxlane/sent'))
      await writeFile(join(root, 'var/spool/faxlane', name), 'II*')
      await writeFile(join(root, 'var/spool/faxlane/sent/2.tif'), 'II*')
      await writeFile(join(root, 'var/lib/faxlane-edge/status.json'), '{}')
      const { exitCode, output } = await dpkg(['--purge', 'faxlane-edge'])
      expect({ exitCode, said: output.includes('1 files of faxes that were not uploaded') }).toEqual({
        exitCode: 0,
        said: true,
      })
      expect(await exists(`var/spool/faxlane/${name}`)).toBe(true)
      for (const path of ['var/spool/faxlane/sent', 'var/lib/faxlane-edge', 'etc/faxlane']) {
        expect(await exists(path)).toBe(false)
      }
      // Else the next user that is made would own the fax.
      expect(await readFile(join(root, 'etc/passwd'), 'utf8')).toContain('faxlane-edge')
    },
  )

  it('and purged, deletes it when it is told to', async () => {
    const before = await everything()
    await install('edge')
    await writeFile(join(root, 'var/spool/faxlane/1.tif'), 'II*')
    expect((await dpkg(['--purge', 'faxlane-edge'], { FAXLANE_DELETE_UNSENT: 'yes' })).exitCode).toBe(0)
    expect(await everything()).toEqual(before)
  })
})

it('a package with a Node of its own needs none of the system, and starts the agent by it', async () => {
  const archive = join(folder, 'node-archive')
  await mkdir(join(archive, 'bin'), { recursive: true })
  // Any program does: this is about where it goes.
  await copyFile('/bin/echo', join(archive, 'bin/node'))
  await writeFile(join(archive, 'LICENSE'), 'The licence of Node.\n')
  const output = join(folder, 'own-node')
  const words = [
    '--import',
    'tsx',
    'agents/packaging/package.ts',
    output,
    '--node',
    join(archive, 'bin/node'),
  ]
  expect(await run(process.execPath, words)).toMatchObject({ exitCode: 0 })
  const { output: machine } = await run('dpkg', ['--print-architecture'])
  const deb = join(output, `faxlane-edge_${manifest.version}_${machine.trim()}.deb`)
  const root = join(folder, 'own-node-root')
  await run('dpkg-deb', ['--extract', deb, root])
  const { output: depends } = await run('dpkg-deb', ['--field', deb, 'Depends'])
  expect(depends.trim()).toBe('libc6 (>= 2.28), libstdc++6, systemd, passwd')
  expect(await readFile(join(root, 'usr/share/doc/faxlane-edge/copyright'), 'utf8')).toContain(
    'The licence of Node.',
  )
  const command = await readFile(join(root, 'usr/bin/faxlane-edge'), 'utf8')
  const moved = command.replaceAll(' /usr/lib', ` ${root}/usr/lib`)
  await writeFile(join(folder, 'moved'), moved, { mode: 0o755 })
  expect(await run(join(folder, 'moved'), ['status', '--json'])).toEqual({
    exitCode: 0,
    output: `${root}/usr/lib/faxlane-edge/edge-agent.mjs status --json\n`,
  })
})
