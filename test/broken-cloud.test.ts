import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { SESClient } from '@aws-sdk/client-ses'
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deliverToLog } from '../functions/backends/log/deliver-log.ts'
import { makeFaxLog } from '../functions/backends/log/fax-log.ts'
import { deliverByMail } from '../functions/backends/mail/deliver-mail.ts'
import { makeSesMailer } from '../functions/backends/mail/ses-mailer.ts'
import { type DeliverDependencies, deliver } from '../functions/deliver/deliver.ts'
import { makeDynamoLedger } from '../functions/ledger/dynamo-ledger.ts'
import type { Ledger } from '../functions/ledger/ledger.ts'
import { LEDGER } from '../functions/ledger/testing/ledger-table.ts'
import { sendDelivery, sendMessage } from '../functions/queues/send.ts'
import { receive } from '../functions/receive/receive.ts'
import { arrivedObjects } from '../functions/receive/s3-event.ts'
import { putFile, readObject, readStored } from '../functions/storage/faxes-bucket.ts'
import { systemClock } from '../local/aws/clock.ts'
import { type StandIn, startStandIn } from '../local/aws/stand-in.ts'
import { ACCOUNT, CREDENTIALS, QUEUE, REGION } from '../local/aws/testing.ts'
import { convertTiffToPdf } from '../shared/conversion/convert.ts'
import { factsToMetadata } from '../shared/facts.ts'
import { makeFaxId } from '../shared/fax-id.ts'
import type { DeliveryRecord, FaxRecord } from '../shared/ledger/records.ts'
import { deliveryMessageSchema } from '../shared/messages.ts'
import { incomingKey } from '../shared/object-keys.ts'
import type { BackendKind, BackendOf, DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { makeRouter } from '../shared/routing-table/route.ts'
import { type BadLine, type Fault, openBadLine } from './bad-line.ts'
import { waitFor } from './wait-for.ts'

/**
 * The functions as they are, with AWS's clients, on a line and with a cloud behind it that break down all the time: one call in seven
 * meets a fault, credentials expire in the middle, clocks differ, events come several times and in any order, and
 * between them lie messages that nobody can read.
 */
const FAXES = 20
const FAULT_RATE = 0.15
/** A lease is a second here where it is minutes, so this is half a minute and more. */
const SKEW_MILLISECONDS = 500
const MAX_RECEIVES = 5
const BUCKET = 'faxlane-test'
const TABLE: DeployedTable = {
  version: 1,
  timeZone: 'UTC',
  sites: ['main'],
  backends: [
    {
      kind: 'mail',
      name: 'mail',
      subject: [{ variable: 'faxid' }],
      body: ['a fax'],
      from: { address: 'fax@example.org', name: 'Fax' },
      format: 'pdf',
    },
    { kind: 'log', name: 'log', message: [{ variable: 'faxid' }] },
    { kind: 'printer', name: 'printer', site: 'main', format: 'pdf' },
  ],
  numbers: { 100: { backends: ['mail', 'log', 'printer'], recipients: ['office@example.org'] } },
}
const CLOUD_FAULTS: readonly Fault[] = [
  'cut at once',
  'silence',
  '500',
  '503',
  'throttled',
  'answer lost',
  'late',
  'expired',
  'skewed',
]

let home: string
let cloud: StandIn
let line: BadLine
let ledgerLine: BadLine
let isBroken = true
const faults = new Map<Fault, number>()
const urls = new Map<string, string>()
const clients: { destroy(): void }[] = []
const nextFault = (): Fault => {
  if (!isBroken || Math.random() >= FAULT_RATE) return 'none'
  const fault = CLOUD_FAULTS[Math.floor(Math.random() * CLOUD_FAULTS.length)] ?? 'none'
  faults.set(fault, (faults.get(fault) ?? 0) + 1)
  return fault
}

/** A session that is renewed for each call. */
const credentials = async () => ({ ...CREDENTIALS, expiration: new Date(Date.now() + 1) })
const kept = <Client extends { destroy(): void }>(client: Client): Client => {
  clients.push(client)
  return client
}
const settings = (endpoint: string, maxAttempts = 3) => ({
  endpoint,
  region: REGION,
  credentials,
  maxAttempts,
  requestHandler: { requestTimeout: 400, throwOnRequestTimeout: true },
})
/** No two machines have the same time. */
const skewedNow = () => new Date(Date.now() + (Math.random() * 2 - 1) * (isBroken ? SKEW_MILLISECONDS : 0))

interface Cloud {
  s3: S3Client
  sqs: SQSClient
  ledger: Ledger
  ses: SESClient
  logs: CloudWatchLogsClient
}
let broken: Cloud
/** The same without faults, to put things in and to look. */
let whole: { s3: S3Client; sqs: SQSClient; ledger: Ledger }

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-broken-'))
  cloud = await startStandIn(
    // Waits of minutes between attempts become milliseconds.
    { homeFolder: home, accountId: ACCOUNT, region: REGION, delayDivisor: 2_000, ...CREDENTIALS },
    systemClock,
  )
  await cloud.createBucket(BUCKET, [])
  await cloud.createLogGroup('/faxlane/faxes/log', ['faxes'])
  for (const name of ['arrivals', 'mail', 'log', 'print']) {
    await cloud.createQueue(`${name}-dead`, QUEUE)
    const deadLetter = { queueName: `${name}-dead`, maxReceiveCount: MAX_RECEIVES }
    const { url } = await cloud.createQueue(name, { ...QUEUE, visibilityTimeoutSeconds: 3, deadLetter })
    urls.set(name, url)
  }
  await cloud.createTable({
    TableName: LEDGER.LEDGER_TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  })
  line = await openBadLine(cloud.endpoint, nextFault)
  ledgerLine = await openBadLine(cloud.dynamoDbEndpoint, nextFault)
  broken = {
    s3: kept(new S3Client({ ...settings(line.endpoint), forcePathStyle: true })),
    sqs: kept(new SQSClient(settings(line.endpoint))),
    ledger: makeDynamoLedger(kept(new DynamoDBClient(settings(ledgerLine.endpoint))), LEDGER),
    ses: kept(new SESClient(settings(line.endpoint, 1))),
    logs: kept(new CloudWatchLogsClient(settings(line.endpoint))),
  }
  const direct = { region: REGION, credentials: CREDENTIALS }
  whole = {
    s3: kept(new S3Client({ ...direct, endpoint: cloud.endpoint, forcePathStyle: true })),
    sqs: kept(new SQSClient({ ...direct, endpoint: cloud.endpoint })),
    ledger: makeDynamoLedger(
      kept(new DynamoDBClient({ ...direct, endpoint: cloud.dynamoDbEndpoint })),
      LEDGER,
    ),
  }
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await line.close()
  await ledgerLine.close()
  await cloud.close()
  await rm(home, { recursive: true, force: true })
})

