import { createHash } from 'node:crypto'
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStored } from '../functions/storage/faxes-bucket.ts'
import { QUEUE, startTestStandIn, type TestStandIn } from '../local/aws/testing.ts'
import { heartbeatSchema } from '../shared/messages.ts'
import { type BadLine, openBadLine } from './bad-line.ts'
import {
  arrivedFaxes,
  type EdgeInstallation,
  type EdgeProcess,
  installEdge,
  leftIn,
  takeCall,
} from './edge-process.ts'
import { waitFor } from './wait-for.ts'

const BUCKET = 'faxlane-test'
const SAMPLE = new URL('samples/text-fine-noecm.tif', import.meta.url).pathname

let cloud: TestStandIn
let line: BadLine
let s3: S3Client
let edge: EdgeInstallation
let agent: EdgeProcess
let reportsUrl: string

beforeAll(async () => {
  cloud = await startTestStandIn()
  s3 = new S3Client(cloud.client)
  await cloud.standIn.createBucket(BUCKET, [])
  reportsUrl = (await cloud.standIn.createQueue('faxlane-reports-paris', QUEUE)).url
  line = await openBadLine(cloud.standIn.endpoint, () => 'none')
  edge = await installEdge({ endpoint: line.endpoint, bucket: BUCKET, options: { scan_seconds: 60 } })
  agent = edge.run()
  await waitFor(() => (agent.output().includes('started') ? true : undefined))
})
afterAll(async () => {
  agent.child.kill('SIGTERM')
  await agent.ended
  await line.close()
  await cloud.end()
  await edge.remove()
})

const arrivals = () => arrivedFaxes(s3, BUCKET)
const arrivalOf = (callId: string) =>
  waitFor(async () => (await arrivals()).find(({ facts }) => facts.callId === callId))

