import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { s3Incoming } from '../agents/edge/s3-incoming.ts'
import { OtherBytesError, uploadFax } from '../agents/edge/upload.ts'
import { folderPrinter } from '../agents/print/folder-printer.ts'
import { memoryJournal } from '../agents/print/job-journal.ts'
import { startPrintAgent } from '../agents/print/print-agent.ts'
import { s3JobFiles } from '../agents/queue/s3-job-files.ts'
import { sqsReports, sqsWorkQueue } from '../agents/queue/sqs-work-queue.ts'
import { realWaiting } from '../agents/waiting.ts'
import { QUEUE, startTestStandIn, type TestStandIn } from '../local/aws/testing.ts'
import { type Facts, factsFromMetadata } from '../shared/facts.ts'
import type { PrintJob } from '../shared/messages.ts'

const BUCKET = 'faxlane-test'
const SAMPLE = new URL('samples/text-superfine-ecm.tif', import.meta.url).pathname
const facts: Facts = {
  source: '0033112697845',
  destination: '0123456789',
  stationId: 'Müller & Søn',
  callId: '1795420800.42',
  receivedAt: '2026-11-23T08:00:00.000Z',
}
const waiting = {
  ...realWaiting,
  pause: (_milliseconds: number, signal?: AbortSignal) => realWaiting.pause(1, signal),
}

let cloud: TestStandIn
let home: string
let s3: S3Client
let sqs: SQSClient
let lines: string[]
const log = (event: string, fields: object) => void lines.push(`${event} ${JSON.stringify(fields)}`)

beforeAll(async () => {
  cloud = await startTestStandIn()
  home = await mkdtemp(join(tmpdir(), 'faxlane-agents-'))
  s3 = new S3Client(cloud.client)
  sqs = new SQSClient(cloud.client)
  await cloud.standIn.createBucket(BUCKET, [])
})
beforeEach(() => {
  lines = []
})
afterAll(async () => {
  await cloud.end()
  await rm(home, { recursive: true })
})

/** A fax of its own for each test: the sample, received in another call. */
const callOf = (callId: string): Facts => ({ ...facts, callId })

describe('uploadFax to S3', () => {
  it('stores bytes, type, checksum and facts', async () => {
    const incoming = s3Incoming(s3, { bucket: BUCKET })
    const uploaded = await uploadFax({ incoming, waiting, log }, { site: 'paris', file: SAMPLE, facts })
    const object = await s3.send(
      new GetObjectCommand({ Bucket: BUCKET, Key: uploaded.key, ChecksumMode: 'ENABLED' }),
    )
    const bytes = await readFile(SAMPLE)
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true)
    expect(object.ContentType).toBe('image/tiff')
    expect(object.ChecksumSHA256).toBe(createHash('sha256').update(bytes).digest('base64'))
    expect(factsFromMetadata(object.Metadata ?? {}, new Date(0))).toEqual(facts)
  })

  it('finds an earlier upload again, and refuses other bytes under its name', async () => {
    const incoming = s3Incoming(s3, { bucket: BUCKET })
    const upload = { site: 'paris', file: SAMPLE, facts: callOf('twice') }
    const first = await uploadFax({ incoming, waiting, log }, upload)
    expect(await uploadFax({ incoming, waiting, log }, upload)).toEqual({ ...first, alreadyThere: true })
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: first.key, Body: 'other bytes' }))
    await expect(uploadFax({ incoming, waiting, log }, upload)).rejects.toThrow(OtherBytesError)
  })

  it('throws what no waiting mends, at once', async () => {
    const incoming = s3Incoming(s3, { bucket: 'no-such-bucket' })
    const upload = uploadFax({ incoming, waiting, log }, { site: 'paris', file: SAMPLE, facts })
    await expect(upload).rejects.toMatchObject({ name: 'NoSuchBucket' })
    expect(lines).toEqual([])
  })

  it('survives a file that shrinks while it is sent', async () => {
    const file = join(home, 'shrinks.tif')
    await writeFile(file, '')
    await truncate(file, 8_000_000)
    const incoming = s3Incoming(s3, { bucket: BUCKET })
    let cut: Promise<void> | undefined
    const upload = uploadFax({ incoming, waiting, log }, { site: 'paris', file, facts }, () => {
      cut ??= truncate(file, 10)
    })
    await expect(upload).rejects.toMatchObject({ name: 'FileChangedError' })
    await cut
  })

  it('takes an object that is not there for missing', async () => {
    const incoming = s3Incoming(s3, { bucket: BUCKET })
    expect(await incoming.headTiff('incoming/paris/none.tif')).toEqual({ answer: 'missing' })
  })

  it('holds no file in memory', async () => {
    const file = join(home, 'large.tif')
    await writeFile(file, '')
    await truncate(file, 90_000_000)
    const incoming = s3Incoming(s3, { bucket: BUCKET })
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    await uploadFax({ incoming, waiting, log }, { site: 'paris', file, facts }, () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    })
    // Both ends of the line are in this process, and what the collector has not looked at yet.
    expect(most).toBeLessThan(60_000_000)
  })
})

