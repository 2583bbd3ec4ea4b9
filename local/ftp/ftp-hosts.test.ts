import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Readable } from 'node:stream'
import { Client } from 'basic-ftp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BackendOf } from '../../shared/routing-table/deployed-table.ts'
import { ensureCertificates } from './certificates.ts'
import { type FtpHosts, folderOfHost, type Secrets, startFtpHosts } from './ftp-hosts.ts'

type FtpBackend = BackendOf<'ftp'>

const BACKEND: FtpBackend = {
  kind: 'ftp',
  name: 'ftp_example_org',
  host: 'ftp.example.org',
  port: 21,
  username: 'fax',
  passwordSecret: 'faxlane/ftp_example_org',
  tls: 'off',
  format: 'pdf',
}

class MemorySecrets implements Secrets {
  values = new Map<string, string>()
  read = async (name: string) => this.values.get(name)
  put = async (name: string, value: string) => {
    this.values.set(name, value)
  }
}

let folder: string
let secrets: MemorySecrets
let hosts: FtpHosts | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-ftp-'))
  secrets = new MemorySecrets()
})
afterEach(async () => {
  await hosts?.close()
  hosts = undefined
  await rm(folder, { recursive: true })
})

async function start(...backends: FtpBackend[]): Promise<FtpHosts> {
  hosts = await startFtpHosts(secrets, backends, {
    folder: join(folder, 'ftp'),
    tlsFolder: join(folder, 'tls'),
  })
  return hosts
}

/** Logs in as the FTP backend does, but to where the host was redirected. */
async function login(
  { tls, host, username }: FtpBackend,
  { redirects, certificateAuthority }: FtpHosts,
  password: string,
) {
  const client = new Client(5000)
  const port = redirects.find((redirect) => redirect.host === host)?.toPort ?? 0
  const options = {
    servername: host,
    ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
  }
  if (tls === 'implicit') await client.connectImplicitTLS('127.0.0.1', port, options)
  else await client.connect('127.0.0.1', port)
  if (tls === 'explicit') await client.useTLS({ ...options, host })
  await client.login(username, password)
  await client.useDefaultSettings()
  return client
}

describe('the local FTP servers', () => {
  test.each([
    ['off', 21],
    ['explicit', 21],
    ['implicit', 990],
  ] as const)('take a file with tls = %s', async (tls, port) => {
    const backend: FtpBackend = { ...BACKEND, tls, port }
    const started = await start(backend)
    const client = await login(backend, started, secrets.values.get(BACKEND.passwordSecret) ?? '')
    await client.ensureDir('/incoming')
    const bytes = Buffer.alloc(300_000, 'fax')
    for (const name of ['one', 'two', 'three']) {
      await client.uploadFrom(Readable.from([bytes], { objectMode: false }), `.${name}.part`)
      await client.rename(`.${name}.part`, `${name}.pdf`)
    }
    client.close()
    const stored = join(folder, 'ftp', 'ftp.example.org', 'incoming')
    expect(await readdir(stored)).toEqual(['one.pdf', 'three.pdf', 'two.pdf'])
    expect(await readFile(join(stored, 'two.pdf'))).toEqual(bytes)
  })

  test('ask for the password that the secret holds, which is made where there is none', async () => {
    const started = await start(BACKEND)
    expect(secrets.values.get(BACKEND.passwordSecret)).toMatch(/^[\w-]{16}$/)
    secrets.values.set(BACKEND.passwordSecret, '{"password":"changed"}')
    ;(await login(BACKEND, started, 'changed')).close()
    await expect(login(BACKEND, started, 'other')).rejects.toThrow('530')
    await expect(login({ ...BACKEND, username: 'root' }, started, 'changed')).rejects.toThrow('530')
  })

  test('leave a password alone that is there', async () => {
    secrets.values.set(BACKEND.passwordSecret, 'mine')
    ;(await login(BACKEND, await start(BACKEND), 'mine')).close()
    expect(secrets.values.get(BACKEND.passwordSecret)).toBe('mine')
  })

  test('do not stand in for a server of this machine', async () => {
    const { redirects } = await start({ ...BACKEND, host: '127.0.0.1' }, { ...BACKEND, host: 'localhost' })
    expect(redirects).toEqual([])
    expect(secrets.values.size).toBe(0)
  })

  test('are one for each host and port, whatever the backends', async () => {
    const { redirects } = await start(
      BACKEND,
      { ...BACKEND, name: 'ftp_two', username: 'other', host: 'FTP.example.org' },
      { ...BACKEND, name: 'ftp_three', port: 2121 },
    )
    expect(redirects).toMatchObject([{ host: 'ftp.example.org', port: 21 }, { port: 2121 }])
  })

  test('let nobody out of their folder', async () => {
    const started = await start(BACKEND)
    const client = await login(BACKEND, started, secrets.values.get(BACKEND.passwordSecret) ?? '')
    await client.uploadFrom(Readable.from(['x'], { objectMode: false }), '../../../escaped.pdf')
    client.close()
    expect(await readdir(folder)).toEqual(['ftp'])
    expect(await readdir(join(folder, 'ftp', 'ftp.example.org'))).toEqual(['escaped.pdf'])
  })

  test('leave the end of the process to the gateway', async () => {
    const before = process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')
    await start(BACKEND)
    expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')).toBe(before)
  })
})

describe('folderOfHost', () => {
  test.each([
    ['ftp.example.org', 'ftp.example.org'],
    ['FTP.Example.org', 'ftp.example.org'],
    ['..', 'unnamed'],
    ['../../etc', '-..-etc'],
    ['a/b', 'a-b'],
    ['2001:db8::1', '2001-db8--1'],
    ['', 'unnamed'],
  ])('%j is %j', (host, expected) => {
    expect(folderOfHost(host)).toBe(expected)
  })
})

describe('ensureCertificates', () => {
  const now = new Date('2026-05-01T12:00:00Z')
  const days = (count: number) => new Date(now.getTime() + count * 86_400_000)

  test('keeps them, for its owner alone, until a host is new or the end is near', async () => {
    const first = await ensureCertificates(folder, ['a.example', '192.0.2.1'], now)
    expect((await stat(join(folder, 'certificates.json'))).mode & 0o777).toBe(0o600)
    expect(await ensureCertificates(folder, ['192.0.2.1'], days(700))).toEqual(first)
    expect(await ensureCertificates(folder, ['a.example', 'b.example'], now)).not.toEqual(first)
    const renewed = await ensureCertificates(folder, ['a.example'], days(800))
    expect(await ensureCertificates(folder, ['a.example'], days(1600))).not.toEqual(renewed)
  })
})
