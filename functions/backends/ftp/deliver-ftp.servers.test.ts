import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { deliverByFtp, type FtpDependencies } from './deliver-ftp.ts'
import { SAMPLE_FILE_STEM, sampleAttempt } from './sample-attempt.ts'
import { makeTestCertificates, type TestCertificates } from './test-certificates.ts'
import { uploadFile } from './upload.ts'

/** vsftpd as Debian packages it, with accounts of this machine: needs root, which CI's container gives. */
const VSFTPD = '/usr/sbin/vsftpd'
const USER = `faxlane${process.pid}`
const PASSWORD = 'hunter2-of-the-test'
const PDF = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) & 255))
const PDF_NAME = `${SAMPLE_FILE_STEM}.pdf`

let certificates: TestCertificates
let certificateFolder: string
beforeAll(async () => {
  if (process.getuid?.() !== 0) throw new Error('vsftpd needs root, to change to the user who logs in.')
  await stat(VSFTPD).catch(() => {
    throw new Error(`${VSFTPD} is not there. Install it: apt-get install vsftpd`)
  })
  certificates = await makeTestCertificates()
  certificateFolder = await mkdtemp(join(tmpdir(), 'faxlane-vsftpd-'))
  await writeFile(join(certificateFolder, 'server.crt'), certificates.cert)
  await writeFile(join(certificateFolder, 'server.key'), certificates.key, { mode: 0o600 })
})
afterAll(() => rm(certificateFolder, { recursive: true, force: true }))

let folder: string
let home: string
let server: ChildProcess | undefined

afterEach(async () => {
  if (server !== undefined && server.exitCode === null) {
    const ended = new Promise((resolve) => server?.once('exit', resolve))
    server.kill()
    await ended
  }
  execFileSync('userdel', [USER])
  await rm(folder, { recursive: true, force: true })
})

/** Starts vsftpd with a user of its own, whose home it is confined to, and returns the port. */
async function startVsftpd(options: Record<string, string | number>): Promise<number> {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-vsftpd-'))
  await chmod(folder, 0o755)
  home = join(folder, 'home')
  await mkdir(home)
  await mkdir(join(folder, 'empty'))
  execFileSync('useradd', ['--no-create-home', '--home-dir', home, '--shell', '/bin/sh', USER])
  execFileSync('chpasswd', { input: `${USER}:${PASSWORD}` })
  const id = Number(execFileSync('id', ['-u', USER], { encoding: 'utf8' }))
  await chown(home, id, id)
  const port = await freePort()
  const config = {
    listen: 'YES',
    listen_address: '127.0.0.1',
    listen_port: port,
    background: 'NO',
    anonymous_enable: 'NO',
    local_enable: 'YES',
    write_enable: 'YES',
    chroot_local_user: 'YES',
    allow_writeable_chroot: 'YES',
    secure_chroot_dir: join(folder, 'empty'),
    pam_service_name: 'vsftpd',
    // They want more of the kernel than a container allows.
    seccomp_sandbox: 'NO',
    isolate: 'NO',
    isolate_network: 'NO',
    xferlog_enable: 'NO',
    ...options,
  }
  const file = join(folder, 'vsftpd.conf')
  await writeFile(
    file,
    Object.entries(config)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  server = spawn(VSFTPD, [file], { stdio: 'inherit' })
  await untilListening(port)
  return port
}

const withTls = () => ({
  ssl_enable: 'YES',
  rsa_cert_file: join(certificateFolder, 'server.crt'),
  rsa_private_key_file: join(certificateFolder, 'server.key'),
  force_local_logins_ssl: 'YES',
  force_local_data_ssl: 'YES',
  // vsftpd's default, which many clients fail at: the data connection has to resume the control connection's TLS session.
  require_ssl_reuse: 'YES',
  ssl_ciphers: 'HIGH',
})

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const listening = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (listening) return
    if (server?.exitCode !== null) break
    await sleep(50)
  }
  throw new Error(`vsftpd does not listen on port ${port}; what it said stands above.`)
}

