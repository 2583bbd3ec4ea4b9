import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobFor } from '../../agents/edge/testing/transmit-site.ts'
import { filesOf } from '../../cli/pbx/plan.ts'
import { siteOfTable } from '../../cli/pbx/testing/sites.ts'
import { QUEUE, startTestStandIn, type TestStandIn } from '../../local/aws/testing.ts'
import type { TransmitJob } from '../../shared/transmission/transmit-job.ts'
import { type TransmissionEvent, transmissionReportSchema } from '../../shared/transmission/transmit-job.ts'
import { arrivedFaxes, type EdgeInstallation, type EdgeProcess, installEdge } from '../edge-process.ts'
import { waitFor } from '../wait-for.ts'
import { type RealAsterisk, startAsterisk, whyNoAsterisk } from './real-asterisk.ts'

const BUCKET = 'faxlane-test'
const AMI_PORT = 15_000 + (process.pid % 10_000)
const SECRET = 'a secret of the tests'
const SAMPLES = new URL('../samples/', import.meta.url).pathname

/** The site's own number: what is sent to it is received by the dialplan that the table generates. */
const OWN_NUMBER = '0112697845'
const TABLE = `[general]
country = FR
[log]
msg = x
[site_paris]
pbx = asterisk
station_id = +33 1 12 69 78 45
[dstnum_${OWN_NUMBER}]
dest = log
`

/** The world outside: numbers that answer in some way, and those that faxlane itself answers. */
const OUTSIDE = `[outside]
include = faxlane-paris
exten = 17,1,Hangup(17)
exten = 34,1,Hangup(34)
exten = 1,1,Hangup(1)
exten = 21,1,Hangup(21)
exten = 19,1,Ringing()
 same = n,Wait(60)
; A voice, which hangs up after three seconds.
exten = 5,1,Answer()
 same = n,Wait(3)
 same = n,Hangup()
; A fax machine that is cut off in the middle.
exten = 6,1,Set(TIMEOUT(absolute)=9)
 same = n,ReceiveFAX(/dev/null)
; A voice that never hangs up.
exten = 7,1,Answer()
 same = n,Wait(600)
`

const why = whyNoAsterisk()
if (why !== undefined) process.stderr.write(`\n${why}\n\n`)

