import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Clients, makeClients } from './gateway/clients.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { listenOnLoopback } from './lambda/listen.ts'
import { writeSampleAssembly } from './template/sample-assembly.ts'

/** Functions that write down what they were called with. */
const recorder = (name: string) => `import { appendFileSync } from 'node:fs'
  export const handler = async (event) => {
    appendFileSync(process.env.LAMBDA_TASK_ROOT + '/calls.jsonl', JSON.stringify({ event, environment: process.env }) + '\\n')
    ${name === 'receive' ? `if (event.Records[0].body.includes('fail')) throw new Error('refused')` : ''}
    return { batchItemFailures: [] }
  }`
const DOWNLOAD = `export const handler = async (event) => ({ statusCode: 302, headers: { location: event.rawPath } })`
const TABLE = {
  version: 1,
  timeZone: 'UTC',
  sites: ['main'],
  backends: [
    {
      kind: 'ftp',
      name: 'ftp',
      host: 'ftp.example.org',
      port: 21,
      username: 'fax',
      passwordSecret: 'sample/ftp',
      tls: 'explicit',
      format: 'pdf',
    },
  ],
  numbers: {},
}

let folder: string
let assemblyFolder: string
let homeFolder: string
let problems: string[]
let gateway: Gateway
let clients: Clients

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-gateway-'))
  assemblyFolder = join(folder, 'assembly')
  homeFolder = join(folder, 'home')
  problems = []
  const sources = { receive: recorder('receive'), settle: recorder('settle'), download: DOWNLOAD }
  await writeSampleAssembly(assemblyFolder, sources, TABLE)
  await start()
})
afterEach(async () => {
  clients.close()
  await gateway.close()
  await rm(folder, { recursive: true })
})

async function start(): Promise<void> {
  gateway = await startGateway({ homeFolder, assemblyFolder, onProblem: (text) => problems.push(text) })
  clients = makeClients(gateway)
}

interface Call {
  event: { Records: { body: string; eventSource: string; eventSourceARN: string }[] }
  environment: Record<string, string>
}

async function callsOf(functionName: string): Promise<Call[]> {
  const text = await readFile(join(assemblyFolder, `asset.${functionName}`, 'calls.jsonl'), 'utf8').catch(
    () => '',
  )
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** The call with this text in its message: S3's test event, for one, may come before it. */
async function callAbout(text: string, functionName: string): Promise<Call> {
  for (let looks = 0; looks < 200; looks++) {
    const calls = await callsOf(functionName)
    const call = calls.find(({ event }) => event.Records.some(({ body }) => body.includes(text)))
    if (call !== undefined) return call
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${functionName} was not called about ${text}. Problems: ${problems.join('; ')}`)
}

function put(key: string, body: string) {
  return clients.s3.send(new PutObjectCommand({ Bucket: gateway.bucket, Key: key, Body: body }))
}

test('an object under incoming/ calls receive as S3 and SQS would, in its own environment', async () => {
  await put('incoming/main/a fax.tif', 'bytes')
  const { event, environment } = await callAbout('a+fax.tif', 'receive')
  expect(event.Records).toHaveLength(1)
  expect(event.Records[0]).toMatchObject({
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:sample-arrivals',
  })
  expect(JSON.parse(event.Records[0]?.body ?? '')).toMatchObject({
    Records: [{ eventSource: 'aws:s3', s3: { object: { key: 'incoming/main/a+fax.tif' } } }],
  })
  expect(environment).toMatchObject({
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: gateway.dynamoDbEndpoint,
    FAXES_BUCKET: gateway.bucket,
    REPORTS_QUEUE_URL: gateway.reportsQueues.main,
  })
  const { redirects, certificateAuthority } = JSON.parse(environment.FAXLANE_LOOPBACK ?? '{}')
  expect(redirects).toMatchObject([{ host: 'ftp.example.org', port: 21 }])
  expect(certificateAuthority).toContain('BEGIN CERTIFICATE')
})

test('a job on the print queue is printed into a folder and reported', async () => {
  const faxId = '20261123T054151Z-0k3w9x7m2r4t'
  await put(`print/main/${faxId}.pdf`, 'a page')
  const job = {
    version: 1,
    faxId,
    backend: 'printer_office',
    key: `print/main/${faxId}.pdf`,
    format: 'pdf',
    printer: 'office',
    title: 'Fax',
    fileName: 'fax.pdf',
    pages: 1,
  }
  await clients.sqs.send(
    new SendMessageCommand({ QueueUrl: gateway.printQueues.main, MessageBody: JSON.stringify(job) }),
  )
  const { event } = await callAbout(faxId, 'settle')
  expect(JSON.parse(event.Records[0]?.body ?? '')).toMatchObject({ faxId, outcome: { outcome: 'delivered' } })
  expect(await readFile(join(gateway.folders.printed, 'office', 'fax.pdf'), 'utf8')).toBe('a page')
})

test('a function that fails is a problem that is told, and its message stays', async () => {
  await put('incoming/main/fail.tif', 'bytes')
  await callAbout('fail.tif', 'receive')
  await gateway.close()
  expect(problems).toEqual([expect.stringContaining('Error: refused')])
  expect(await readFile(gateway.folders.functionsLog, 'utf8')).toContain('"function":"sample-receive"')
})

test('after a stop it goes on on the same ports with what is there, and keeps its files to the owner', async () => {
  const { endpoint, bucket } = gateway
  await put('incoming/main/first.tif', 'bytes')
  await callAbout('first.tif', 'receive')
  clients.close()
  await gateway.close()
  expect(await readdir(homeFolder)).not.toContain('gateway.json')
  await start()
  expect(gateway).toMatchObject({ endpoint, bucket })
  expect(await readFile(join(gateway.folders.bucket, 'incoming', 'main', 'first.tif'), 'utf8')).toBe('bytes')
  for (const name of ['', 'gateway.json', 'functions.log', 'tls/certificates.json']) {
    expect((await stat(join(homeFolder, name))).mode & 0o077).toBe(0)
  }
})

test('a port that another program has taken meanwhile gives another one', async () => {
  const { endpoint } = gateway
  clients.close()
  await gateway.close()
  const other = createServer()
  await listenOnLoopback(other, Number(new URL(endpoint).port))
  await start()
  other.close()
  expect(gateway.endpoint).not.toBe(endpoint)
  expect((await fetch(gateway.endpoint)).status).toBeGreaterThanOrEqual(400)
})

test('the link of a mail leads to the download function', async () => {
  const { functionUrls } = JSON.parse(await readFile(join(homeFolder, 'ports.json'), 'utf8'))
  const response = await fetch(`http://127.0.0.1:${functionUrls['sample-download']}/token`, {
    redirect: 'manual',
  })
  expect([response.status, response.headers.get('location')]).toEqual([302, '/token'])
})

test('a second one on the same folder is told of the first, and takes nothing from it', async () => {
  const { close: _close, ...running } = gateway
  await expect(startGateway({ homeFolder, assemblyFolder })).rejects.toMatchObject({
    name: 'GatewayRuns',
    gateway: running,
  })
  expect(JSON.parse(await readFile(join(homeFolder, 'gateway.json'), 'utf8')).pid).toBe(process.pid)
})

test('one that cannot start leaves nothing behind that runs', async () => {
  const other = join(folder, 'other')
  await expect(startGateway({ homeFolder: other, assemblyFolder: folder })).rejects.toThrow('manifest.json')
  expect(await readdir(other)).toEqual([])
})
