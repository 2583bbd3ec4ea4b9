import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type AwsClients, makeAwsClients } from '../agents/daemon/aws-clients.ts'
import {
  clockCheck,
  credentialsCheck,
  filesCheck,
  queueCheck,
  stateFolderCheck,
  uploadCheck,
} from '../agents/daemon/common-checks.ts'
import type { CommonConfig } from '../agents/daemon/common-options.ts'
import { sqsHeartbeat } from '../agents/daemon/heartbeat.ts'
import { findQueueUrl } from '../agents/daemon/queue-url.ts'
import { QUEUE, startTestStandIn, type TestStandIn } from '../local/aws/testing.ts'

const BUCKET = 'faxlane-test'
const REPORTS = 'faxlane-reports-paris'

let cloud: TestStandIn
let folder: string
let config: CommonConfig
let aws: AwsClients

beforeAll(async () => {
  cloud = await startTestStandIn()
  folder = await mkdtemp(join(tmpdir(), 'faxlane-daemon-'))
  await cloud.standIn.createBucket(BUCKET, [])
  await cloud.standIn.createQueue(REPORTS, QUEUE)
})
beforeEach(() => {
  const { endpoint, region, credentials } = cloud.client
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey)
  config = { site: 'paris', region, bucket: BUCKET, name: 'faxlane', stateFolder: folder, endpoint }
  aws = makeAwsClients(config)
})
afterEach(() => {
  aws.close()
  vi.unstubAllEnvs()
})
afterAll(async () => {
  await cloud.end()
  await rm(folder, { recursive: true })
})

const printFiles: typeof uploadCheck = (client, of) => filesCheck(client, of, 'print')

describe('the checks of the cloud', () => {
  it('may upload, and leave nothing behind', async () => {
    const result = await uploadCheck(aws, config).run()
    expect(result).toEqual({ ok: true, text: `${BUCKET}: may write to incoming/paris/` })
    const { KeyCount } = await aws.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))
    expect(KeyCount).toBe(0)
  })

  it('may see what is to be printed', async () => {
    expect(await filesCheck(aws, config, 'print').run()).toEqual({
      ok: true,
      text: `${BUCKET}: may read print/paris/`,
    })
  })

  it.each([uploadCheck, printFiles])('say that there is no such bucket: %o', async (check) => {
    const result = await check(aws, { ...config, bucket: 'faxlane-nowhere' }).run()
    expect(result).toMatchObject({ ok: false, fix: expect.stringContaining('FaxesBucket') })
    expect(result.text).toContain('NoSuchBucket')
  })

  it.each([uploadCheck, printFiles])('say that the key is a wrong one: %o', async (check) => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another')
    const stranger = makeAwsClients(config)
    const result = await check(stranger, config).run()
    stranger.close()
    expect(result).toMatchObject({ ok: false, fix: expect.stringContaining('credentials of this site') })
  })

  it('find a queue, or say which it is not', async () => {
    expect(await queueCheck(aws, REPORTS).run()).toEqual({ ok: true, text: 'is there' })
    const result = await queueCheck(aws, 'faxlane-print-paris').run()
    expect(result).toMatchObject({ ok: false, fix: expect.stringContaining('site, name and region') })
  })

  it('say whose key is used, and no more of it than its end', async () => {
    const key = cloud.client.credentials.accessKeyId
    const { ok, text } = await credentialsCheck(aws, 'faxlane-edge').run()
    expect({ ok, text }).toEqual({ ok: true, text: `key ***${key.slice(-4)}, without an end` })
  })

  it('take the session that credential_process gives', async () => {
    const helper = join(folder, 'helper')
    const { accessKeyId, secretAccessKey } = cloud.client.credentials
    const session = {
      Version: 1,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    }
    await writeFile(helper, `#!/bin/sh\necho '${JSON.stringify(session)}'\n`)
    await chmod(helper, 0o755)
    await writeFile(join(folder, 'config'), `[default]\ncredential_process = ${helper}\n`)
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined)
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'))
    const helped = makeAwsClients(config)
    expect((await credentialsCheck(helped, 'faxlane-edge').run()).text).toContain(
      `until ${session.Expiration}`,
    )
    expect((await queueCheck(helped, REPORTS).run()).ok).toBe(true)
    helped.close()
  })

  it('say that nobody answers', async () => {
    const deaf = createServer()
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`
    await new Promise((resolve) => deaf.close(resolve))
    const lost = makeAwsClients({ ...config, endpoint })
    const said = await Promise.all([
      uploadCheck(lost, config).run(),
      queueCheck(lost, REPORTS).run(),
      clockCheck({ ...config, endpoint }, () => new Date()).run(),
    ])
    lost.close()
    for (const { ok, fix } of said) {
      expect(ok).toBe(false)
      expect(fix).toContain('HTTPS connections')
    }
  })
})

describe('the check of the clock', () => {
  const at = (seconds: number) => clockCheck(config, () => new Date(Date.now() + seconds * 1000)).run()

  it.each([0, 100, -100])('lets %d s pass', async (seconds) => {
    expect((await at(seconds)).ok).toBe(true)
  })

  it.each([
    [200, 'ahead of'],
    [-200, 'behind'],
    [86_400, 'ahead of'],
  ])('does not let %d s pass', async (seconds, text) => {
    expect(await at(seconds)).toMatchObject({
      ok: false,
      text: expect.stringContaining(text),
      fix: expect.stringContaining('timesyncd'),
    })
  })
})

describe('the check of the state folder', () => {
  it('leaves nothing behind', async () => {
    expect(await stateFolderCheck(config, 'faxlane-edge').run()).toEqual({
      ok: true,
      text: `${folder} can be written to`,
    })
  })

  it('says how to make one', async () => {
    const stateFolder = join(folder, 'nowhere')
    expect(await stateFolderCheck({ stateFolder }, 'faxlane-edge').run()).toMatchObject({
      ok: false,
      fix: expect.stringContaining(`install -d -o faxlane-edge -g faxlane-edge -m 0750 ${stateFolder}`),
    })
  })
})

it('a heartbeat goes to the queue of reports', async () => {
  const url = await findQueueUrl(aws.sqs, REPORTS)
  const message = {
    version: 1,
    heartbeat: { agent: 'print', at: '2026-11-23T08:00:00.000Z', waiting: 0 },
  } as const
  await sqsHeartbeat(aws.sqs, async () => url)(message)
  const { Messages } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }))
  expect(JSON.parse(Messages?.[0]?.Body ?? '')).toEqual(message)
})
