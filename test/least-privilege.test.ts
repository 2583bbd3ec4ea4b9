import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { s3Incoming } from '../agents/edge/s3-incoming.ts'
import { uploadFax } from '../agents/edge/upload.ts'
import { folderPrinter } from '../agents/print/folder-printer.ts'
import { memoryJournal } from '../agents/print/job-journal.ts'
import { startPrintAgent } from '../agents/print/print-agent.ts'
import { s3JobFiles } from '../agents/queue/s3-job-files.ts'
import { sqsReports, sqsWorkQueue } from '../agents/queue/sqs-work-queue.ts'
import { realWaiting } from '../agents/waiting.ts'
import { TABLE } from '../infra/testing/synthesize.ts'
import type { Access } from '../local/aws/iam/authorizer.ts'
import { decide } from '../local/aws/iam/policy.ts'
import { ACCOUNT, errorOf, QUEUE, REGION, startTestStandIn, type TestStandIn } from '../local/aws/testing.ts'
import { makeFaxId } from '../shared/fax-id.ts'
import type { PrintJob } from '../shared/messages.ts'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { readRoles } from './deployed-roles.ts'
import { waitFor } from './wait-for.ts'

/** What is in it does not matter to a template. */
const CA = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
const table: DeployedTable = {
  ...TABLE,
  siteDetails: { main: { caCertificate: CA }, berlin: { caCertificate: CA } },
}
const BUCKET = `faxlane-${ACCOUNT}-${REGION}`
const SAMPLE = new URL('samples/text-std-ecm.tif', import.meta.url).pathname

const { roles, denials } = await readRoles(table)
const EDGE = 'edge agent of faxlane at main'
const PRINT = 'print agent of faxlane at main'

