import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { makeQueues } from '../../cli/gateway/queues.ts'
import { makeDynamoQueries } from '../../functions/ledger/dynamo-queries.ts'
import type { AwsCall } from '../../local/aws/aws-call.ts'
import { type Gateway, startGateway } from '../../local/gateway.ts'
import { makeSubmit } from '../../local/submit.ts'
import { ensureSynthesized } from '../../local/synth/ensure-synthesized.ts'
import type { FaxEntry, LedgerQueries } from '../../shared/ledger/queries.ts'
import { standingOf } from '../../shared/ledger/standing.ts'
import { incomingKey } from '../../shared/object-keys.ts'
import { type SweepReport, sweepReportSchema } from '../../shared/sweep-report.ts'
import { killOne, makeRepeat } from './chaos.ts'
import { type Arrived, checkArrived } from './check.ts'
import { makeImpatient } from './impatient-assembly.ts'

export interface SoakOptions {
  faxes: number
  /** The numbers dialled, in turn. */
  numbers?: readonly string[]
  /** None: the rate of an undisturbed gateway. */
  killEverySeconds: number | undefined
  tell: (text: string) => void
  /** Told of every call to AWS from the first upload on until all have ended, but not of those by which the soak looks. */
  onCall?: (call: AwsCall) => void
}

export interface SoakResult {
  seconds: number
  kills: number
  repeatedEvents: number
  repeatedDeliveries: number
  sweep: SweepReport
  arrived: Arrived
}

const projectFolder = fileURLToPath(new URL('../..', import.meta.url))
const SAMPLE = join(projectFolder, 'test/samples/text-std-ecm.tif')
/** Of ten faxes, two go where a server is down: a tenth of the deliveries. */
const NUMBERS: readonly string[] = ['1', '1', '2', '2', '3', '3', '4', '4', '5', '6']
const UPLOADS_AT_A_TIME = 6
/** Longer than any wait of a delivery here, whose delays and time limits are cut. */
const STANDSTILL_SECONDS = 180
const fewOf = (faxes: number) => faxes / 50

/** Many faxes through the local gateway while its functions are killed and its messages repeated; then everything is counted. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { onCall = () => {} } = options
  const run: Run = { isUnderWay: false }
  const home = await mkdtemp(join(tmpdir(), 'faxlane-soak-'))
  const config = join(projectFolder, 'test/routing-tables/soak.conf')
  const { assemblyFolder } = await ensureSynthesized({ projectFolder, config, onProgress: () => {} })
  await makeImpatient(assemblyFolder, join(home, 'assembly'))
  const gateway = await startGateway({
    homeFolder: join(home, 'gateway'),
    assemblyFolder: join(home, 'assembly'),
    delayDivisor: 60,
    onCall: (call) => {
      if (run.isUnderWay && !isLooking(call)) onCall(call)
    },
  })
  try {
    return await runOn(gateway, options, run)
  } finally {
    await gateway.close()
    await rm(home, { recursive: true, force: true })
  }
}

interface Run {
  isUnderWay: boolean
}

/** Agents, which are the account's owner here as well, read no ledger and count no messages. */
function isLooking({ caller, service, action }: AwsCall): boolean {
  return caller === 'owner' && (service === 'dynamodb' || LOOKS_AT_QUEUES.has(action))
}
const LOOKS_AT_QUEUES = new Set(['ListQueues', 'GetQueueAttributes'])

async function runOn(
  gateway: Gateway,
  { faxes, numbers = NUMBERS, killEverySeconds, tell }: SoakOptions,
  run: Run,
): Promise<SoakResult> {
  await putPasswords(gateway)
  const dynamoDb = new DynamoDBClient({ ...gateway, endpoint: gateway.dynamoDbEndpoint })
  const sqs = new SQSClient(gateway)
  const queries = makeDynamoQueries(dynamoDb, gateway.ledgerTable)
  // The agents' first signs of life, and S3's test events.
  while ((await messagesUnderWay(sqs)) > 0) await sleep(100)
  run.isUnderWay = true
  const started = performance.now()
  const done = { uploaded: 0, kills: 0, repeatedEvents: 0, repeatedDeliveries: 0 }
  const chaos = startKilling(killEverySeconds, done)
  const progress = setInterval(
    () => tell(`${done.uploaded} of ${faxes} uploaded, ${done.kills} kills`),
    10_000,
  )
  try {
    await upload({ gateway, sqs, faxes, numbers, disturbed: killEverySeconds !== undefined }, done)
    await untilAllHaveEnded({ sqs, queries, faxes, tell }, (open) => {
      // Of the last few, each kill would hit the same ones again and again.
      if (open <= fewOf(faxes)) clearInterval(chaos)
    })
    // Also where the last few ended between two looks: a sweep that is killed counts nothing.
    clearInterval(chaos)
    const seconds = (performance.now() - started) / 1000
    run.isUnderWay = false
    const entries = await everyFax(queries)
    const { uploaded: _, ...disturbed } = done
    return {
      seconds,
      ...disturbed,
      sweep: await sweepOf(gateway),
      arrived: await checkArrived(entries, gateway.folders),
    }
  } finally {
    clearInterval(progress)
    clearInterval(chaos)
    dynamoDb.destroy()
    sqs.destroy()
  }
}