const urlOf = (queue: string): string => urls.get(queue) ?? ''

async function receiveArrivals(body: string): Promise<void> {
  const { s3, sqs, ledger } = broken
  for (const object of arrivedObjects(body)) {
    await receive(
      {
        ledger,
        readTiff: (wanted) => readStored(s3, BUCKET, wanted),
        putFile: (file) => putFile(s3, BUCKET, file),
        convert: convertTiffToPdf,
        router: makeRouter(TABLE),
        enqueueDelivery: (message) => sendDelivery(sqs, urlOf(message.backend.kind), message),
        enqueuePrintJob: (_site, job) => sendMessage(sqs, urlOf('print'), job),
        count: () => {},
        tell: async () => {},
        now: skewedNow,
      },
      object,
    )
  }
}

function deliveries<Kind extends 'mail' | 'log'>(
  kind: Kind,
  attempt: DeliverDependencies<Kind>['attempt'],
): (body: string, receives: number) => Promise<void> {
  return async (body, receives) => {
    const message = deliveryMessageSchema.parse(JSON.parse(body))
    const { backend } = message
    if (!isOf(kind, backend)) throw new Error(`${backend.kind} on the queue of ${kind}`)
    await deliver(
      {
        ledger: broken.ledger,
        attempt,
        sendLater: (later, waitSeconds) =>
          sendDelivery(
            broken.sqs,
            urlOf(kind),
            { ...later, furtherWaitSeconds: 0 },
            Math.min(900, waitSeconds),
          ),
        requestDelivery: async () => {},
        tell: async () => {},
        count: () => {},
        now: skewedNow,
        leaseSeconds: 1,
      },
      { message: { ...message, backend }, lastReceive: receives >= MAX_RECEIVES },
    )
  }
}