/** A client that was let in and stays. vsftpd may still count the one who asked whether it listens, and refuse the first. */
async function occupyAPlace(port: number): Promise<Socket> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const guest = connect(port, '127.0.0.1')
    const greeting = await new Promise<Buffer>((resolve) => guest.once('data', resolve))
    if (greeting.toString().startsWith('220')) return guest
    guest.destroy()
    await sleep(50)
  }
  throw new Error('vsftpd lets nobody in.')
}

const dependencies: FtpDependencies = {
  readObject: async () => PDF,
  secrets: { read: async () => PASSWORD, forget: () => {} },
  upload: uploadFile,
  uploadLimitMilliseconds: 30_000,
}
const deliverTo = (backend: Parameters<typeof sampleAttempt>[0]) =>
  deliverByFtp(dependencies, sampleAttempt({ username: USER, ...backend }))

describe('vsftpd', () => {
  test('takes the file in the clear, into a directory that is made', async () => {
    const port = await startVsftpd({})
    const outcome = await deliverTo({ port, directory: '/in/faxes' })
    expect(outcome).toMatchObject({ outcome: 'delivered' })
    expect(await readdir(join(home, 'in/faxes'))).toEqual([PDF_NAME])
    expect(PDF.equals(await readFile(join(home, 'in/faxes', PDF_NAME)))).toBe(true)
  })

  test('takes it over explicit TLS with the session reused, again and again', async () => {
    const port = await startVsftpd(withTls())
    for (let attempt = 0; attempt < 3; attempt++) {
      const outcome = await deliverTo({ port, tls: 'explicit', tlsCa: certificates.ca })
      expect(outcome).toMatchObject({ outcome: 'delivered' })
    }
    expect(await readdir(home)).toEqual([PDF_NAME])
    expect(PDF.equals(await readFile(join(home, PDF_NAME)))).toBe(true)
  })

  test('takes it over implicit TLS', async () => {
    const port = await startVsftpd({ ...withTls(), implicit_ssl: 'YES' })
    const outcome = await deliverTo({ port, tls: 'implicit', tlsCa: certificates.ca })
    expect(outcome).toMatchObject({ outcome: 'delivered' })
  })

  test('that wants TLS says so, and we say what to set', async () => {
    const port = await startVsftpd(withTls())
    const outcome = await deliverTo({ port })
    expect(outcome).toMatchObject({ outcome: 'failed', text: expect.stringContaining('tls = explicit') })
  })

  test('without TLS says so, and we say what to set', async () => {
    const port = await startVsftpd({})
    const outcome = await deliverTo({ port, tls: 'explicit' })
    expect(outcome).toMatchObject({ outcome: 'failed', text: expect.stringContaining('tls = implicit') })
  })

  test('with a certificate of an unknown authority gets nothing', async () => {
    const port = await startVsftpd(withTls())
    expect(await deliverTo({ port, tls: 'explicit' })).toMatchObject({ outcome: 'failed' })
    expect(await readdir(home)).toEqual([])
  })

  test('refuses a wrong password: failed', async () => {
    const port = await startVsftpd({})
    const secrets = { read: async () => 'wrong', forget: () => {} }
    const outcome = await deliverByFtp({ ...dependencies, secrets }, sampleAttempt({ port, username: USER }))
    expect(outcome).toMatchObject({ outcome: 'failed', code: '530' })
  })

  test('refuses to write: failed, and nothing is left behind', async () => {
    const port = await startVsftpd({ write_enable: 'NO' })
    expect(await deliverTo({ port })).toMatchObject({ outcome: 'failed', code: '550' })
    expect(await readdir(home)).toEqual([])
  })

  test('that is full: retry', async () => {
    const port = await startVsftpd({ max_clients: 1 })
    const guest = await occupyAPlace(port)
    expect(await deliverTo({ port })).toMatchObject({ outcome: 'retry', code: '421' })
    guest.destroy()
  })
})
