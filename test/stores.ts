import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { main } from '../cli/main.ts'
import { makeDynamoLedger } from '../functions/ledger/dynamo-ledger.ts'
import { makeDynamoTransmissions } from '../functions/ledger/dynamo-transmissions.ts'
import { ledgerTableInput } from '../functions/ledger/testing/ledger-table.ts'
import { startStandIn } from '../local/aws/stand-in.ts'
import { QUEUE } from '../local/aws/testing.ts'
import { bucketNameOf, deadLettersOf, deploymentNames } from '../shared/deployment-names.ts'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'

const PLACE = { accountId: '000000000000', region: 'eu-west-1' }
const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret of the tests' }

/** The stores of a gateway with nobody at work on them, for what is said of records of all kinds: the operator's commands find it by its home. */
export async function startStores(table: DeployedTable) {
  const home = await mkdtemp(join(tmpdir(), 'faxlane-stores-'))
  const names = deploymentNames('faxlane')
  const bucket = bucketNameOf('faxlane', { account: PLACE.accountId, region: PLACE.region })
  const standIn = await startStandIn({ homeFolder: home, delayDivisor: 1, ...PLACE, ...CREDENTIALS })
  await standIn.createBucket(bucket, [])
  await standIn.createTable(ledgerTableInput(names.ledger))
  for (const queue of [names.arrivals, names.dispatch, ...table.sites.map(names.reports)]) {
    await standIn.createQueue(deadLettersOf(queue), QUEUE)
    const deadLetter = { queueName: deadLettersOf(queue), maxReceiveCount: 5 }
    await standIn.createQueue(queue, { ...QUEUE, deadLetter })
  }
  const { endpoint, dynamoDbEndpoint } = standIn
  const settings = { endpoint, region: PLACE.region, credentials: CREDENTIALS }
  const routingTable = join(home, 'routing-table.json')
  await writeFile(routingTable, JSON.stringify(table))
  const gateway = { ...settings, dynamoDbEndpoint, bucket, deployment: 'faxlane', routingTable }
  await writeFile(join(home, 'gateway.json'), JSON.stringify({ pid: process.pid, gateway }))
  const dynamoDb = new DynamoDBClient({ ...settings, endpoint: dynamoDbEndpoint })
  const s3 = new S3Client({ ...settings, forcePathStyle: true })
  const environment = { LEDGER_TABLE: names.ledger, LEDGER_DAYS: '3653' }
  return {
    home,
    names,
    settings,
    ledger: makeDynamoLedger(dynamoDb, environment),
    transmissions: makeDynamoTransmissions(dynamoDb, environment),
    serveFunction: standIn.serveFunction,
    put: async (Key: string, Metadata: Record<string, string> = {}) => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'a file', Metadata }))
    },
    /** All items of the ledger's table, in no order. */
    async items(): Promise<Record<string, unknown>[]> {
      const { Items = [] } = await DynamoDBDocumentClient.from(dynamoDb).send(
        new ScanCommand({ TableName: names.ledger }),
      )
      return Items
    },
    /** Runs a command of the operator in this process, as long as no other runs. */
    faxlane: (...words: string[]) => runHere([...words, '--home', home]),
    async close() {
      dynamoDb.destroy()
      s3.destroy()
      await standIn.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}
export type Stores = Awaited<ReturnType<typeof startStores>>

/** The command without a process of its own: for many of them. */
export async function runHere(words: readonly string[]) {
  const written = { stdout: '', stderr: '' }
  const { stdout, stderr } = process
  const originals = { stdout: stdout.write, stderr: stderr.write }
  const listening = [stdout, stderr].map((stream) => ({ stream, before: new Set(stream.listeners('error')) }))
  const capture = (name: 'stdout' | 'stderr') => (chunk: string | Uint8Array, done?: () => void) => {
    written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    done?.()
    return true
  }
  try {
    Object.assign(stdout, { write: capture('stdout') })
    Object.assign(stderr, { write: capture('stderr') })
    return { exitCode: await main(words), ...written }
  } finally {
    Object.assign(stdout, { write: originals.stdout })
    Object.assign(stderr, { write: originals.stderr })
    for (const { stream, before } of listening)
      for (const listener of stream.listeners('error'))
        if (!before.has(listener)) stream.off('error', listener as () => void)
  }
}