function isOf<Kind extends BackendKind>(kind: Kind, backend: { kind: string }): backend is BackendOf<Kind> {
  return backend.kind === kind
}

/** As an event source mapping does: what throws comes again, what does not is deleted, whether that gets through or not. */
function feed(queue: string, work: (body: string, receives: number) => Promise<void>): () => Promise<void> {
  let stopped = false
  const poll = async () => {
    while (!stopped) {
      const { Messages = [] } = await whole.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: urlOf(queue),
          MaxNumberOfMessages: 3,
          WaitTimeSeconds: 1,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      )
      for (const { Body = '', ReceiptHandle, Attributes } of Messages) {
        try {
          await work(Body, Number(Attributes?.ApproximateReceiveCount))
        } catch {
          continue
        }
        // One in ten gets lost: the message comes again although its work was done.
        if (Math.random() < 0.1) continue
        await whole.sqs.send(new DeleteMessageCommand({ QueueUrl: urlOf(queue), ReceiptHandle }))
      }
    }
  }
  const polls = [poll(), poll()]
  return async () => {
    stopped = true
    await Promise.all(polls)
  }
}

function event(key: string): string {
  const object = { key, size: 1 }
  const record = { eventName: 'ObjectCreated:Put', eventTime: '2026-11-25T09:00:00.000Z' }
  return JSON.stringify({ Records: [{ ...record, s3: { bucket: { name: BUCKET }, object } }] })
}

/** Puts the faxes into the bucket and tells of each one to three times, in any order, with rubbish between. */
async function arrive(): Promise<string[]> {
  const tiff = await readFile(new URL('samples/tsi-inject.tif', import.meta.url))
  const bodies = ['not JSON', '{"Records":[{}]}', event('incoming/main/%E0%A4%A.tif')]
  const ids: string[] = []
  for (let index = 0; index < FAXES; index += 1) {
    const facts = { destination: '100', source: `04781234${index}`, receivedAt: '2026-11-25T09:00:00.000Z' }
    const faxId = makeFaxId(new Date(facts.receivedAt), `fax ${index}`)
    const Key = incomingKey({ site: 'main', faxId })
    await whole.s3.send(
      new PutObjectCommand({ Bucket: BUCKET, Key, Body: tiff, Metadata: factsToMetadata(facts) }),
    )
    ids.push(faxId)
    for (let times = 1 + Math.floor(Math.random() * 3); times > 0; times -= 1) bodies.push(event(Key))
  }
  for (const MessageBody of bodies.toSorted(() => Math.random() - 0.5))
    await whole.sqs.send(new SendMessageCommand({ QueueUrl: urlOf('arrivals'), MessageBody }))
  return ids
}

async function recordsOf(faxId: string): Promise<[FaxRecord | undefined, ...(DeliveryRecord | undefined)[]]> {
  const { ledger } = whole
  return [
    await ledger.getFax(faxId),
    await ledger.getDelivery(faxId, 'mail'),
    await ledger.getDelivery(faxId, 'log'),
    await ledger.getDelivery(faxId, 'printer'),
  ]
}

