import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cupsPrinter } from './cups-printer.ts'
import type { JobToPrint } from './printer.ts'
import { runCommand } from './run-command.ts'

const SAMPLE = new URL('../../test/samples/text-std-ecm.tif', import.meta.url)

let home: string
let sample: string
let cups: Cups
let paper: Paper

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-cups-'))
  sample = join(home, 'fax.tif')
  await writeFile(sample, await readFile(SAMPLE))
  paper = await startPaper()
  cups = await startCups(home)
  await admin('lpadmin', '-p', 'office', '-E', '-v', `socket://127.0.0.1:${paper.port}`, '-m', 'raw')
})
afterAll(async () => {
  await cups?.stop()
  paper?.server.close()
  await rm(home, { recursive: true, force: true })
})

const job: JobToPrint = {
  faxId: '20261123T080000Z-0123456789ab',
  format: 'tiff',
  printer: 'office',
  title: 'a fax',
  fileName: '012-003.tif',
}

const printer = (server = cups.address, timeoutMilliseconds = 20_000) =>
  cupsPrinter({ run: runCommand }, { server, timeoutMilliseconds })

describe('cupsPrinter against CUPS', () => {
  it('brings the same bytes to the printer', async () => {
    const before = paper.sheets.length
    const outcome = await printer().print(sample, job)
    expect(outcome).toMatchObject({ outcome: 'delivered', receipt: expect.stringMatching(/^office-\d+$/) })
    await until(() => paper.sheets.length > before)
    expect(paper.sheets.at(-1)?.equals(await readFile(sample))).toBe(true)
  })

  it.each([
    '-o raw; touch /tmp/owned',
    '$(touch /tmp/owned)',
    'Télécopie 📠',
    'line\nbreak\u0000nul',
    '',
    'é'.repeat(2000),
  ])('shows the title %j whole, or as much of it as CUPS holds', async (title) => {
    const outcome = await printer().print(sample, { ...job, title })
    const id = outcome.outcome === 'delivered' ? outcome.receipt.split('-').at(-1) : undefined
    const control = await controlFile(String(id))
    const expected = title.replaceAll(/[\n\0]/g, ' ').slice(0, 127)
    expect(control.includes(expected)).toBe(true)
    expect(control.includes('é'.repeat(128))).toBe(false)
  })

  it('fails for a printer that does not exist, whatever its name', async () => {
    for (const name of ['nosuch', '', '-h evil', '--', '../office', 'a@127.0.0.1:1']) {
      const outcome = await printer().print(sample, { ...job, printer: name })
      expect(outcome, name).toMatchObject({
        outcome: 'failed',
        text: expect.stringContaining('does not exist'),
      })
    }
  })

  it('fails without a default printer, and prints once there is one', async () => {
    const { printer: _, ...rest } = job
    const none = await printer().print(sample, rest)
    expect(none).toMatchObject({ outcome: 'failed', text: expect.stringContaining('No default destination') })
    await admin('lpadmin', '-d', 'office')
    expect(await printer().print(sample, rest)).toMatchObject({ outcome: 'delivered' })
  })

  it('waits for a printer that does not accept jobs', async () => {
    await admin('cupsreject', 'office')
    const outcome = await printer().print(sample, job)
    await admin('cupsaccept', 'office')
    expect(outcome).toMatchObject({ outcome: 'retry', text: expect.stringContaining('not accepting jobs') })
  })

  it('fails for a file that CUPS cannot read a page from', async () => {
    const empty = join(home, 'empty.tif')
    await writeFile(empty, '')
    expect(await printer().print(empty, job)).toMatchObject({ outcome: 'failed' })
  })

  it('waits for a scheduler that does not run, though lp calls the printer unknown', async () => {
    expect(await printer('127.0.0.1:1').print(sample, job)).toMatchObject({
      outcome: 'retry',
      maybeDelivered: false,
      text: 'the CUPS scheduler is not running',
    })
  })

  it('gives up on a scheduler that takes the connection and says nothing', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const outcome = await printer(`127.0.0.1:${portOf(silent)}`, 1000).print(sample, job)
    silent.close()
    expect(outcome).toMatchObject({ outcome: 'retry', maybeDelivered: true })
  })
})

