import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BackendOf } from '../../shared/routing-table/deployed-table.ts'
import { type FunctionLog, openFunctionLog } from '../lambda/function-log.ts'
import { makeFunctionPool } from '../lambda/function-pool.ts'
import { ensureCertificates } from './certificates.ts'
import { startFtpHosts } from './ftp-hosts.ts'

/** The FTP backend's own upload, in a local function's process, to a host that is redirected. */
const ENTRY = `import { uploadFile } from './functions/backends/ftp/upload.ts'
export async function handler({ server, password }) {
  try {
    await uploadFile({ server, password, fileName: 'fax.pdf', bytes: Buffer.from('a fax'), signal: AbortSignal.timeout(10000) })
    return 'stored'
  } catch (error) {
    return String(error.cause?.code ?? error.cause)
  }
}`

const BACKEND: BackendOf<'ftp'> = {
  kind: 'ftp',
  name: 'ftp',
  host: 'ftp.example.org',
  port: 21,
  username: 'fax',
  passwordSecret: 'secret',
  directory: '/in/box',
  tls: 'off',
  format: 'pdf',
}

let folder: string
let log: FunctionLog

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-upload-'))
  log = openFunctionLog(join(folder, 'functions.log'))
  await build({
    stdin: { contents: ENTRY, resolveDir: join(import.meta.dirname, '..', '..'), loader: 'ts' },
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
})
afterAll(async () => {
  await log.close()
  await rm(folder, { recursive: true })
})

async function uploadTo(backend: BackendOf<'ftp'>, server = backend): Promise<unknown> {
  const secrets = { read: async () => 'password', put: async () => {} }
  const home = await mkdtemp(join(folder, 'home-'))
  const hosts = await startFtpHosts(secrets, [backend], { folder: home, tlsFolder: join(home, 'tls') })
  const host = {
    region: 'eu-west-1',
    accessKeyId: 'key',
    secretAccessKey: 'secret',
    endpoint: 'http://127.0.0.1:1',
    dynamoDbEndpoint: 'http://127.0.0.1:1',
    ...hosts,
  }
  const definition = {
    name: 'upload',
    arn: 'arn:aws:lambda:eu-west-1:000000000000:function:upload',
    assetFolder: folder,
    handler: 'index.handler',
    environment: {},
    timeoutSeconds: 20,
    memoryMegabytes: 128,
  }
  const nodeBinary = process.env.FAXLANE_FUNCTION_NODE ?? process.execPath
  const pool = makeFunctionPool({ host, log, nodeBinary }, definition, 1)
  const result = await pool.invoke({ server, password: 'password' })
  await pool.close(0)
  await hosts.close()
  if (!result.ok) return result.error
  if (result.payload !== 'stored') return result.payload
  return await readFile(join(home, 'ftp.example.org', 'in', 'box', 'fax.pdf'), 'utf8')
}

test.each([
  ['off', 21],
  ['explicit', 21],
  ['implicit', 990],
] as const)('an upload with tls = %s lands in the folder of its host', async (tls, port) => {
  expect(await uploadTo({ ...BACKEND, tls, port })).toBe('a fax')
})

test('a backend that names an authority of its own verifies the local server too', async () => {
  const { authority } = await ensureCertificates(join(folder, 'foreign'), ['ftp.example.org'], new Date())
  expect(await uploadTo({ ...BACKEND, tls: 'explicit', tlsCa: authority })).toBe('a fax')
})

test('a host that is not in the table is not reached', async () => {
  expect(await uploadTo(BACKEND, { ...BACKEND, host: 'ftp.example.net' })).toBe('ERR_NOT_LOOPBACK')
})
