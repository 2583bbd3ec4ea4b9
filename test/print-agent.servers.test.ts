import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { memoryJournal } from '../agents/print/job-journal.ts'
import { type PrintAgent, startPrintAgent } from '../agents/print/print-agent.ts'
import { sitePrinter } from '../agents/print/site-printer.ts'
import { type Paper, startCups, startPaper, type TestCups, until } from '../agents/print/testing/cups.ts'
import { s3JobFiles } from '../agents/queue/s3-job-files.ts'
import { sqsReports, sqsWorkQueue } from '../agents/queue/sqs-work-queue.ts'
import { realWaiting } from '../agents/waiting.ts'
import { systemClock } from '../local/aws/clock.ts'
import { type StandIn, startStandIn } from '../local/aws/stand-in.ts'
import { ACCOUNT, CREDENTIALS, QUEUE, REGION } from '../local/aws/testing.ts'
import { convertTiffToPdf } from '../shared/conversion/convert.ts'
import { makeFaxId } from '../shared/fax-id.ts'
import { type PrintJob, type Report, reportSchema } from '../shared/messages.ts'

const BUCKET = 'faxlane-test'
const TIFF = new URL('samples/text-std-ecm.tif', import.meta.url)

let home: string
let cloud: StandIn
let cups: TestCups
let paper: Paper
let s3: S3Client
let sqs: SQSClient
let agent: PrintAgent
let printUrl: string
let reportsUrl: string
const reports: Report[] = []

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-print-'))
  // CUPS's filters and backends run as lp, and have to get to the spool.
  await chmod(home, 0o711)
  const options = { homeFolder: join(home, 'cloud'), accountId: ACCOUNT, region: REGION, delayDivisor: 1 }
  cloud = await startStandIn({ ...options, ...CREDENTIALS }, systemClock)
  const settings = { endpoint: cloud.endpoint, region: REGION, credentials: CREDENTIALS }
  s3 = new S3Client({ ...settings, forcePathStyle: true })
  sqs = new SQSClient(settings)
  await cloud.createBucket(BUCKET, [])
  printUrl = (await cloud.createQueue('faxlane-print-paris', QUEUE)).url
  reportsUrl = (await cloud.createQueue('faxlane-reports-paris', QUEUE)).url
  await mkdir(join(home, 'cups', 'root'), { recursive: true })
  // Here a TIFF is a type that nothing can be made of.
  const types = 'application/x-no-filter priority(200) string(0,II*)\n'
  await writeFile(join(home, 'cups', 'root', 'no-filter.types'), types)
  cups = await startCups(join(home, 'cups'))
  paper = await startPaper()
  for (const name of ['office', 'store']) {
    await cups.admin('lpadmin', '-p', name, '-E', '-v', paper.uri, '-m', 'raw')
  }
  const driver = 'drv:///sample.drv/generic.ppd'
  await cups.admin('lpadmin', '-p', 'with-driver', '-E', '-v', paper.uri, '-m', driver)
  agent = startAgent()
})

afterAll(async () => {
  await agent?.stop()
  await cups?.stop()
  await paper?.close()
  s3?.destroy()
  sqs?.destroy()
  await cloud?.close()
  await rm(home, { recursive: true, force: true })
})

function startAgent(): PrintAgent {
  const journal = memoryJournal()
  return startPrintAgent(
    {
      queue: sqsWorkQueue(sqs, { queueUrl: printUrl }),
      files: s3JobFiles(s3, { bucket: BUCKET }),
      reports: sqsReports(sqs, { queueUrl: reportsUrl }),
      printer: sitePrinter({ cupsServer: cups.address, printInto: undefined }, journal.instance),
      journal,
      waiting: realWaiting,
      log: () => {},
    },
    { workFolder: join(home, 'work'), patienceMilliseconds: 1000 },
  )
}

async function print(name: string, changed: Partial<PrintJob>, body: string | Uint8Array = `fax ${name}`) {
  const faxId = makeFaxId(new Date(), name)
  const key = `print/paris/${faxId}-printer.pdf`
  const job: PrintJob = {
    version: 1,
    faxId,
    backend: 'printer',
    key,
    format: 'pdf',
    printer: 'office',
    title: name,
    fileName: '012-003.pdf',
    pages: 1,
    ...changed,
  }
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }))
  await sqs.send(new SendMessageCommand({ QueueUrl: printUrl, MessageBody: JSON.stringify(job) }))
  /** The next report of this fax. */
  return async () => {
    let found = -1
    await until(async () => {
      await fetchReports()
      found = reports.findIndex((report) => report.faxId === faxId)
      return found !== -1
    })
    return reports.splice(found, 1)[0]?.outcome
  }
}