describe('uploadFax over a bad line', () => {
  type Fault = 'none' | '503' | '409' | 'cut before' | 'answer lost' | 'silence'

  /** Stands between an agent and the cloud, and lets each put meet the next fault of a list. */
  async function badLine(faults: Fault[]): Promise<{ server: Server; client: S3Client }> {
    const server = createServer((incoming, outgoing) => {
      const fault = incoming.method === 'PUT' ? (faults.shift() ?? 'none') : 'none'
      if (fault === 'cut before') return void incoming.socket.destroy()
      if (fault === 'silence') return void incoming.resume()
      if (fault === '503') return void refuse(incoming, outgoing, 503, 'SlowDown')
      if (fault === '409') return void refuse(incoming, outgoing, 409, 'ConditionalRequestConflict')
      forward(incoming, outgoing, fault === 'answer lost')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the line has no port')
    return { server, client: new S3Client({ ...cloud.client, endpoint: `http://127.0.0.1:${address.port}` }) }
  }

  function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: number, code: string): void {
    incoming.resume()
    incoming.once('end', () => {
      outgoing.writeHead(status, { 'content-type': 'application/xml' })
      outgoing.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>try again</Message></Error>`)
    })
  }

  function forward(incoming: IncomingMessage, outgoing: ServerResponse, loseAnswer: boolean): void {
    const { method, url, headers } = incoming
    const onward = request(new URL(url ?? '/', cloud.standIn.endpoint), { method, headers }, (answer) => {
      if (loseAnswer) return void answer.resume().once('end', () => incoming.socket.destroy())
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  }

  it.each<[Fault[], boolean]>([
    [['503', '503'], false],
    [['409'], false],
    [['cut before'], false],
    [['answer lost'], true],
    [['silence'], false],
    [['503', 'answer lost', '409', 'cut before'], true],
  ])('through %j stores it once', async (faults, alreadyThere) => {
    const { server, client } = await badLine([...faults])
    const incoming = s3Incoming(client, { bucket: BUCKET, stallMilliseconds: 1000 })
    const request = { site: 'paris', file: SAMPLE, facts: callOf(faults.join()) }
    const uploaded = await uploadFax({ incoming, waiting, log }, request)
    expect(uploaded.alreadyThere).toBe(alreadyThere)
    const object = await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: uploaded.key }))
    expect(object.ContentLength).toBe(uploaded.sizeBytes)
    client.destroy()
    server.closeAllConnections()
    server.close()
  })

  it('waits for what was read at once and is still on its way', async () => {
    const { hostname, port } = new URL(cloud.standIn.endpoint)
    // All of the fax fits into the buffers before it, and leaves them after a while.
    const slow = createTcpServer((socket) => {
      socket.on('error', () => {})
      const onward = connect(Number(port), hostname)
      onward.on('error', () => socket.destroy())
      onward.pipe(socket)
      setTimeout(() => socket.pipe(onward), 600)
    })
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
    const client = new S3Client({
      ...cloud.client,
      endpoint: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
    })
    const incoming = s3Incoming(client, { bucket: BUCKET, stallMilliseconds: 200 })
    const request = { site: 'paris', file: SAMPLE, facts: callOf('slow'), limits: { attempts: 1 } }
    expect(await uploadFax({ incoming, waiting, log }, request)).toMatchObject({ alreadyThere: false })
    client.destroy()
    slow.close()
  })

  it('says that nothing moved when a put hangs', async () => {
    const silent = createTcpServer((socket) => socket.on('error', () => {}))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    if (address === null || typeof address === 'string') throw new Error('the line has no port')
    const client = new S3Client({ ...cloud.client, endpoint: `http://127.0.0.1:${address.port}` })
    const incoming = s3Incoming(client, {
      ...{ bucket: BUCKET, stallMilliseconds: 200 },
      slowestBytesPerMillisecond: Number.POSITIVE_INFINITY,
    })
    const upload = uploadFax(
      { incoming, waiting, log },
      { site: 'paris', file: SAMPLE, facts, limits: { attempts: 2 } },
    )
    await expect(upload).rejects.toThrow(
      /2 attempts; the last one: putting incoming\/paris\/.*: nothing moved for 0.2 s/,
    )
    client.destroy()
    silent.close()
  })
})

describe('s3JobFiles', () => {
  const whole = Buffer.alloc(100, 7)
  const checksum = createHash('sha256').update(whole).digest('base64')

  it.each([
    ['breaks off', whole.subarray(0, 10)],
    ['was changed on the way', Buffer.alloc(100, 8)],
  ])('gives no file to print when the object %s', async (what, sent) => {
    const server = createServer((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-length': '100', 'x-amz-checksum-sha256': checksum })
      outgoing.write(sent, () => {
        if (sent.length < 100) outgoing.destroy()
        else outgoing.end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    const client = new S3Client({ ...cloud.client, endpoint: `http://127.0.0.1:${address.port}` })
    const files = s3JobFiles(client, { bucket: BUCKET })
    await expect(files.fetch('print/paris/x.pdf', join(home, `${what}.pdf`))).rejects.toThrow()
    client.destroy()
    server.close()
  })
})

describe('the print agent on SQS and S3', () => {
  async function site(name: string) {
    const queues = await Promise.all(
      [`print-${name}`, `reports-${name}`].map((queue) => cloud.standIn.createQueue(queue, QUEUE)),
    )
    const [printUrl, reportsUrl] = queues.map(({ url }) => url)
    if (printUrl === undefined || reportsUrl === undefined) throw new Error('a queue has no URL')
    const paper = join(home, `paper-${name}`)
    const start = () =>
      startPrintAgent(
        {
          queue: sqsWorkQueue(sqs, { queueUrl: printUrl }),
          files: s3JobFiles(s3, { bucket: BUCKET }),
          reports: sqsReports(sqs, { queueUrl: reportsUrl }),
          printer: folderPrinter(paper),
          journal: memoryJournal(),
          waiting,
          log,
        },
        { workFolder: join(home, `work-${name}`) },
      )
    const send = (body: string) => sqs.send(new SendMessageCommand({ QueueUrl: printUrl, MessageBody: body }))
    return { start, send, paper, reports: sqsWorkQueue(sqs, { queueUrl: reportsUrl }) }
  }

  const job: PrintJob = {
    version: 1,
    faxId: '20261123T080000Z-0123456789ab',
    backend: 'printer_office',
    key: 'print/paris/20261123T080000Z-0123456789ab-printer_office.pdf',
    format: 'pdf',
    printer: 'office',
    title: 'a fax',
    fileName: '012-003.pdf',
    pages: 1,
  }

  it('prints, reports and removes', async () => {
    const { start, send, paper, reports } = await site('works')
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: job.key, Body: '%PDF of a fax' }))
    const agent = start()
    await send(JSON.stringify(job))
    const report = await reports.receive(30, new AbortController().signal)
    expect(JSON.parse(report?.body ?? '')).toMatchObject({
      faxId: job.faxId,
      backend: 'printer_office',
      outcome: { outcome: 'delivered', receipt: join(paper, 'office', '012-003.pdf') },
    })
    expect(await readFile(join(paper, 'office', '012-003.pdf'), 'utf8')).toBe('%PDF of a fax')
    await agent.stop()
    expect(cloud.standIn.queueDepths()['print-works']).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  it('reports a file that is not there, and leaves what is no job', async () => {
    const { start, send, reports } = await site('fails')
    const agent = start()
    await send('{"Records":[]}')
    await send(JSON.stringify({ ...job, key: 'print/paris/none.pdf' }))
    const report = await reports.receive(30, new AbortController().signal)
    expect(JSON.parse(report?.body ?? '')).toMatchObject({
      outcome: { outcome: 'failed', code: 'NoSuchKey' },
    })
    await agent.stop()
    expect(cloud.standIn.queueDepths()['print-fails']).toEqual({ visible: 0, inFlight: 1, delayed: 0 })
    expect(lines.join('\n')).toContain('no-print-job')
  })

  it('stops in the middle of a long poll, at once', async () => {
    const { start } = await site('idle')
    const agent = start()
    await pause(200)
    const before = Date.now()
    await agent.stop()
    expect(Date.now() - before).toBeLessThan(1000)
    expect(lines).toEqual([])
  })
})
