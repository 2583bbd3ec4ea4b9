import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { runCommand } from '../run-command.ts'

export interface TestCups {
  /** HOST:PORT */
  address: string
  /** Runs one of CUPS's commands, and throws when it fails. */
  admin: (path: string, ...words: string[]) => Promise<string>
  stop: () => Promise<void>
}

/** A cupsd of the test's own on 127.0.0.1, with all of its state in `folder`. It has to be started by root. */
export async function startCups(folder: string, moreConfiguration = ''): Promise<TestCups> {
  const port = await freePort()
  await writeConfiguration(folder, port, moreConfiguration)
  const words = ['-c', join(folder, 'root', 'cupsd.conf'), '-s', join(folder, 'root', 'cups-files.conf')]
  const daemon = spawn('cupsd', ['-f', ...words], { stdio: 'ignore' })
  const address = `127.0.0.1:${port}`
  await Promise.race([failedStart(daemon), answering(address)])
  const admin = async (path: string, ...more: string[]) => {
    const environment = { ...process.env, LC_ALL: 'C', CUPS_SERVER: address }
    const result = await runCommand({ path, arguments: more, environment, timeoutMilliseconds: 20_000 })
    if (result.exitCode !== 0) throw new Error(`${path} ${more.join(' ')}: ${result.stderr}`)
    return result.stdout
  }
  return { address, admin, stop: () => stopped(daemon) }
}

/** Backends run as lp and reach the spool by its group; the daemon must not be asked to run them as root, it refuses. */
async function writeConfiguration(folder: string, port: number, more: string): Promise<void> {
  const groups = await readFile('/etc/group', 'utf8')
  const lpGroup = Number(/^lp:[^:]*:(\d+):/m.exec(groups)?.[1])
  await chmod(folder, 0o711)
  for (const name of ['root', 'request', 'request/tmp', 'cache', 'state', 'log']) {
    await mkdir(join(folder, name), { mode: 0o770, recursive: true })
    await chown(join(folder, name), 0, lpGroup)
    await chmod(join(folder, name), 0o770)
  }
  await writeFile(join(folder, 'root', 'cupsd.conf'), cupsdConf(port, more))
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

const cupsdConf = (port: number, more: string) => `Listen 127.0.0.1:${port}
DefaultAuthType None
WebInterface No
DirtyCleanInterval 0
MaxLogSize 0
${more}
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
`

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

/** A printer's raw port, and what came out of it. */
export interface Paper {
  port: number
  uri: string
  sheets: Buffer[]
  close: () => Promise<void>
}

export async function startPaper(port = 0): Promise<Paper> {
  const sheets: Buffer[] = []
  const server = createServer((socket) => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => sheets.push(Buffer.concat(chunks)))
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const taken = portOf(server)
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { port: taken, uri: `socket://127.0.0.1:${taken}`, sheets, close }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const { port, close } = await startPaper()
  await close()
  return port
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(20)
}