/** What CUPS keeps of a job, c00001 and on: its attributes as IPP has them. */
async function controlFile(id: string): Promise<Buffer> {
  const path = join(home, 'request', `c${id.padStart(5, '0')}`)
  for (let attempt = 0; attempt < 200; attempt++) {
    const control = await readFile(path).catch(() => Buffer.alloc(0))
    if (control.length > 0) return control
    await pause(50)
  }
  throw new Error(`CUPS wrote no ${path}`)
}

interface Cups {
  address: string
  stop: () => Promise<void>
}

async function startCups(folder: string): Promise<Cups> {
  const port = await freePort()
  await writeConfiguration(folder, port)
  const configuration = [
    '-c',
    join(folder, 'root', 'cupsd.conf'),
    '-s',
    join(folder, 'root', 'cups-files.conf'),
  ]
  const daemon = spawn('cupsd', ['-f', ...configuration], { stdio: 'ignore' })
  const address = `127.0.0.1:${port}`
  await Promise.race([failedStart(daemon), answering(address)])
  return { address, stop: () => stopped(daemon) }
}

/** Backends run as lp and reach the spool by its group; the daemon must not be asked to run them as root, it refuses. */
async function writeConfiguration(folder: string, port: number): Promise<void> {
  const groups = await readFile('/etc/group', 'utf8')
  const lpGroup = Number(/^lp:[^:]*:(\d+):/m.exec(groups)?.[1])
  await chmod(folder, 0o711)
  for (const name of ['root', 'request', 'request/tmp', 'cache', 'state', 'log']) {
    await mkdir(join(folder, name), { mode: 0o770 })
    await chown(join(folder, name), 0, lpGroup)
    await chmod(join(folder, name), 0o770)
  }
  await writeFile(
    join(folder, 'root', 'cupsd.conf'),
    `Listen 127.0.0.1:${port}
DefaultAuthType None
WebInterface No
PreserveJobHistory Yes
DirtyCleanInterval 0
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
`,
  )
  await writeFile(
    join(folder, 'root', 'cups-files.conf'),
    `User lp
Group lp
SystemGroup root
ServerRoot ${folder}/root
RequestRoot ${folder}/request
TempDir ${folder}/request/tmp
CacheDir ${folder}/cache
StateDir ${folder}/state
AccessLog ${folder}/log/access
ErrorLog ${folder}/log/error
PageLog ${folder}/log/page
`,
  )
}

function failedStart(daemon: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    daemon.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT'
      reject(missing ? new Error('cupsd is not installed: apt-get install cups cups-client') : error)
    })
    daemon.once('exit', (code) => reject(new Error(`cupsd ended with ${code}; it has to be started by root`)))
  })
}

async function answering(address: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { stdout } = await runCommand({
      path: 'lpstat',
      arguments: ['-r'],
      environment: { ...process.env, LC_ALL: 'C', CUPS_SERVER: address },
      timeoutMilliseconds: 5000,
    }).catch(() => ({ stdout: '' }))
    if (stdout.includes('scheduler is running')) return
    await pause(50)
  }
  throw new Error(`cupsd did not answer on ${address}`)
}

async function stopped(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null) return
  daemon.removeAllListeners('exit')
  await new Promise<void>((resolve) => {
    daemon.once('exit', () => resolve())
    daemon.kill('SIGTERM')
  })
}

async function admin(path: string, ...words: string[]): Promise<void> {
  const environment = { ...process.env, LC_ALL: 'C', CUPS_SERVER: cups.address }
  const result = await runCommand({ path, arguments: words, environment, timeoutMilliseconds: 20_000 })
  if (result.exitCode !== 0) throw new Error(`${path} ${words.join(' ')}: ${result.stderr}`)
}

/** A printer's raw port, and what came out of it. */
interface Paper {
  server: Server
  port: number
  sheets: Buffer[]
}

async function startPaper(): Promise<Paper> {
  const sheets: Buffer[] = []
  const server = createServer((socket) => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => sheets.push(Buffer.concat(chunks)))
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: portOf(server), sheets }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20)
}