describe.skipIf(why !== undefined)(`with a real Asterisk${why === undefined ? '' : ` (${why})`}`, () => {
  let asterisk: RealAsterisk
  let cloud: TestStandIn
  let s3: S3Client
  let sqs: SQSClient
  let edge: EdgeInstallation
  let agent: EdgeProcess
  const urls = { transmit: '', reports: '' }
  const events = new Map<string, TransmissionEvent[]>()
  let jobs = 0

  beforeAll(async () => {
    asterisk = await startAsterisk(({ spool }) => {
      const generated = Object.fromEntries(
        filesOf({ ...siteOfTable(TABLE), spool }, 'asterisk').map(({ path, text }) => [path, text]),
      )
      return {
        ...generated,
        'extensions.conf': `#include extensions_faxlane.conf\n${OUTSIDE}`,
        'manager.conf': [
          '[general]',
          'enabled = yes',
          'bindaddr = 127.0.0.1',
          `port = ${AMI_PORT}`,
          '#include manager_faxlane.conf',
          '[faxlane](faxlane-permissions)',
          `secret = ${SECRET}`,
          '',
        ].join('\n'),
      }
    })
    process.stdout.write(`${asterisk.version}\n`)
    cloud = await startTestStandIn()
    s3 = new S3Client(cloud.client)
    sqs = new SQSClient(cloud.client)
    await cloud.standIn.createBucket(BUCKET, [])
    urls.reports = (await cloud.standIn.createQueue('faxlane-reports-paris', QUEUE)).url
    urls.transmit = (await cloud.standIn.createQueue('faxlane-transmit-paris', QUEUE)).url
    edge = await installEdge({
      endpoint: cloud.standIn.endpoint,
      bucket: BUCKET,
      options: {
        spool: asterisk.spool,
        outgoing_folder: asterisk.outgoing,
        ami_user: 'faxlane',
        ami_port: AMI_PORT,
        dial_context: 'outside',
        channels: 8,
        scan_seconds: 1,
      },
    })
    const secretFile = join(edge.home, 'ami-secret')
    await writeFile(secretFile, SECRET, { mode: 0o600 })
    await edge.configure({ ami_secret_file: secretFile })
    agent = edge.run()
  })
  afterAll(async () => {
    agent?.child.kill('SIGKILL')
    await agent?.ended
    await asterisk?.end()
    await cloud?.end()
    await edge?.remove()
  })

  async function send(number: string, changes: Partial<TransmitJob> = {}, file = 'text-fine-noecm.tif') {
    jobs += 1
    const tiff = await readFile(join(SAMPLES, file))
    const sha256 = createHash('sha256').update(tiff).digest('base64')
    const job = jobFor(number, jobs, { sizeBytes: tiff.length, sha256, callSeconds: 120, ...changes })
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: job.key, Body: tiff }))
    await sqs.send(new SendMessageCommand({ QueueUrl: urls.transmit, MessageBody: JSON.stringify(job) }))
    return job
  }

  async function endOf({ transmissionId }: TransmitJob) {
    return await waitFor(async () => {
      const request = new ReceiveMessageCommand({ QueueUrl: urls.reports, MaxNumberOfMessages: 10 })
      for (const { Body: body = '', ReceiptHandle: receipt } of (await sqs.send(request)).Messages ?? []) {
        const report = transmissionReportSchema.safeParse(JSON.parse(body))
        if (report.success) {
          const { id, progress } = report.data.transmission
          events.set(id, [...(events.get(id) ?? []), progress])
        }
        await sqs.send(new DeleteMessageCommand({ QueueUrl: urls.reports, ReceiptHandle: receipt }))
      }
      return events.get(transmissionId)?.find((event) => event.event === 'ended')
    })
  }

  it('the check finds all that it needs', async () => {
    const { exitCode, stdout } = await edge.command('check')
    expect(stdout.split('\n').filter((line) => line.startsWith('✘'))).toEqual([])
    expect(exitCode).toBe(0)
  })

  it('a fax that the agent sends is received by the generated dialplan, and the agent uploads it', async () => {
    // Commas begin assignments, dollars expressions: here they are words.
    const header = `Smith, "A" \\ (b [c] $\{EPOCH}),FAX_JOB=0,XIVO_FAX_PATH=/etc/passwd`
    const job = await send(OWN_NUMBER, { stationId: '+33 1 11 11 11 11', header, callerNumber: '0199999999' })
    expect(await endOf(job)).toMatchObject({
      cause: 'sent',
      pagesSent: 1,
      rate: 14_400,
      remoteStationId: '+33 1 12 69 78 45',
      foreign: { status: 'SUCCESS', hangupCause: 16 },
    })
    expect(events.get(job.transmissionId)?.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['dialling', 'sending', 'ended']),
    )
    const arrived = await waitFor(async () => (await arrivedFaxes(s3, BUCKET))[0])
    expect(arrived.facts).toMatchObject({
      destination: OWN_NUMBER,
      source: '0199999999',
      stationId: '+33 1 11 11 11 11',
      status: 'SUCCESS',
      pages: '1',
    })
    // The header line above the page: 32 rows at fine, and so some bytes more.
    const sent = (await stat(join(SAMPLES, 'text-fine-noecm.tif'))).size
    expect(arrived.sizeBytes).toBeGreaterThan(sent)
  })

  it.each([
    ['17', 'busy', {}],
    ['34', 'congestion', {}],
    ['1', 'unallocated', {}],
    ['21', 'rejected', {}],
    ['19', 'no-answer', { answerSeconds: 10 }],
    ['404', 'pbx', {}],
    ['5', 'line', {}],
    ['6', 'line', {}],
    ['7', 'line', { callSeconds: 60 }],
  ] as const)('a call to %s ends as %s', async (number, cause, changes) => {
    const job = await send(number, changes)
    const end = await endOf(job)
    expect({ cause: end.cause, foreign: end.foreign }).toEqual({ cause, foreign: expect.anything() })
  })

  it('a document that Asterisk can not read as a fax is told as such', async () => {
    expect(await endOf(await send(OWN_NUMBER, {}, 'README.md'))).toMatchObject({ cause: 'file' })
  })

  it('an agent that is killed in the middle of a call follows it to its end', async () => {
    const job = await send(OWN_NUMBER)
    await waitFor(() => (asterisk.console('core show channels').includes('SendFAX') ? true : undefined))
    await pause(2000)
    agent.child.kill('SIGKILL')
    await agent.ended
    agent = edge.run()
    expect(await endOf(job)).toMatchObject({ cause: 'sent', pagesSent: 1 })
  })

  it('a call in the middle of which Asterisk is killed is unknown, and the next one is sent', async () => {
    const job = await send(OWN_NUMBER)
    await waitFor(() => (asterisk.console('core show channels').includes('SendFAX') ? true : undefined))
    await asterisk.kill()
    await asterisk.start()
    expect(await endOf(job)).toMatchObject({ cause: 'unknown' })
    expect(await endOf(await send(OWN_NUMBER))).toMatchObject({ cause: 'sent' })
  })
})
