import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FtpSrv } from 'ftp-srv'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { deliverByFtp, type FtpDependencies } from './deliver-ftp.ts'
import { SAMPLE_FILE_STEM, sampleAttempt } from './sample-attempt.ts'
import { makeTestCertificates, type TestCertificates } from './test-certificates.ts'
import { uploadFile } from './upload.ts'

const PASSWORD = 'pässword with blanks'
const PDF = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) & 255))
const PDF_NAME = `${SAMPLE_FILE_STEM}.pdf`

const silent = Object.fromEntries(
  ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, () => {}]),
)
const log = { ...silent, child: () => log }

let certificates: TestCertificates
let root: string
let server: FtpSrv | undefined

beforeAll(async () => {
  certificates = await makeTestCertificates()
})
afterEach(async () => {
  await server?.close()
  server = undefined
  await rm(root, { recursive: true, force: true })
})

async function startServer(tls: 'explicit' | 'implicit' | 'off', own = certificates): Promise<number> {
  root = await mkdtemp(join(tmpdir(), 'faxlane-ftp-'))
  server = withoutItsSignalHandlers(
    () =>
      new FtpSrv({
        url: `${tls === 'implicit' ? 'ftps' : 'ftp'}://127.0.0.1:0`,
        pasv_url: '127.0.0.1',
        tls: tls === 'off' ? false : { cert: own.cert, key: own.key },
        log,
      }),
  )
  server.on('login', ({ username, password }, resolve, reject) => {
    if (username === 'foo' && password === PASSWORD) resolve({ root })
    else reject(new Error('Login incorrect'))
  })
  await server.listen()
  return ((server as unknown as { server: Server }).server.address() as AddressInfo).port
}

/** ftp-srv ends the process on a signal, once for every server it ever made. */
function withoutItsSignalHandlers(make: () => FtpSrv): FtpSrv {
  const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const
  const before = signals.map((signal) => process.listeners(signal))
  const made = make()
  for (const [index, signal] of signals.entries()) {
    const added = process.listeners(signal).filter((listener) => !before[index]?.includes(listener))
    for (const listener of added) process.off(signal, listener)
  }
  return made
}

const dependencies: FtpDependencies = {
  readObject: async () => PDF,
  secrets: { read: async () => JSON.stringify({ username: 'foo', password: PASSWORD }), forget: () => {} },
  upload: uploadFile,
  uploadLimitMilliseconds: 10_000,
}
const deliverTo = (backend: Parameters<typeof sampleAttempt>[0]) =>
  deliverByFtp(dependencies, sampleAttempt(backend))

describe('to a real server', () => {
  test.each(['off', 'explicit', 'implicit'] as const)('the file arrives whole (tls = %s)', async (tls) => {
    const port = await startServer(tls)
    const outcome = await deliverTo({ port, tls, tlsCa: certificates.ca, directory: '/in/faxes' })
    expect(outcome).toMatchObject({
      outcome: 'delivered',
      receipt: `ftp://127.0.0.1:${port}/in/faxes/${PDF_NAME}`,
    })
    expect(await readdir(join(root, 'in/faxes'))).toEqual([PDF_NAME])
    expect(PDF.equals(await readFile(join(root, 'in/faxes', PDF_NAME)))).toBe(true)
  })

  test('by name, with the name in the certificate', async () => {
    const port = await startServer('explicit')
    const outcome = await deliverTo({ host: 'localhost', port, tls: 'explicit', tlsCa: certificates.ca })
    expect(outcome).toMatchObject({ outcome: 'delivered' })
  })

  test('a repetition replaces what is there, and a leftover of a broken attempt goes', async () => {
    const port = await startServer('off')
    await writeFile(join(root, `.${PDF_NAME}.part`), 'half')
    await writeFile(join(root, PDF_NAME), 'an earlier copy')
    expect(await deliverTo({ port })).toMatchObject({ outcome: 'delivered' })
    expect(await deliverTo({ port })).toMatchObject({ outcome: 'delivered' })
    expect(await readdir(root)).toEqual([PDF_NAME])
    expect(PDF.equals(await readFile(join(root, PDF_NAME)))).toBe(true)
  })

  test('deliveries at the same time do not disturb each other', async () => {
    const port = await startServer('off')
    const attempt = sampleAttempt({ port })
    const ids = Array.from({ length: 5 }, (_, index) => `20260702T093012Z-00000000000${index}`)
    const outcomes = await Promise.all(
      ids.map((id) => deliverByFtp(dependencies, { ...attempt, fax: { ...attempt.fax, id } })),
    )
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(5).fill('delivered'))
    expect(await readdir(root)).toHaveLength(5)
  })

  test('a wrong password fails', async () => {
    const port = await startServer('off')
    expect(await deliverTo({ port, username: 'bar' })).toMatchObject({ outcome: 'failed', code: '530' })
  })
})

describe('a certificate', () => {
  test.each(['explicit', 'implicit'] as const)(
    'of an unknown authority fails and says what to name (tls = %s)',
    async (tls) => {
      const port = await startServer(tls)
      const outcome = await deliverTo({ port, tls })
      expect(outcome).toMatchObject({ outcome: 'failed', text: expect.stringContaining('tls_ca') })
      expect(await readdir(root)).toEqual([])
    },
  )

  test.each(['explicit', 'implicit'] as const)(
    'for another name fails and says so (tls = %s)',
    async (tls) => {
      const other = await makeTestCertificates({ dns: 'ftp.example.org' })
      const port = await startServer(tls, other)
      const outcome = await deliverTo({ port, tls, tlsCa: other.ca })
      expect(outcome).toMatchObject({
        outcome: 'failed',
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
        text: expect.stringContaining('`host` has to be a name'),
      })
    },
  )
})

describe('the wrong kind of TLS fails and says so', () => {
  test('implicit where the server speaks first', async () => {
    const port = await startServer('off')
    const outcome = await deliverTo({ port, tls: 'implicit' })
    expect(outcome).toMatchObject({ outcome: 'failed', text: expect.stringContaining('check `tls`') })
  })

  test('explicit where there is none', async () => {
    const port = await startServer('off')
    const outcome = await deliverTo({ port, tls: 'explicit' })
    expect(outcome).toMatchObject({ outcome: 'failed', text: expect.stringContaining('tls = implicit') })
  })
})
