import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { bundleAgent } from '../agents/packaging/bundle-agents.ts'
import { systemClock } from '../local/aws/clock.ts'
import { type StandIn, startStandIn } from '../local/aws/stand-in.ts'
import { makeFaxId } from '../shared/fax-id.ts'
import type { PrintJob } from '../shared/messages.ts'
import { serviceNodeOptions } from './agent-service.ts'
import { median } from './measure.ts'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

/**
 * The print agent as it is packaged, against the stand-in for the cloud: from the message on the queue to the start of lp, which here
 * writes down when it was called and refuses the job, so that no CUPS is needed. Then what an agent costs that has nothing to do.
 */
const JOBS = 40
const IDLE_SECONDS = 15
const LARGEST_RESIDENT_MEGABYTES = 80
const LONGEST_MILLISECONDS = 200
const CREDENTIALS = { accessKeyId: 'AKIABENCH', secretAccessKey: 'bench' }
const REGION = 'eu-west-1'
const BUCKET = 'faxlane-bench'
const TICKS_PER_SECOND = 100
const FAX_BYTES = 60_000
const QUEUE = {
  visibilityTimeoutSeconds: 120,
  messageRetentionSeconds: 86_400,
  delaySeconds: 0,
  receiveWaitSeconds: 0,
}

export async function benchPrintAgent(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'faxlane-bench-'))
  const options = {
    homeFolder: join(home, 'cloud'),
    accountId: '000000000000',
    region: REGION,
    delayDivisor: 1,
  }
  const cloud = await startStandIn({ ...options, onUnknownRequest: () => {}, ...CREDENTIALS }, systemClock)
  try {
    await cloud.createBucket(BUCKET, [])
    await cloud.createQueue('faxlane-reports-paris', QUEUE)
    const { url } = await cloud.createQueue('faxlane-print-paris', QUEUE)
    const agent = await startAgent(home, cloud)
    try {
      const waits = await measureJobs({ home, cloud, queueUrl: url })
      report(waits, await measureIdle(agent))
    } finally {
      await stop(agent)
    }
  } finally {
    await cloud.close()
    await rm(home, { recursive: true })
  }
}

interface Site {
  home: string
  cloud: StandIn
  queueUrl: string
}

/** Milliseconds of each job, one after the other. */
async function measureJobs({ home, cloud, queueUrl }: Site): Promise<number[]> {
  const settings = { endpoint: cloud.endpoint, region: REGION, credentials: CREDENTIALS }
  const s3 = new S3Client({ ...settings, forcePathStyle: true })
  const sqs = new SQSClient(settings)
  const waits: number[] = []
  for (let index = 0; index < JOBS; index += 1) {
    const job = jobOf(index)
    await s3.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: job.key, Body: Buffer.alloc(FAX_BYTES, index) }),
    )
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(job) }))
    const sentAt = Date.now()
    waits.push((await callOfLp(home, index)) - sentAt)
    await pause(20)
  }
  s3.destroy()
  sqs.destroy()
  return waits
}

function jobOf(index: number): PrintJob {
  const faxId = makeFaxId(new Date(), `bench ${index}`)
  return {
    version: 1,
    faxId,
    backend: 'printer_office',
    key: `print/paris/${faxId}-printer_office.pdf`,
    format: 'pdf',
    printer: 'office',
    title: 'a fax',
    fileName: '012-003.pdf',
    pages: 1,
  }
}

/** When lp was called for the job, in milliseconds of the epoch. */
async function callOfLp(home: string, index: number): Promise<number> {
  for (;;) {
    const calls = (await readFile(join(home, 'lp.log'), 'utf8').catch(() => '')).split('\n')
    const nanoseconds = calls[index]
    if (calls.length > index + 1 && nanoseconds !== undefined) return Number(nanoseconds) / 1e6
    await pause(5)
  }
}

async function startAgent(home: string, cloud: StandIn): Promise<ChildProcess> {
  const commands = join(home, 'bin')
  await mkdir(commands)
  const lp = `#!/bin/sh\ndate +%s%N >> ${join(home, 'lp.log')}\necho 'lp: No file in print request.' >&2\nexit 1\n`
  await writeFile(join(commands, 'lp'), lp, { mode: 0o755 })
  const config = join(home, 'print.conf')
  await writeFile(
    config,
    `[print]
site = paris
region = ${REGION}
bucket = ${BUCKET}
endpoint = ${cloud.endpoint}
state_folder = ${join(home, 'state')}
cups_server = 127.0.0.1:9
`,
  )
  const { file } = bundleAgent('print', 'bench', home)
  const env = {
    PATH: `${commands}${delimiter}${process.env.PATH}`,
    NODE_OPTIONS: serviceNodeOptions('print'),
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  }
  return spawn(process.execPath, [file, 'run', '--config', config], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

interface Idle {
  residentMegabytes: number
  cpuShare: number
}

async function measureIdle(child: ChildProcess): Promise<Idle> {
  // V8 puts its memory in order for half a minute after the last work.
  await pause(30_000)
  const before = await cpuTicks(child)
  await pause(IDLE_SECONDS * 1000)
  const cpuShare = ((await cpuTicks(child)) - before) / TICKS_PER_SECOND / IDLE_SECONDS
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  return { residentMegabytes: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1000, cpuShare }
}

async function cpuTicks(child: ChildProcess): Promise<number> {
  // Behind the name in parentheses, which may hold blanks: utime and stime are the 12th and 13th from there.
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8')
  const [, user = '0', system = '0'] = /\) (?:\S+ ){11}(\d+) (\d+)/.exec(stat) ?? []
  return Number(user) + Number(system)
}

function report(waits: readonly number[], { residentMegabytes, cpuShare }: Idle): void {
  // The first one waits for the agent to start.
  const [start = Number.NaN, ...rest] = waits
  const p50 = median(rest)
  console.log(`message to lp: ${p50.toFixed(0)} ms p50, ${Math.max(...rest).toFixed(0)} ms at most`)
  console.log(`start to the first lp: ${start.toFixed(0)} ms`)
  console.log(`idle: ${residentMegabytes.toFixed(0)} MB resident, ${(cpuShare * 100).toFixed(1)} % of a core`)
  if (residentMegabytes > LARGEST_RESIDENT_MEGABYTES || p50 > LONGEST_MILLISECONDS) {
    console.error(`At most ${LARGEST_RESIDENT_MEGABYTES} MB and ${LONGEST_MILLISECONDS} ms are wanted.`)
    process.exitCode = 1
  }
}