const faxes = (key: string) => `arn:aws:s3:::${BUCKET}/${key}`
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`
const queue = (name: string) => arn('sqs', `faxlane-${name}`)
const LEDGER = arn('dynamodb', 'table/faxlane-ledger')

/** What no role of any kind may do: change what it runs in, cover its tracks, or take what is kept. */
const FORBIDDEN_TO_ALL: [action: string, resource: string][] = [
  ...['s3:PutBucketPolicy', 's3:DeleteBucket', 's3:PutLifecycleConfiguration', 's3:ListBucketVersions'].map(
    (action): [string, string] => [action, `arn:aws:s3:::${BUCKET}`],
  ),
  ['s3:GetObject', 'arn:aws:s3:::another-bucket/pdf/main/x.pdf'],
  ['s3:PutObject', faxes('elsewhere/x')],
  ['s3:PutObjectAcl', faxes('pdf/main/x.pdf')],
  // Faxes end by the bucket's lifecycle, or by an operator with rights of his own.
  ...['s3:DeleteObject', 's3:DeleteObjectVersion'].flatMap((action) =>
    ['incoming/main/x.tif', 'pdf/main/x.pdf', 'print/main/x.pdf', 'outgoing/main/x.pdf'].map(
      (key): [string, string] => [action, faxes(key)],
    ),
  ),
  ['dynamodb:DeleteTable', LEDGER],
  ['dynamodb:Scan', LEDGER],
  ['dynamodb:UpdateTimeToLive', LEDGER],
  ['dynamodb:GetItem', arn('dynamodb', 'table/another')],
  ['sqs:PurgeQueue', queue('arrivals')],
  ['sqs:DeleteQueue', queue('reports')],
  ['sqs:SetQueueAttributes', queue('print-main')],
  ['sqs:ReceiveMessage', queue('deliver-mail-dead')],
  ['secretsmanager:PutSecretValue', arn('secretsmanager', 'secret:faxlane/ftp_a-AbCdEf')],
  ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:another-AbCdEf')],
  ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:faxlane_too/ftp_a-AbCdEf')],
  ['ses:SendEmail', arn('ses', 'identity/example.org')],
  ['lambda:UpdateFunctionCode', arn('lambda', 'function:faxlane-receive')],
  ['lambda:InvokeFunction', arn('lambda', 'function:faxlane-settle')],
  ['logs:DeleteLogGroup', arn('logs', 'log-group:/faxlane/functions/receive:*')],
  ['logs:PutRetentionPolicy', arn('logs', 'log-group:/faxlane/faxes/log:*')],
  ['cloudwatch:DisableAlarmActions', arn('cloudwatch', 'alarm:faxlane-FaxesRefused')],
  ['iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/faxlane`],
  ['iam:PutRolePolicy', `arn:aws:iam::${ACCOUNT}:role/faxlane`],
  ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/faxlane`],
  ['kms:Decrypt', arn('kms', 'key/another')],
]

/** What a role has no business with, though others have. */
const FORBIDDEN: Record<string, [action: string, resource: string, context?: Record<string, string>][]> = {
  receive: [
    ['s3:PutObject', faxes('incoming/main/x.tif')],
    ['s3:DeleteObject', faxes('incoming/main/x.tif')],
    ['s3:GetObject', faxes('pdf/main/x.pdf')],
    ['ses:SendRawEmail', arn('ses', 'identity/example.org')],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:faxlane/ftp_a-AbCdEf')],
    ['dynamodb:DeleteItem', LEDGER],
    ['sqs:ReceiveMessage', queue('deliver-mail')],
    ['sqs:ReceiveMessage', queue('print-main')],
    ['sqs:SendMessage', queue('reports')],
  ],
  'deliver-mail': [
    ['ses:SendRawEmail', arn('ses', 'identity/example.org'), { 'ses:fromaddress': 'ceo@board.example.org' }],
    ['ses:SendRawEmail', arn('ses', 'identity/another.example'), { 'ses:fromaddress': 'fax@example.org' }],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:faxlane/ftp_a-AbCdEf')],
    ['s3:PutObject', faxes('pdf/main/x.pdf')],
    ['s3:GetObject', faxes('print/main/x.pdf')],
    ['sqs:SendMessage', queue('deliver-ftp')],
    ['sqs:SendMessage', queue('print-main')],
    ['dynamodb:DeleteItem', LEDGER],
  ],
  'deliver-ftp': [
    ['ses:SendRawEmail', arn('ses', 'identity/example.org'), { 'ses:fromaddress': 'fax@example.org' }],
    ['s3:PutObject', faxes('pdf/main/x.pdf')],
    ['sqs:SendMessage', queue('deliver-mail')],
    ['dynamodb:DeleteItem', LEDGER],
  ],
  'deliver-log': [
    ['s3:GetObject', faxes('pdf/main/x.pdf')],
    ['s3:GetObject', faxes('incoming/main/x.tif')],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:faxlane/ftp_a-AbCdEf')],
    ['ses:SendRawEmail', arn('ses', 'identity/example.org'), { 'ses:fromaddress': 'fax@example.org' }],
    ['logs:PutLogEvents', arn('logs', 'log-group:/faxlane/functions/receive:log-stream:x')],
  ],
  settle: [
    ['s3:GetObject', faxes('incoming/main/x.tif')],
    ['s3:PutObject', faxes('incoming/main/x.tif')],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:faxlane/ftp_a-AbCdEf')],
    ['dynamodb:DeleteItem', LEDGER],
  ],
  // It lists and sends messages; it reads no document, writes no record, and hands nothing to a site by itself.
  sweep: [
    ['s3:GetObject', faxes('incoming/main/x.tif')],
    ['s3:GetObject', faxes('outgoing/main/x.pdf')],
    ['s3:PutObject', faxes('outgoing/main/x.pdf')],
    ['s3:PutObject', faxes('claims/main/x-1')],
    ['s3:ListBucket', `arn:aws:s3:::${BUCKET}`, { 's3:prefix': '' }],
    ['s3:ListBucket', `arn:aws:s3:::${BUCKET}`, { 's3:prefix': 'mail-in/' }],
    ['s3:ListBucket', `arn:aws:s3:::${BUCKET}`, { 's3:prefix': 'transmit/' }],
    ['dynamodb:PutItem', LEDGER],
    ['dynamodb:UpdateItem', LEDGER],
    ['sqs:ReceiveMessage', queue('submissions')],
    ['sqs:SendMessage', queue('transmit-main')],
    ['sqs:SendMessage', queue('reports')],
  ],
  download: [
    ['dynamodb:PutItem', LEDGER],
    ['dynamodb:DeleteItem', LEDGER],
    ['s3:PutObject', faxes('pdf/main/x.pdf')],
    ['s3:ListBucket', `arn:aws:s3:::${BUCKET}`],
    ['sqs:SendMessage', queue('reports')],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:faxlane/ftp_a-AbCdEf')],
  ],
  [EDGE]: [
    ['sqs:SendMessage', queue('arrivals')],
    ['s3:PutObject', faxes('incoming/main/x.tif')],
    ['s3:PutObject', faxes('incoming/berlin/x.tif'), { 's3:if-none-match': '*' }],
    ['s3:PutObject', faxes('pdf/main/x.pdf'), { 's3:if-none-match': '*' }],
    ['s3:PutObject', faxes('print/main/x.pdf'), { 's3:if-none-match': '*' }],
    ['s3:DeleteObject', faxes('incoming/main/x.tif')],
    ['s3:GetObject', faxes('incoming/berlin/x.tif')],
    ['s3:GetObject', faxes('pdf/main/x.pdf')],
    ['s3:GetObject', faxes('print/main/x.pdf')],
    ['s3:ListBucket', `arn:aws:s3:::${BUCKET}`, { 's3:prefix': 'incoming/main/' }],
    ['s3:ListBucket', `arn:aws:s3:::${BUCKET}`, { 's3:prefix': '' }],
    ['sqs:ReceiveMessage', queue('print-main')],
    ['sqs:ReceiveMessage', queue('reports')],
    ['sqs:SendMessage', queue('print-main')],
    ['dynamodb:GetItem', LEDGER],
  ],
  [PRINT]: [
    ['sqs:SendMessage', queue('arrivals')],
    ['s3:GetObject', faxes('print/berlin/x.pdf')],
    ['s3:GetObject', faxes('pdf/main/x.pdf')],
    ['s3:GetObject', faxes('incoming/main/x.tif')],
    ['s3:PutObject', faxes('incoming/main/x.tif'), { 's3:if-none-match': '*' }],
    ['s3:PutObject', faxes('print/main/x.pdf')],
    ['s3:ListBucket', `arn:aws:s3:::${BUCKET}`, { 's3:prefix': 'print/berlin/' }],
    ['sqs:ReceiveMessage', queue('print-berlin')],
    ['sqs:ReceiveMessage', queue('reports')],
    ['sqs:SendMessage', queue('print-main')],
    ['dynamodb:GetItem', LEDGER],
  ],
}

describe.each([...roles])('the role of the %s', (name, statements) => {
  it.each(FORBIDDEN_TO_ALL)('may not %s %s', (action, resource) => {
    expect(decide(statements, { action, resource, context: {} })).toEqual({ allowed: false })
  })

  const ofItsOwn = FORBIDDEN[name] ?? []
  it.runIf(ofItsOwn.length > 0).each(ofItsOwn)(
    'has no business to %s %s (%j)',
    (action, resource, context = {}) => {
      expect(decide(statements, { action, resource, context })).toEqual({ allowed: false })
    },
  )
})

it('speaks of roles that are there', () => {
  expect([...roles.keys()]).toEqual(expect.arrayContaining(Object.keys(FORBIDDEN)))
})

describe('an agent on site with the rights of its role', () => {
  let cloud: TestStandIn
  let home: string
  const accesses: Access[] = []
  const settingsOf = (accessKeyId: string) => ({
    ...cloud.client,
    credentials: { ...cloud.client.credentials, accessKeyId },
  })

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'faxlane-rights-'))
    cloud = await startTestStandIn({ onAccess: (access) => accesses.push(access) })
    await cloud.standIn.createBucket(BUCKET, [])
    for (const name of ['faxlane-print-main', 'faxlane-reports-main'])
      await cloud.standIn.createQueue(name, QUEUE)
    cloud.standIn.denyToAll(denials)
    for (const [accessKeyId, name] of [
      ['AKIAEDGE', EDGE],
      ['AKIAPRINT', PRINT],
    ] as const) {
      cloud.standIn.admit({ name, accessKeyId, statements: roles.get(name) ?? [] })
    }
  })
  afterAll(async () => {
    await cloud.end()
    await rm(home, { recursive: true, force: true })
  })

  const refusedTo = (name: string) =>
    accesses.filter(({ principal, allowed }) => principal === name && !allowed)

  it('beside the PBX uploads, compares after a lost answer, and overwrites nothing', async () => {
    const s3 = new S3Client(settingsOf('AKIAEDGE'))
    const incoming = s3Incoming(s3, { bucket: BUCKET })
    const facts = { destination: '100', receivedAt: '2026-11-25T08:00:00.000Z' }
    const dependencies = { incoming, waiting: realWaiting, log: () => {} }
    const first = await uploadFax(dependencies, { site: 'main', file: SAMPLE, facts })
    expect(await uploadFax(dependencies, { site: 'main', file: SAMPLE, facts })).toEqual({
      ...first,
      alreadyThere: true,
    })
    expect(refusedTo(EDGE)).toEqual([])
    for (const Key of [first.key, first.key.replace('main', 'berlin'), 'pdf/main/x.pdf']) {
      const error = await errorOf(s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'forged' })))
      expect(error.name).toBe('AccessDenied')
    }
    s3.destroy()
  })

  it('that has the owner’s keys by mistake still overwrites nothing: the bucket denies it', async () => {
    const s3 = new S3Client(cloud.client)
    const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'forged' }))
    expect((await errorOf(put('incoming/main/x.tif'))).name).toBe('AccessDenied')
    await put('pdf/main/x.pdf')
    s3.destroy()
  })

  it('beside the printers prints and reports, and takes nobody else’s jobs', async () => {
    const owner = new S3Client(cloud.client)
    const sqs = new SQSClient(settingsOf('AKIAPRINT'))
    const s3 = new S3Client(settingsOf('AKIAPRINT'))
    const urlOf = async (QueueName: string) =>
      (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? ''
    const [queueUrl, reportsUrl] = [await urlOf('faxlane-print-main'), await urlOf('faxlane-reports-main')]
    const job = printJob()
    await owner.send(new PutObjectCommand({ Bucket: BUCKET, Key: job.key, Body: '%PDF-1.7' }))
    const ownersSqs = new SQSClient(cloud.client)
    await ownersSqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(job) }))
    const agent = startPrintAgent(
      {
        queue: sqsWorkQueue(sqs, { queueUrl }),
        files: s3JobFiles(s3, { bucket: BUCKET }),
        reports: sqsReports(sqs, { queueUrl: reportsUrl }),
        printer: folderPrinter(join(home, 'printed')),
        journal: memoryJournal(),
        waiting: realWaiting,
        log: () => {},
      },
      { workFolder: join(home, 'work') },
    )
    const reported = await waitFor(async () => {
      const { Messages } = await ownersSqs.send(new ReceiveMessageCommand({ QueueUrl: reportsUrl }))
      return Messages?.[0]?.Body
    })
    await agent.stop()
    expect(JSON.parse(reported)).toMatchObject({ faxId: job.faxId, outcome: { outcome: 'delivered' } })
    expect(refusedTo(PRINT)).toEqual([])
    const stolen = await errorOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: reportsUrl })))
    expect(stolen.name).toContain('AccessDenied')
    for (const client of [owner, s3, sqs, ownersSqs]) client.destroy()
  })
})

function printJob(): PrintJob {
  const faxId = makeFaxId(new Date(), 'least privilege')
  return {
    version: 1,
    faxId,
    backend: 'printer_office',
    key: `print/main/${faxId}-printer_office.pdf`,
    format: 'pdf',
    printer: 'office',
    title: 'a fax',
    fileName: 'a.pdf',
    pages: 1,
  }
}
