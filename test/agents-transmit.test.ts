import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AMI_SECRET, AMI_USER, FakeAsterisk } from '../agents/edge/testing/fake-asterisk.ts'
import { jobFor, TIFF } from '../agents/edge/testing/transmit-site.ts'
import { s3Claims } from '../agents/edge/transmit/claims.ts'
import { attemptName } from '../agents/edge/transmit/originate.ts'
import { makeClaimAttempt } from '../functions/api/claim-attempt.ts'
import { waitingTransmission } from '../functions/ledger/sample-transmission.ts'
import { QUEUE, startTestStandIn, type TestStandIn } from '../local/aws/testing.ts'
import { parseAgentClaim } from '../shared/transmission/claim.ts'
import { claimKey } from '../shared/transmission/keys.ts'
import { type TransmissionEvent, transmissionReportSchema } from '../shared/transmission/transmit-job.ts'
import { type EdgeInstallation, type EdgeProcess, installEdge } from './edge-process.ts'
import { waitFor } from './wait-for.ts'

const BUCKET = 'faxlane-test'

const asterisk = new FakeAsterisk()
let cloud: TestStandIn
let s3: S3Client
let sqs: SQSClient
let edge: EdgeInstallation
let agent: EdgeProcess
let transmitUrl: string
let reportsUrl: string
const events = new Map<string, TransmissionEvent[]>()

beforeAll(async () => {
  await asterisk.start()
  cloud = await startTestStandIn()
  s3 = new S3Client(cloud.client)
  sqs = new SQSClient(cloud.client)
  await cloud.standIn.createBucket(BUCKET, [])
  reportsUrl = (await cloud.standIn.createQueue('faxlane-reports-paris', QUEUE)).url
  transmitUrl = (await cloud.standIn.createQueue('faxlane-transmit-paris', QUEUE)).url
  const options = { ami_user: AMI_USER, ami_port: asterisk.port, channels: 2 }
  edge = await installEdge({ endpoint: cloud.standIn.endpoint, bucket: BUCKET, options })
  const secretFile = join(edge.home, 'ami-secret')
  await writeFile(secretFile, `${AMI_SECRET}\n`, { mode: 0o600 })
  await edge.configure({ ami_secret_file: secretFile })
  agent = edge.run()
})
afterAll(async () => {
  agent.child.kill('SIGTERM')
  await agent.ended
  await asterisk.stop()
  await cloud.end()
  await edge.remove()
})

/** As the gateway does: the document, then the job. */
async function send(number: string, index: number) {
  const job = jobFor(number, index)
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: job.key, Body: TIFF }))
  await sqs.send(new SendMessageCommand({ QueueUrl: transmitUrl, MessageBody: JSON.stringify(job) }))
  return job
}

async function takeReports(): Promise<void> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: reportsUrl, MaxNumberOfMessages: 10 }),
  )
  for (const { Body: body = '', ReceiptHandle: receipt } of Messages) {
    const report = transmissionReportSchema.safeParse(JSON.parse(body))
    if (report.success) {
      const { id, progress } = report.data.transmission
      events.set(id, [...(events.get(id) ?? []), progress])
    }
    await sqs.send(new DeleteMessageCommand({ QueueUrl: reportsUrl, ReceiptHandle: receipt }))
  }
}

const endOf = (id: string) =>
  waitFor(async () => {
    await takeReports()
    return events.get(id)?.find((event) => event.event === 'ended')
  })

describe('the edge agent as it is installed', () => {
  it('sends a fax, claims it first, and leaves nothing behind', async () => {
    const job = await send('0478123456', 1)
    expect(await endOf(job.transmissionId)).toMatchObject({ cause: 'sent', pagesSent: expect.any(Number) })
    expect(events.get(job.transmissionId)?.[0]).toEqual({ event: 'dialling' })
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: claimKey(job) }))
    expect(parseAgentClaim((await body?.transformToString()) ?? '')).toMatchObject({ version: 1 })
    expect(await readdir(edge.outgoing)).toEqual([])
    expect(asterisk.dialled.map(({ uniqueId }) => uniqueId)).toEqual([attemptName(job)])
    expect(agent.output()).not.toContain('0478123456')
  })

  it('dials nothing that was canceled before', async () => {
    const job = jobFor('0478123456', 2)
    await s3.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: claimKey(job), Body: 'canceled', IfNoneMatch: '*' }),
    )
    await send('0478123456', 2)
    expect(await endOf(job.transmissionId)).toMatchObject({ cause: 'canceled' })
    expect(asterisk.dialled).toHaveLength(1)
  })

  it('says how it sends', async () => {
    // It writes its status once a second at most.
    await waitFor(async () => {
      const { stdout } = await edge.command('status')
      return / {2}sending {7}0\n {2}PBX {11}Asterisk Call Manager\/9.0.0\n/.test(stdout) ? true : undefined
    })
  })

  it('checks all that sending needs', async () => {
    const { exitCode, stdout } = await edge.command('check')
    expect(stdout).toContain(
      `✔ PBX: Asterisk Call Manager/9.0.0 at 127.0.0.1:${asterisk.port}, logged in as faxlane`,
    )
    for (const name of [
      'PBX permissions',
      'PBX events',
      'context that dials',
      'context that sends',
      'outgoing folder',
      'bucket: faxlane-test: may read transmit/paris/',
      'queue faxlane-transmit-paris',
    ]) {
      expect(stdout).toContain(`✔ ${name}`)
    }
    expect(exitCode).toBe(0)
  })

  it('says in its check what is not there, and the way out', async () => {
    asterisk.contexts = ['default']
    asterisk.denied.add('Originate')
    const { exitCode, stdout } = await edge.command('check')
    asterisk.contexts = ['default', 'txfax']
    asterisk.denied.clear()
    expect(stdout).toMatch(/✘ PBX permissions: may not Originate\n {4}fix: .*write = originate,call/)
    expect(stdout).toMatch(/✘ context that sends: the dialplan has no \[txfax\] with extension s\n {4}fix: /)
    expect(exitCode).toBe(1)
  })
})

it('a claim that is larger than any agent’s is a cancellation, and is not read', async () => {
  const job = jobFor('1', 4)
  const key = claimKey(job)
  const at = new Date('2026-11-25T08:00:00Z')
  const padded = `${JSON.stringify({ version: 1, agent: 'one', at: at.toISOString() })}${' '.repeat(5_000)}`
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: padded }))
  expect(await s3Claims(s3, { bucket: BUCKET }).take(key, 'one', at)).toEqual({ claim: 'canceled' })
  const claimed = makeClaimAttempt(s3, BUCKET, () => at)
  expect(
    await claimed(
      waitingTransmission({ id: job.transmissionId, site: job.site, attempt: job.attempt }),
      'ann',
    ),
  ).toBe(true)
})

it('a claim is taken once, and the answer to the one who took it stays the same', async () => {
  const claims = s3Claims(s3, { bucket: BUCKET })
  const key = claimKey(jobFor('1', 3))
  const at = new Date('2026-11-25T08:00:00Z')
  const answers = await Promise.all(['one', 'two'].map((name) => claims.take(key, name, at)))
  expect(answers.map(({ claim }) => claim).sort()).toEqual(['mine', 'theirs'])
  const winner = answers[0]?.claim === 'mine' ? 'one' : 'two'
  expect(await claims.take(key, winner, new Date())).toEqual({ claim: 'mine', at: at.toISOString() })
  expect(await claims.take(key, 'three', new Date())).toEqual({ claim: 'theirs', at: at.toISOString() })
})
