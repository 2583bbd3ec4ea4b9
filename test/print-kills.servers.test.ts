import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
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
import { bundleAgent } from '../agents/packaging/bundle-agents.ts'
import { openJobJournal } from '../agents/print/job-journal.ts'
import { sitePrinter } from '../agents/print/site-printer.ts'
import { sweepOnce } from '../agents/print/sweep-strays.ts'
import { type Paper, startCups, startPaper, type TestCups, until } from '../agents/print/testing/cups.ts'
import { realWaiting } from '../agents/waiting.ts'
import { CREDENTIALS, QUEUE, REGION, startTestStandIn, type TestStandIn } from '../local/aws/testing.ts'
import { makeFaxId } from '../shared/fax-id.ts'
import { type PrintJob, type Report, reportSchema } from '../shared/messages.ts'

const BUCKET = 'faxlane-test'
const KILLS = 200
/** Longer than the agent keeps a message invisible without a sign of life. */
const INVISIBLE_MILLISECONDS = 121_000
/** A job takes about 200 ms from its message to the removal: kills fall into all of it. */
const LONGEST_LIFE_MILLISECONDS = 350
const PRINTERS = ['office', 'store'] as const

let home: string
let cloud: TestStandIn
let cups: TestCups
let papers: Paper[]
let bundle: string
let s3: S3Client
let sqs: SQSClient
const urls: Record<string, string> = {}
let clockwork: NodeJS.Timeout

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-kills-'))
  // CUPS's filters and backends run as lp, and have to get to the spool.
  await chmod(home, 0o711)
  cloud = await startTestStandIn({ homeFolder: join(home, 'cloud') })
  clockwork = setInterval(() => cloud.clock.advance(20), 20)
  s3 = new S3Client(cloud.client)
  sqs = new SQSClient(cloud.client)
  await cloud.standIn.createBucket(BUCKET, [])
  for (const name of ['faxlane-print-paris', 'faxlane-reports-paris']) {
    urls[name] = (await cloud.standIn.createQueue(name, QUEUE)).url
  }
  await mkdir(join(home, 'cups'))
  cups = await startCups(join(home, 'cups'), 'MaxJobs 0')
  papers = await Promise.all(PRINTERS.map(() => startPaper()))
  for (const [index, name] of PRINTERS.entries()) {
    await cups.admin('lpadmin', '-p', name, '-E', '-v', String(papers[index]?.uri), '-m', 'raw')
  }
  bundle = bundleAgent('print', 'test', home).file
  await writeFile(
    join(home, 'print.conf'),
    `[print]
site = paris
region = ${REGION}
bucket = ${BUCKET}
state_folder = ${join(home, 'state')}
endpoint = ${cloud.standIn.endpoint}
cups_server = ${cups.address}
`,
  )
})

afterAll(async () => {
  clearInterval(clockwork)
  await cups?.stop()
  await Promise.all((papers ?? []).map((paper) => paper.close()))
  s3?.destroy()
  sqs?.destroy()
  await cloud?.end()
  await rm(home, { recursive: true, force: true })
})

async function sendJob(number: number): Promise<PrintJob> {
  const faxId = makeFaxId(new Date('2026-11-23T08:00:00Z'), `job ${number}`)
  const job: PrintJob = {
    version: 1,
    faxId,
    backend: 'printer_office',
    key: `print/paris/${faxId}-printer_office.pdf`,
    format: 'pdf',
    printer: PRINTERS[number % PRINTERS.length] ?? 'office',
    title: `fax ${number}`,
    fileName: '012-003.pdf',
    pages: 1,
  }
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: job.key, Body: sheetOf(faxId) }))
  await send(job)
  return job
}

const sheetOf = (faxId: string) => `the fax ${faxId}\n`

async function send(job: PrintJob): Promise<void> {
  const QueueUrl = urls['faxlane-print-paris']
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(job) }))
}

interface Agent {
  process: ChildProcess
  output: string[]
}

async function startAgent(): Promise<Agent> {
  const environment = {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  }
  const child = spawn(process.execPath, [bundle, 'run', '--config', join(home, 'print.conf')], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  await until(() => {
    if (child.exitCode !== null) throw new Error(`the agent ended: ${output.join('')}`)
    return output.join('').includes('started')
  })
  return { process: child, output }
}

async function end({ process: child }: Agent, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

async function allReports(): Promise<Report[]> {
  const QueueUrl = urls['faxlane-reports-paris']
  const reports: Report[] = []
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    if (Messages.length === 0) return reports
    for (const { Body = '', ReceiptHandle } of Messages) {
      const report = reportSchema.safeParse(JSON.parse(Body))
      // The others are heartbeats.
      if (report.success) reports.push(report.data)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
}

it(`${KILLS} kills over ${KILLS} print jobs lose none and print none twice`, {
  timeout: 600_000,
}, async () => {
  const jobs: PrintJob[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const job = await sendJob(kill)
    jobs.push(job)
    // What receive does when it is cut off in the middle: the same job by two messages.
    if (kill % 10 === 0) await send(job)
    const agent = await startAgent()
    await pause(Math.random() * LONGEST_LIFE_MILLISECONDS)
    await end(agent, 'SIGKILL')
    cloud.clock.advance(INVISIBLE_MILLISECONDS)
  }
  const agent = await startAgent()
  const depth = () => cloud.standIn.queueDepths()['faxlane-print-paris']
  await until(() => {
    // What was put back because its twin was in hand comes again after minutes.
    cloud.clock.advance(1000)
    const { visible = 0, inFlight = 0, delayed = 0 } = depth() ?? {}
    return visible + inFlight + delayed === 0
  })
  await end(agent, 'SIGTERM')

  const sheets = papers.flatMap((paper) => paper.sheets.map(String)).sort()
  expect(sheets).toEqual(jobs.map(({ faxId }) => sheetOf(faxId)).sort())
  const reports = await allReports()
  const deliveredIds = new Set(
    reports.filter(({ outcome }) => outcome.outcome === 'delivered').map(({ faxId }) => faxId),
  )
  expect(deliveredIds).toEqual(new Set(jobs.map(({ faxId }) => faxId)))
  expect(reports.filter(({ outcome }) => outcome.outcome === 'failed')).toEqual([])
  expect((await readFile(join(home, 'state', 'jobs.journal'), 'utf8')).endsWith('\n')).toBe(true)

  const unfinished = async () =>
    (await cups.admin('lpstat', '-W', 'not-completed', '-o')).split('\n').length - 1
  const strays = await unfinished()
  await sweep()
  expect(await unfinished()).toBe(0)
  console.info(`${KILLS} kills: ${sheets.length} sheets, ${reports.length} reports, ${strays} strays swept`)
})

/** What the agent does every five minutes, twice. */
async function sweep(): Promise<void> {
  const log = () => {}
  const journal = await openJobJournal({ log, now: () => new Date() }, join(home, 'state', 'jobs.journal'))
  const printer = sitePrinter({ cupsServer: cups.address, printInto: undefined }, journal.instance)
  const dependencies = { printer, journal, waiting: realWaiting, log }
  await sweepOnce(dependencies, await sweepOnce(dependencies, new Set()))
  await journal.close()
}
