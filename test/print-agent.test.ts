import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../local/aws/clock.ts'
import { type StandIn, startStandIn } from '../local/aws/stand-in.ts'
import { ACCOUNT, CREDENTIALS, QUEUE, REGION } from '../local/aws/testing.ts'
import { heartbeatSchema, type PrintJob, reportSchema } from '../shared/messages.ts'

const BUCKET = 'faxlane-test'
const MAIN = new URL('../agents/print/main.ts', import.meta.url).pathname

let home: string
let config: string
let cloud: StandIn
let s3: S3Client
let sqs: SQSClient
let printUrl: string
let reportsUrl: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-print-'))
  const options = { homeFolder: join(home, 'cloud'), accountId: ACCOUNT, region: REGION, delayDivisor: 1 }
  cloud = await startStandIn({ ...options, ...CREDENTIALS }, systemClock)
  const settings = { endpoint: cloud.endpoint, region: REGION, credentials: CREDENTIALS }
  s3 = new S3Client({ ...settings, forcePathStyle: true })
  sqs = new SQSClient(settings)
  await cloud.createBucket(BUCKET, [])
  printUrl = (await cloud.createQueue('faxlane-print-paris', QUEUE)).url
  reportsUrl = (await cloud.createQueue('faxlane-reports-paris', QUEUE)).url
  for (const name of ['state', 'paper']) await mkdir(join(home, name))
  config = await writeConfig('print.conf', `print_into = ${join(home, 'paper')}`)
})

afterAll(async () => {
  s3?.destroy()
  sqs?.destroy()
  await cloud?.close()
  await rm(home, { recursive: true, force: true })
})

async function writeConfig(name: string, more: string): Promise<string> {
  const path = join(home, name)
  const common = `site = paris\nregion = ${REGION}\nbucket = ${BUCKET}\nstate_folder = ${join(home, 'state')}`
  await writeFile(path, `[print]\n${common}\nendpoint = ${cloud.endpoint}\n${more}\n`)
  return path
}

function start(...words: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...words], {
    env: {
      PATH: process.env.PATH,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return { child, ended, out: text(child.stdout), err: text(child.stderr) }
}

async function run(...words: string[]) {
  const { ended, out, err } = start(...words)
  return { code: await ended, out: await out, err: await err }
}

const job: PrintJob = {
  version: 1,
  faxId: '20261123T080000Z-0123456789ab',
  backend: 'printer_office',
  key: 'print/paris/20261123T080000Z-0123456789ab-printer_office.pdf',
  format: 'pdf',
  title: 'a fax',
  fileName: '012-003.pdf',
  pages: 1,
}

describe('faxlane-print', () => {
  it('prints, reports, shows signs of life, and ends when it is told to', async () => {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: job.key, Body: 'a PDF' }))
    await sqs.send(new SendMessageCommand({ QueueUrl: printUrl, MessageBody: JSON.stringify(job) }))
    const agent = start('run', '--config', config)
    const bodies: unknown[] = []
    while (bodies.length < 2) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: reportsUrl, WaitTimeSeconds: 5, MaxNumberOfMessages: 10 }),
      )
      bodies.push(...Messages.map(({ Body }) => JSON.parse(Body ?? '')))
    }
    const path = join(home, 'paper', 'default', '012-003.pdf')
    expect(await readFile(path, 'utf8')).toBe('a PDF')
    const report = bodies.map((body) => reportSchema.safeParse(body)).find(({ success }) => success)
    expect(report?.data).toMatchObject({
      faxId: job.faxId,
      outcome: { outcome: 'delivered', receipt: path },
    })
    const heartbeat = bodies.map((body) => heartbeatSchema.safeParse(body)).find(({ success }) => success)
    expect(heartbeat?.data).toMatchObject({ heartbeat: { agent: 'print' } })
    await untilStatusSays(path)
    const status = await run('status', '--config', config, '--json')
    expect(status.code).toBe(0)
    expect(JSON.parse(status.out)).toMatchObject({ running: true, site: 'paris', waiting: 0 })
    agent.child.kill('SIGTERM')
    expect(await agent.ended).toBe(0)
    expect(await agent.out).toContain('outcome=delivered')
    expect((await run('status', '--config', config)).code).toBe(1)
  })

  async function untilStatusSays(word: string): Promise<void> {
    const read = () => readFile(join(home, 'state', 'status.json'), 'utf8').catch(() => '')
    while (!(await read()).includes(word) || !(await read()).includes('"waiting": 0')) await pause(50)
  }

  it('checks what it needs, each thing with its fix', async () => {
    const good = await run('check', '--config', config, '--json')
    const checks: { name: string; ok: boolean }[] = JSON.parse(good.out).checks
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(checks.map(({ name }) => name)).toContain('queue faxlane-print-paris')
    expect(good.code).toBe(0)
    const nowhere = await writeConfig('nowhere.conf', 'cups_server = 127.0.0.1:9')
    const bad = await run('check', '--config', nowhere)
    expect(bad.code).toBe(1)
    expect(bad.out).toMatch(/✘ CUPS: does not answer: .*ECONNREFUSED/)
    expect(bad.out).toContain('fix: Start it (systemctl start cups)')
  })

  it('refuses a configuration that does not hold, and words that are no command', async () => {
    const both = await writeConfig('both.conf', 'print_into = /tmp\ncups_server = localhost')
    expect(await run('run', '--config', both)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/exclude/),
    })
    const strange = await writeConfig('strange.conf', 'cups_server = http://x')
    expect((await run('run', '--config', strange)).err).toMatch(/strange\.conf:7: cups_server/)
    expect((await run('print')).code).toBe(2)
    expect((await run('--help')).out).toContain('faxlane-print SUBCOMMAND')
  })
})