describe('the edge agent as it is installed', () => {
  it('uploads what the dialplan leaves, at once, and removes it', async () => {
    const tiff = await readFile(SAMPLE)
    const stem = '1795420800-1795420790.1'
    await takeCall(edge.spool, {
      stem,
      tiff,
      facts: { source: '0478123456', destination: '100', status: 'SUCCESS' },
    })
    const { key, facts } = await arrivalOf(stem)
    expect(key).toMatch(/^incoming\/paris\/20261123T080000Z-[0-9a-z]{12}\.tif$/)
    expect(facts).toMatchObject({ source: '0478123456', destination: '100', status: 'SUCCESS' })
    const object = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }))
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(tiff)).toBe(true)
    await waitFor(async () => ((await leftIn(edge.spool)).length === 0 ? true : undefined))
    expect(agent.output()).toMatch(
      /fax-uploaded faxId=20261123T080000Z-\S+ sizeBytes=\d+ from=\*\*\*456 to=\*\*\*\d+/,
    )
  })

  it('uploads the record of a call without a page', async () => {
    const stem = '1795420801-1795420790.2'
    await takeCall(edge.spool, {
      stem,
      tiff: undefined,
      facts: { destination: '100', status: 'FAILED', error: 'gone' },
    })
    const { key, sizeBytes, facts } = await arrivalOf(stem)
    expect({ sizeBytes, facts }).toMatchObject({ sizeBytes: 0, facts: { status: 'FAILED', error: 'gone' } })
    // As the receiving function reads it.
    const tiff = await readStored(s3, BUCKET, { key, largestBytes: 100 })
    expect(tiff).toMatchObject({ sizeBytes: 0, bytes: new Uint8Array() })
  })

  it('takes a submission, which is safe when it returns', async () => {
    const words = [
      'submit',
      SAMPLE,
      '--from',
      '0478123456',
      '--to',
      '100',
      '--station-id=-x $(id)\n',
      '--call-id',
      'c1',
    ]
    const { exitCode, stdout, stderr } = await edge.command(...words)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^\d+-[0-9a-f-]{36}\n$/)
    expect((await arrivalOf('c1')).facts).toMatchObject({ source: '0478123456', stationId: '-x $(id)\n' })
    expect((await stat(SAMPLE)).size).toBeGreaterThan(0)
  })

  it('takes a submission of a reception that broke off, and says so', async () => {
    const words = ['submit', SAMPLE, '--to=100', '--error=RSPREC error', '--call-id=c3']
    expect((await edge.command(...words)).exitCode).toBe(0)
    expect((await arrivalOf('c3')).facts).toMatchObject({ status: 'FAILED', error: 'RSPREC error' })
  })

  it('takes the same submission twice for one fax, where call and time are said', async () => {
    const words = [
      'submit',
      SAMPLE,
      '--to',
      '100',
      '--call-id',
      'c2',
      '--received-at',
      '2026-11-23T08:00:00Z',
    ]
    const answers = await Promise.all([edge.command(...words), edge.command(...words)])
    expect(answers.map(({ stderr }) => stderr)).toEqual(['', ''])
    await waitFor(async () => ((await leftIn(edge.spool)).length === 0 ? true : undefined))
    expect((await arrivals()).filter(({ facts }) => facts.callId === 'c2')).toHaveLength(1)
  })

  it.each<[string, string[], number, RegExp]>([
    ['no file', ['submit', '--to', '100'], 2, /a file is missing/],
    ['no number', ['submit', SAMPLE], 2, /--to is missing/],
    ['a time of no kind', ['submit', SAMPLE, '--to', '1', '--received-at', 'now'], 2, /ISO 8601/],
    ['a file that is not there', ['submit', '/nowhere/x.tif', '--to', '1'], 1, /not submitted: ENOENT/],
    ['a file without a byte', ['submit', '/dev/null', '--to', '1'], 1, /not submitted: \/dev\/null is empty/],
  ])('refuses a submission with %s, and takes nothing', async (_, words, exitCode, text) => {
    const answer = await edge.command(...words)
    expect(answer).toMatchObject({ exitCode, stdout: '' })
    expect(answer.stderr).toMatch(text)
  })

  it('checks what it needs', async () => {
    const { exitCode, stdout } = await edge.command('check', '--json')
    const { checks } = JSON.parse(stdout)
    const states = Object.fromEntries(checks.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok]))
    expect(states).toEqual({
      config: true,
      spool: true,
      'refused faxes': true,
      'state folder': true,
      clock: true,
      credentials: true,
      bucket: true,
      'queue faxlane-reports-paris': true,
      sending: true,
    })
    expect(exitCode).toBe(0)
  })

  it('says how it is, and sends a sign of life with its count', async () => {
    const { exitCode, stdout } = await edge.command('status', '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      site: 'paris',
      running: true,
      waiting: 0,
      lastSuccess: expect.anything(),
    })
    const sqs = new SQSClient(cloud.client)
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: reportsUrl }))
    expect(heartbeatSchema.parse(JSON.parse(Messages?.[0]?.Body ?? ''))).toMatchObject({
      heartbeat: { agent: 'edge', waiting: 0 },
    })
    sqs.destroy()
  })

  it('survives that the cloud goes away in the middle of a file, and goes on when it is back', async () => {
    const tiff = Buffer.alloc(20_000_000, 7)
    const stem = '1795420802-1795420790.3'
    await takeCall(edge.spool, { stem, tiff, facts: { destination: '100' } })
    line.setUp(false)
    await waitFor(() => (agent.output().includes(`fax-waits name=${stem}`) ? true : undefined))
    line.setUp(true)
    expect(await arrivalOf(stem)).toMatchObject({ sizeBytes: tiff.length })
  })

  it('uploads no file that is still written, and all of it then', async () => {
    const stem = '1795420803-1795420790.4'
    const path = join(edge.spool, `${stem}.tif`)
    await writeFile(path, 'the first page')
    await appendFile(join(edge.spool, `${stem}.facts`), 'destination=MTAw\n')
    await takeCall(edge.spool, {
      stem: '1795420804-5',
      tiff: Buffer.from('another'),
      facts: { destination: '100' },
    })
    await arrivalOf('1795420804-5')
    expect((await arrivals()).some(({ facts }) => facts.callId === stem)).toBe(false)
    await appendFile(path, ' and the second')
    await appendFile(join(edge.spool, `${stem}.facts`), 'end\n')
    const { key } = await arrivalOf(stem)
    const object = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key, ChecksumMode: 'ENABLED' }))
    const whole = createHash('sha256').update('the first page and the second').digest('base64')
    expect(object.ChecksumSHA256).toBe(whole)
  })

  it('works alone on its spool, and stops when it is told to', async () => {
    const second = edge.run()
    expect(await second.ended).toBe(1)
    expect(second.output()).toMatch(/Another agent works on/)
    agent.child.kill('SIGTERM')
    expect(await agent.ended).toBe(0)
    expect(agent.output()).toMatch(/stopped name=faxlane-edge/)
  })
})