const isQuiet = (): boolean =>
  ['arrivals', 'mail', 'log'].every((name) => {
    const { visible = 0, inFlight = 0, delayed = 0 } = cloud.queueDepths()[name] ?? {}
    return visible + inFlight + delayed === 0
  })

describe('a cloud that breaks down all the time', () => {
  let ids: string[]

  beforeAll(async () => {
    ids = await arrive()
    await whole.sqs.send(new SendMessageCommand({ QueueUrl: urlOf('mail'), MessageBody: '{"poison":true}' }))
    const { s3, ses, logs } = broken
    const mail = {
      readObject: (key: string) => readObject(s3, BUCKET, key),
      sendRaw: makeSesMailer(ses),
      makeLink: async () => {
        throw new Error('no fax of this test is too large for a mail')
      },
    }
    const place = { groupPrefix: '/faxlane/faxes/', stream: 'faxes' }
    const appendLine = makeFaxLog(logs, place, () => new Date())
    const stops = [
      feed('arrivals', receiveArrivals),
      feed(
        'mail',
        deliveries('mail', (attempt) => deliverByMail(mail, attempt)),
      ),
      feed(
        'log',
        deliveries('log', (attempt) => deliverToLog({ appendLine }, attempt)),
      ),
    ]
    await waitFor(async () => {
      await pause(200)
      return isQuiet() || undefined
    })
    isBroken = false
    await Promise.all(stops.map((stop) => stop()))
  }, 120_000)

  it('met faults of every kind', () => {
    console.info([...faults].map(([fault, times]) => `${fault}: ${times}`).join(', '))
    expect([...faults.keys()].sort()).toEqual([...CLOUD_FAULTS].sort())
  })

  it('loses no fax, and leaves none of them and no delivery under way', async () => {
    for (const faxId of ids) {
      const [fax, mail, log, printer] = await recordsOf(faxId)
      expect(fax).toMatchObject({ state: 'routed', pages: 1 })
      expect({ mail: mail?.state, log: log?.state }).toEqual({ mail: 'delivered', log: 'delivered' })
      // That one waits for the site's agent.
      expect(printer).toMatchObject({ state: 'waiting', attempts: 0 })
    }
  })

  it('sends each mail, and no second one that does not say so', async () => {
    const mails = new Map<string, boolean[]>()
    for (const name of (await readdir(join(home, 'mail'))).filter((file) => file.endsWith('.eml')).sort()) {
      const { headers } = await PostalMime.parse(await readFile(join(home, 'mail', name)))
      const header = (key: string) => headers.find((one) => one.key === key)?.value
      const faxId = header('x-faxlane-fax-id') ?? ''
      mails.set(faxId, [...(mails.get(faxId) ?? []), header('x-faxlane-possible-duplicate') === 'yes'])
    }
    expect([...mails.keys()].sort()).toEqual([...ids].sort())
    // Of several of one fax, at most one has no mark.
    const unmarked = [...mails.values()].filter((marks) => marks.filter((marked) => !marked).length > 1)
    expect(unmarked).toEqual([])
  })

  it('hands each fax to the printers, however often as the same job', async () => {
    const jobs = new Set<string>()
    for (;;) {
      const { Messages = [] } = await whole.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: urlOf('print'),
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 600,
        }),
      )
      if (Messages.length === 0) break
      for (const { Body = '' } of Messages) jobs.add(JSON.parse(Body).faxId)
    }
    expect([...jobs].sort()).toEqual([...ids].sort())
  })

  it('sets aside what nobody can read, and nothing else', () => {
    const depths = cloud.queueDepths()
    expect(depths['arrivals-dead']?.visible).toBe(3)
    expect(depths['mail-dead']?.visible).toBe(1)
    expect(depths['log-dead']?.visible).toBe(0)
  })
})
