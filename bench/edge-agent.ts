import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { build } from 'esbuild'
import { bundleAgent } from '../agents/packaging/bundle-agents.ts'
import { systemClock } from '../local/aws/clock.ts'
import { type StandIn, startStandIn } from '../local/aws/stand-in.ts'
import { serviceNodeOptions } from './agent-service.ts'
import { median } from './measure.ts'

/**
 * The edge agent beside a bare loop of the SDK's PutObject, on the same files against the same stand-in for S3 in one run: the machine
 * is shared, so only the ratios carry over. Then what an agent costs that has nothing to do.
 */
const FAXES = 300
const ROUNDS = 3
const PARALLEL = 4
const SINGLE_FAXES = 60
const IDLE_SECONDS = 15
const LARGEST_RESIDENT_MEGABYTES = 80
const LONGEST_MILLISECONDS = 200
const CREDENTIALS = { accessKeyId: 'AKIABENCH', secretAccessKey: 'bench' }
const REGION = 'eu-west-1'
const BUCKET = 'faxlane-bench'
const TICKS_PER_SECOND = 100

/** What every part of the bench works with. */
interface Bench {
  home: string
  cloud: StandIn
  programs: Programs
  sample: Buffer
}

export async function benchEdgeAgent(): Promise<void> {
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
    const sample = await readFile(new URL('../test/samples/long-fine-ecm.tif', import.meta.url))
    const bench: Bench = { home, cloud, programs: await buildPrograms(home), sample }
    await compareUploads(bench)
    await measureAgent(bench)
  } finally {
    await cloud.close()
    await rm(home, { recursive: true })
  }
}

interface Programs {
  agent: string
  bare: string
}

/** The agent as it is packaged, and the loop made the same way. */
async function buildPrograms(folder: string): Promise<Programs> {
  const { file: agent } = bundleAgent('edge', 'bench', folder)
  const bare = join(folder, 'bare.mjs')
  await build({
    entryPoints: ['bench/edge-agent-bare.ts'],
    outfile: bare,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    minifySyntax: true,
    minifyWhitespace: true,
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'error',
  })
  return { agent, bare }
}

async function compareUploads(bench: Bench): Promise<void> {
  const { programs, sample } = bench
  const rates = { agent: [] as number[], bare: [] as number[] }
  const peaks = { agent: [] as number[], bare: [] as number[] }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const kind of ['bare', 'agent'] as const) {
      const spool = await makeSpool(bench, `${kind}-${round}`)
      const child = kind === 'agent' ? await startAgent(bench, spool) : start(bench, programs.bare, [spool])
      const { first, last } = await uploadsOf(child, FAXES)
      rates[kind].push(((FAXES - 1) * 1000) / (last - first))
      peaks[kind].push(await megabytes(child, 'VmHWM'))
      await stop(child)
    }
  }
  const [agent, bare] = [median(rates.agent), median(rates.bare)]
  console.log(
    `uploads of ${(sample.length / 1000).toFixed(0)} kB, ${PARALLEL} at a time (median of ${ROUNDS} rounds)`,
  )
  console.log(
    `  edge agent  ${agent.toFixed(0).padStart(5)} a second  ${median(peaks.agent).toFixed(0)} MB at most`,
  )
  console.log(
    `  bare SDK    ${bare.toFixed(0).padStart(5)} a second  ${median(peaks.bare).toFixed(0)} MB at most`,
  )
  console.log(
    `  ratio       ${(agent / bare).toFixed(2)} of the rate, ${(median(peaks.agent) / median(peaks.bare)).toFixed(2)} of the memory`,
  )
}

