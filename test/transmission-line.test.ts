import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TransmitSite } from '../agents/edge/testing/transmit-site.ts'
import { s3Claims } from '../agents/edge/transmit/claims.ts'
import { s3JobFiles } from '../agents/queue/s3-job-files.ts'
import { sqsReports, sqsWorkQueue } from '../agents/queue/sqs-work-queue.ts'
import { makeGetTransmission } from '../functions/ledger/dynamo-transmissions.ts'
import { textPdf } from '../functions/submit/rasterise/testing/pdfs.ts'
import { type Gateway, startGateway } from '../local/gateway.ts'
import { ensureSynthesized } from '../local/synth/ensure-synthesized.ts'
import { makeFaxId } from '../shared/fax-id.ts'
import { hasTransmissionEnded } from '../shared/ledger/transmission-record.ts'
import { outgoingKey, transmissionIdOf } from '../shared/transmission/keys.ts'
import { waitFor } from './wait-for.ts'

/** What a real Asterisk gave, and what becomes of a fax by it: the attempts' causes, and the end. */
const OUTCOMES = [
  ['ok', 'sent', ['sent']],
  ['t38', 'sent', ['sent']],
  ['direct-t38', 'sent', ['sent']],
  ['busy', 'failed', ['busy', 'busy', 'busy']],
  ['congestion', 'failed', ['congestion', 'congestion', 'congestion']],
  ['noanswer', 'failed', ['no-answer', 'no-answer', 'no-answer']],
  ['unknown-number', 'failed', ['unallocated']],
  ['missing-file', 'failed', ['file']],
  ['not-a-tiff', 'failed', ['file']],
  ['cut-midway', 'failed', ['line', 'line']],
  ['voice-answers', 'failed', ['line', 'line']],
  ['cancel-by-agent', 'failed', ['line', 'line']],
] as const

const projectFolder = fileURLToPath(new URL('..', import.meta.url))
const numberOf = (index: number) => `01400010${String(index).padStart(2, '0')}`

let home: string
let gateway: Gateway
let site: TransmitSite
let s3: S3Client
let sqs: SQSClient
let dynamoDb: DynamoDBClient
let stop: () => Promise<void>

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-line-'))
  const config = join(projectFolder, 'test/routing-tables/gateway.conf')
  const { assemblyFolder } = await ensureSynthesized({ projectFolder, config, onProgress: () => {} })
  gateway = await startGateway({ homeFolder: home, assemblyFolder, delayDivisor: 2000 })
  s3 = new S3Client({ ...gateway, forcePathStyle: true })
  sqs = new SQSClient(gateway)
  dynamoDb = new DynamoDBClient({ ...gateway, endpoint: gateway.dynamoDbEndpoint })
  site = await TransmitSite.make()
  site.asterisk.outcomeOf = (number) => OUTCOMES[Number(number.slice(-2))]?.[0] ?? 'ok'
  // Progress that the fake makes up would count as pages.
  site.asterisk.denied.add('FAXSessions')
  stop = await startAgent()
}, 180_000)

afterAll(async () => {
  await stop()
  await site.end()
  for (const client of [s3, sqs, dynamoDb]) client.destroy()
  await gateway.close()
  await rm(home, { recursive: true, force: true })
})

/** The sending side of an edge agent, on the gateway's queue, bucket and claims. */
async function startAgent(): Promise<() => Promise<void>> {
  const { QueueUrl: queueUrl = '' } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: 'faxlane-transmit-paris' }),
  )
  const { bucket, reportsQueues } = gateway
  const dependencies = {
    ...(await site.dependencies()),
    queue: sqsWorkQueue(sqs, { queueUrl }),
    reports: sqsReports(sqs, { queueUrl: reportsQueues.paris ?? '' }),
    files: s3JobFiles(s3, { bucket }),
    claims: s3Claims(s3, { bucket }),
  }
  return site.run(dependencies, { channels: 4 })
}

async function send(destination: string) {
  const putAt = new Date()
  const key = outgoingKey({ site: 'paris', documentId: makeFaxId(putAt, destination) })
  const document = { Bucket: gateway.bucket, Key: key, Body: await textPdf(1), Metadata: { to: destination } }
  await s3.send(new PutObjectCommand(document))
  const id = transmissionIdOf({ key, destination, putAt })
  const getTransmission = makeGetTransmission(dynamoDb, gateway.ledgerTable)
  return waitFor(async () => {
    const record = await getTransmission(id)
    return record !== undefined && hasTransmissionEnded(record) ? record : undefined
  })
}

it.each(OUTCOMES.map((outcome, index) => [...outcome, index] as const))(
  'a PDF goes out over the edge agent and AMI: %s is %s',
  async (_, state, causes, index) => {
    const record = await send(numberOf(index))
    expect(record.state).toBe(state)
    expect(record.history.map(({ cause }) => cause)).toEqual(causes)
    const dialled = site.asterisk.dialled.filter(({ channel }) => channel.includes(numberOf(index)))
    expect(dialled.map(({ uniqueId }) => uniqueId)).toEqual(
      causes.map((__, attempt) => `${record.id}-${attempt + 1}`),
    )
    // The PBX's own words are kept whole.
    expect(Object.keys(record.history[0]?.foreign ?? {}).length).toBeGreaterThan(0)
    if (state === 'failed') expect(record.reason).not.toBe('')
  },
)
