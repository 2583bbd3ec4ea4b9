import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AMI_SECRET, AMI_USER, FakeAsterisk } from '../agents/edge/testing/fake-asterisk.ts'
import { jobFor, TIFF } from '../agents/edge/testing/transmit-site.ts'
import { attemptName } from '../agents/edge/transmit/originate.ts'
import { QUEUE, startTestStandIn, type TestStandIn } from '../local/aws/testing.ts'
import { transmissionReportSchema } from '../shared/transmission/transmit-job.ts'
import { type EdgeInstallation, installEdge } from './edge-process.ts'

const BUCKET = 'faxlane-test'
const KILLS = 100
const FAXES = 100
/** From the start of the process to somewhere in its third or fourth call. */
const LONGEST_LIFE_MILLISECONDS = 1200
/** The cloud's time runs so much faster: what a killed agent had in hand is back after a good second. */
const CLOUD_HASTE = 100

const asterisk = new FakeAsterisk()
let cloud: TestStandIn
let clockwork: NodeJS.Timeout
let s3: S3Client
let sqs: SQSClient
let edge: EdgeInstallation
const urls = { transmit: '', reports: '' }
/** The causes that were reported of an attempt, by its name. */
const ends = new Map<string, Set<string>>()

beforeAll(async () => {
  asterisk.haste = 50
  asterisk.outcomeOf = (number) =>
    Number(number) % 4 === 0 ? 'busy' : Number(number) % 7 === 0 ? 'cut-midway' : 'ok'
  await asterisk.start()
  cloud = await startTestStandIn()
  clockwork = setInterval(() => cloud.clock.advance(20 * CLOUD_HASTE), 20)
  s3 = new S3Client(cloud.client)
  sqs = new SQSClient(cloud.client)
  await cloud.standIn.createBucket(BUCKET, [])
  urls.reports = (await cloud.standIn.createQueue('faxlane-reports-paris', QUEUE)).url
  urls.transmit = (await cloud.standIn.createQueue('faxlane-transmit-paris', QUEUE)).url
  edge = await installEdge({
    endpoint: cloud.standIn.endpoint,
    bucket: BUCKET,
    options: { ami_user: AMI_USER, ami_port: asterisk.port, channels: 2 },
  })
  const secretFile = join(edge.home, 'ami-secret')
  await writeFile(secretFile, AMI_SECRET, { mode: 0o600 })
  await edge.configure({ ami_secret_file: secretFile })
})
afterAll(async () => {
  clearInterval(clockwork)
  await asterisk.stop()
  await cloud.end()
  await edge.remove()
})

async function takeReports(): Promise<void> {
  for (;;) {
    const request = new ReceiveMessageCommand({ QueueUrl: urls.reports, MaxNumberOfMessages: 10 })
    const { Messages = [] } = await sqs.send(request)
    if (Messages.length === 0) return
    for (const { Body: body = '', ReceiptHandle: receipt } of Messages) {
      const report = transmissionReportSchema.safeParse(JSON.parse(body))
      if (report.success && report.data.transmission.progress.event === 'ended') {
        const { id, attempt, progress } = report.data.transmission
        const name = attemptName({ transmissionId: id, attempt })
        ends.set(name, (ends.get(name) ?? new Set()).add(progress.event === 'ended' ? progress.cause : ''))
      }
      await sqs.send(new DeleteMessageCommand({ QueueUrl: urls.reports, ReceiptHandle: receipt }))
    }
  }
}

it(`an agent that is killed ${KILLS} times over ${FAXES} faxes dials none twice, and each has an end`, async () => {
  const jobs = Array.from({ length: FAXES }, (_, index) => jobFor(`0478${100_000 + index}`, index))
  for (const job of jobs) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: job.key, Body: TIFF }))
    await sqs.send(new SendMessageCommand({ QueueUrl: urls.transmit, MessageBody: JSON.stringify(job) }))
  }
  let killsInCalls = 0
  for (let kills = 0; kills < KILLS; kills++) {
    const agent = edge.run()
    await pause(300 + Math.random() * LONGEST_LIFE_MILLISECONDS)
    if (asterisk.liveCalls() > 0) killsInCalls += 1
    agent.child.kill('SIGKILL')
    await agent.ended
    await takeReports()
  }
  const last = edge.run()
  const giveUpAt = performance.now() + 90_000
  // Before it has begun, a signal would end it as any program.
  while (ends.size < FAXES || !last.output().includes('started')) {
    if (performance.now() > giveUpAt) throw new Error(`${FAXES - ends.size} have no end:\n${last.output()}`)
    await pause(50)
    await takeReports()
  }
  last.child.kill('SIGTERM')
  expect(await last.ended).toBe(0)
  const dialled = asterisk.dialled.map(({ uniqueId }) => uniqueId)
  expect(new Set(dialled).size).toBe(dialled.length)
  expect([...ends.keys()].sort()).toEqual(jobs.map(attemptName).sort())
  // What was reported once is not unsaid.
  expect([...ends.values()].filter((causes) => causes.size > 1)).toEqual([])
  const counted = [...ends.values()].flatMap((causes) => [...causes])
  const count = (cause: string) => counted.filter((one) => one === cause).length
  console.log(
    `${KILLS} kills, ${killsInCalls} of them with calls up: ` +
      ['sent', 'busy', 'line', 'unknown'].map((cause) => `${cause} ${count(cause)}`).join(', '),
  )
  expect(count('sent') + count('busy') + count('line') + count('unknown')).toBe(FAXES)
  // Enough of the kills found something to spoil; how many depends on how fast the machine starts an agent.
  expect(killsInCalls).toBeGreaterThan(KILLS / 10)
  // Unknown is what ended while no agent ran: not the answer to every kill.
  expect(count('unknown')).toBeLessThan(FAXES / 2)
  expect(count('sent')).toBeGreaterThan(FAXES / 4)
}, 400_000)