/** One fax at a time, then none. */
async function measureAgent(bench: Bench): Promise<void> {
  const spool = join(bench.home, 'single')
  await mkdir(spool)
  const child = await startAgent(bench, spool)
  await pause(1000)
  const waits: number[] = []
  for (let index = 0; index < SINGLE_FAXES; index += 1) {
    await writeFax(spool, `${1_795_420_800 + index}-single`, bench.sample)
    const completeAt = performance.now()
    const { last } = await uploadsOf(child, 1)
    waits.push(last - completeAt)
    await pause(20)
  }
  // V8 puts its memory in order for half a minute after the last work.
  await pause(30_000)
  const before = await cpuTicks(child)
  await pause(IDLE_SECONDS * 1000)
  const idleTicks = (await cpuTicks(child)) - before
  const resident = await megabytes(child, 'VmRSS')
  await stop(child)
  const p50 = median(waits)
  console.log(
    `file complete to uploaded: ${p50.toFixed(0)} ms p50, ${Math.max(...waits).toFixed(0)} ms at most`,
  )
  console.log(
    `idle: ${resident.toFixed(0)} MB resident, ${((idleTicks / TICKS_PER_SECOND / IDLE_SECONDS) * 100).toFixed(1)} % of a core`,
  )
  if (resident > LARGEST_RESIDENT_MEGABYTES || p50 > LONGEST_MILLISECONDS) {
    console.error(`At most ${LARGEST_RESIDENT_MEGABYTES} MB and ${LONGEST_MILLISECONDS} ms are wanted.`)
    process.exitCode = 1
  }
}

async function makeSpool({ home, sample }: Bench, name: string): Promise<string> {
  const spool = join(home, name)
  await mkdir(spool)
  for (let index = 0; index < FAXES; index += 1)
    await writeFax(spool, `${1_795_420_800 + index}-${name}`, sample)
  return spool
}

/** Each fax has bytes of its own, and one of ten numbers. */
async function writeFax(spool: string, stem: string, sample: Buffer): Promise<void> {
  await writeFile(join(spool, `${stem}.tif`), Buffer.concat([sample, Buffer.from(stem)]))
  const number = Buffer.from(`10${stem.slice(9, 10)}`).toString('base64')
  await appendFile(join(spool, `${stem}.facts`), `destination=${number}\nend\n`)
}

async function startAgent(bench: Bench, spool: string): Promise<ChildProcess> {
  const state = `${spool}-state`
  await mkdir(state)
  const config = `${spool}.conf`
  await writeFile(
    config,
    `[edge]
site = paris
region = ${REGION}
bucket = ${BUCKET}
endpoint = ${bench.cloud.endpoint}
spool = ${spool}
state_folder = ${state}
parallel_uploads = ${PARALLEL}
`,
  )
  return start(bench, bench.programs.agent, ['run', '--config', config])
}

function start({ cloud }: Bench, program: string, words: string[]): ChildProcess {
  const env = {
    PATH: process.env.PATH,
    // The bare loop gets the same.
    NODE_OPTIONS: serviceNodeOptions('edge'),
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    BENCH_ENDPOINT: cloud.endpoint,
    BENCH_BUCKET: BUCKET,
    BENCH_PARALLEL: String(PARALLEL),
  }
  return spawn(process.execPath, [program, ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Both programs write a line for each upload; when the first and the last of them came. */
function uploadsOf(child: ChildProcess, count: number): Promise<{ first: number; last: number }> {
  return new Promise((resolve, reject) => {
    let seen = 0
    let first = 0
    const ended = () => reject(new Error(`the program ended after ${seen} uploads`))
    const read = (piece: Buffer) => {
      const lines = piece.toString().split('fax-uploaded').length - 1
      if (lines > 0 && seen === 0) first = performance.now()
      seen += lines
      if (seen < count) return
      child.stdout?.off('data', read)
      child.off('exit', ended)
      resolve({ first, last: performance.now() })
    }
    child.stdout?.on('data', read)
    child.once('exit', ended)
  })
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

async function megabytes(child: ChildProcess, name: 'VmHWM' | 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1000
}

async function cpuTicks(child: ChildProcess): Promise<number> {
  // Behind the name in parentheses, which may hold blanks: utime and stime are the 12th and 13th from there.
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8')
  const [, user = '0', system = '0'] = /\) (?:\S+ ){11}(\d+) (\d+)/.exec(stat) ?? []
  return Number(user) + Number(system)
}