async function fetchReports(): Promise<void> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: reportsUrl, MaxNumberOfMessages: 10 }),
  )
  for (const { Body = '', ReceiptHandle } of Messages) {
    reports.push(reportSchema.parse(JSON.parse(Body)))
    await sqs.send(new DeleteMessageCommand({ QueueUrl: reportsUrl, ReceiptHandle }))
  }
}

const sheetsOf = (name: string) => paper.sheets.filter((sheet) => sheet.equals(Buffer.from(`fax ${name}`)))

it('prints what comes, byte for byte', async () => {
  const report = await print('plain', {})
  expect(await report()).toMatchObject({
    outcome: 'delivered',
    receipt: expect.stringMatching(/^office-\d+$/),
  })
  expect(sheetsOf('plain')).toHaveLength(1)
})

it('waits for a stopped printer while another one prints, and prints when it is resumed', async () => {
  await cups.admin('cupsdisable', '-r', 'out of toner', 'office')
  const stuck = await print('stuck', {})
  expect(await stuck()).toMatchObject({
    outcome: 'retry',
    code: 'printer-stopped paused',
    text: expect.stringContaining('out of toner'),
  })
  const other = await print('other', { printer: 'store' })
  expect(await other()).toMatchObject({ outcome: 'delivered' })
  expect(sheetsOf('stuck')).toHaveLength(0)
  await cups.admin('cupsenable', 'office')
  expect(await stuck()).toMatchObject({ outcome: 'delivered' })
  expect(sheetsOf('stuck')).toHaveLength(1)
})

it('says that somebody holds the job, and goes on when he lets it go', async () => {
  await cups.admin('cupsdisable', 'office')
  const held = await print('held', {})
  expect(await held()).toMatchObject({ code: 'printer-stopped paused' })
  const [job = ''] = /office-\d+/.exec(await cups.admin('lpstat', '-o', 'office')) ?? []
  await cups.admin('lp', '-i', job, '-H', 'hold')
  await cups.admin('cupsenable', 'office')
  expect(await held()).toMatchObject({ outcome: 'retry', code: 'job-held' })
  await cups.admin('lp', '-i', job, '-H', 'resume')
  expect(await held()).toMatchObject({ outcome: 'delivered' })
  expect(sheetsOf('held')).toHaveLength(1)
})

it('fails for a printer that is not there, and for a job that is canceled at the printer', async () => {
  const missing = await print('missing', { printer: 'nosuch' })
  expect(await missing()).toMatchObject({
    outcome: 'failed',
    text: expect.stringContaining('does not exist'),
  })
  await cups.admin('cupsdisable', 'office')
  const canceled = await print('canceled', {})
  expect(await canceled()).toMatchObject({ outcome: 'retry' })
  await cups.admin('cancel', '-a', 'office')
  expect(await canceled()).toMatchObject({ outcome: 'failed', code: 'canceled' })
  await cups.admin('cupsenable', 'office')
})

it('cancels in CUPS what expired, so that it does not come out later', async () => {
  await cups.admin('cupsdisable', 'office')
  // A minute is the shortest that a routing table can have; the message may have any.
  const expired = await print('expired', { expiresAfterSeconds: 60 })
  expect(await expired()).toMatchObject({ outcome: 'retry' })
  expect(await expired()).toMatchObject({ outcome: 'failed', code: 'expired' })
  expect(await cups.admin('lpstat', '-o', 'office')).toBe('')
  await cups.admin('cupsenable', 'office')
  expect(sheetsOf('expired')).toHaveLength(0)
})

it('prints the PDF where CUPS takes no TIFF', async () => {
  const pdfKey = 'print/paris/beside.pdf'
  const tiff = await readFile(TIFF)
  const { pdf } = convertTiffToPdf(tiff, {})
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: pdfKey, Body: pdf }))
  const report = await print('tiff', { format: 'tiff', pdfKey, printer: 'with-driver' }, tiff)
  expect(await report()).toMatchObject({ text: expect.stringMatching(/^CUPS takes no TIFF, so the PDF/) })
})