async function putPasswords(gateway: Gateway): Promise<void> {
  const secrets = new SecretsManagerClient(gateway)
  await secrets.send(new PutSecretValueCommand({ SecretId: 'faxlane/down', SecretString: 'a password' }))
  secrets.destroy()
}

function startKilling(everySeconds: number | undefined, done: { kills: number }): NodeJS.Timeout | undefined {
  if (everySeconds === undefined) return undefined
  return setInterval(() => {
    if (killOne(Math.random)) done.kills += 1
  }, everySeconds * 1000)
}

interface Uploads {
  gateway: Gateway
  sqs: SQSClient
  faxes: number
  numbers: readonly string[]
  disturbed: boolean
}

async function upload(
  { gateway, sqs, faxes, numbers, disturbed }: Uploads,
  done: { uploaded: number; repeatedEvents: number; repeatedDeliveries: number },
): Promise<void> {
  const submit = makeSubmit(gateway, (key) => key)
  const repeat = makeRepeat(sqs, gateway.bucket)
  const site = gateway.sites[0] ?? ''
  let next = 0
  const uploadOnes = async () => {
    while (next < faxes) {
      const number = next++
      const to = numbers[number % numbers.length] ?? '1'
      const { fax: faxId } = await submit({ file: SAMPLE, from: '0478123456', to })
      done.uploaded += 1
      if (!disturbed) continue
      const key = incomingKey({ site, faxId })
      const stored = { faxId, site, key, sizeBytes: 1, storedAt: new Date() }
      // Delays are a sixtieth here: from at once to a quarter of a minute later.
      const delaySeconds = Math.floor(Math.random() * 900)
      if (number % 10 === 3) {
        await repeat.event(stored, delaySeconds)
        done.repeatedEvents += 1
      }
      if (number % 10 === 7) {
        await repeat.delivery(faxId, 'mail', delaySeconds)
        done.repeatedDeliveries += 1
      }
    }
  }
  await Promise.all(Array.from({ length: UPLOADS_AT_A_TIME }, uploadOnes))
}

/** Until no fax of so many is under way, or nothing has changed for so long that nothing will: then the count says what is missing. */
async function untilAllHaveEnded(
  {
    sqs,
    queries,
    faxes,
    tell,
  }: Pick<SoakOptions, 'faxes' | 'tell'> & { sqs: SQSClient; queries: LedgerQueries },
  counted: (open: number) => void,
): Promise<void> {
  let told = performance.now()
  let changed = { at: performance.now(), open: faxes }
  for (;;) {
    await sleep(1000)
    // Who has no message any more has ended, or never will. All faxes are read only then: that would take most of the machine's time.
    const open = (await messagesUnderWay(sqs)) || (await faxesUnderWay(queries, faxes))
    if (open === 0) return
    counted(open)
    if (open !== changed.open) changed = { at: performance.now(), open }
    if (performance.now() - changed.at > STANDSTILL_SECONDS * 1000) return
    if (performance.now() - told > 10_000) {
      tell(`${open} messages under way`)
      told = performance.now()
    }
  }
}

/** Those that a delivery still depends on: of notices, an hour's end is no hurry, and dead letters wait for a person. */
async function messagesUnderWay(sqs: SQSClient): Promise<number> {
  return (await makeQueues(sqs, 'faxlane').depths())
    .filter(({ queue }) => !/-dead$|notices$/.test(queue))
    .reduce((sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed, 0)
}

async function faxesUnderWay(queries: LedgerQueries, faxes: number): Promise<number> {
  return faxes - (await everyFax(queries)).filter((entry) => standingOf(entry) !== 'waiting').length
}

async function everyFax(queries: LedgerQueries): Promise<FaxEntry[]> {
  const entries: FaxEntry[] = []
  const day = 86_400_000
  for await (const entry of queries.faxesBetween(new Date(Date.now() - day), new Date(Date.now() + day)))
    entries.push(entry)
  return entries
}

async function sweepOf(gateway: Gateway): Promise<SweepReport> {
  const lambda = new LambdaClient(gateway)
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'faxlane-sweep' }))
  lambda.destroy()
  return sweepReportSchema.parse(JSON.parse(Buffer.from(Payload ?? []).toString()))
}
