import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TABLE } from '../infra/testing/synthesize.ts'
import { type AccessRequest, decide, type Statement } from '../local/aws/iam/policy.ts'
import { ACCOUNT, errorOf, QUEUE, REGION, startTestStandIn, type TestStandIn } from '../local/aws/testing.ts'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { readRoles } from './deployed-roles.ts'

// What a machine of one site that was stolen, with its certificates, can do to the other sites.

/** What is in it does not matter to a template. */
const CA = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
/** One name begins with another. */
const SITES = ['main', 'main-2', 'berlin']
const AGENTS = ['edge', 'print'] as const
const details = { caCertificate: CA, agents: [...AGENTS] }
const table: DeployedTable = {
  ...TABLE,
  sites: SITES,
  siteDetails: Object.fromEntries(SITES.map((site) => [site, details])),
}
const BUCKET = `faxlane-${ACCOUNT}-${REGION}`
const { roles, denials } = await readRoles(table)

const nameOf = (agent: string, site: string) => `${agent} agent of faxlane at ${site}`
function statementsOf(agent: string, site: string): Statement[] {
  const statements = roles.get(nameOf(agent, site))
  if (statements === undefined) throw new Error(`There is no role for the ${agent} agent of ${site}.`)
  return [...statements, ...denials]
}

/** A call for each thing that a statement allows. */
function callsAllowedBy({ Effect, Action, Resource, Condition = {} }: Statement): AccessRequest[] {
  if (Effect !== 'Allow') return []
  const context = Object.fromEntries(
    Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, [wanted = '']]) => [
        key.toLowerCase(),
        operator === 'Null' ? '*' : wanted.replaceAll('*', 'x'),
      ]),
    ),
  )
  return Action.flatMap((action) =>
    Resource.map((resource) => ({ action, resource: resource.replaceAll('*', 'x'), context })),
  )
}

const calls = SITES.flatMap((site) =>
  AGENTS.flatMap((agent) =>
    statementsOf(agent, site)
      .flatMap(callsAllowedBy)
      .map((request) => ({ site, agent, request })),
  ),
)

describe('what an agent may do', () => {
  it.each(calls)('$agent at $site: $request.action on $request.resource, and no other site may', (call) => {
    const { site, agent, request } = call
    expect(decide(statementsOf(agent, site), request).allowed).toBe(true)
    const others = SITES.filter((other) => other !== site).flatMap((other) =>
      AGENTS.filter((one) => decide(statementsOf(one, other), request).allowed).map((one) => [one, other]),
    )
    expect(others).toEqual([])
  })

  it.each(SITES.flatMap((site) => AGENTS.map((agent) => [agent, site] as const)))(
    'is nothing that overwrites, deletes or looks at older versions, nor a way to send or to ask: %s at %s',
    (agent, site) => {
      const area = (name: string) => `arn:aws:s3:::${BUCKET}/${name}/${site}/x`
      const areas = ['incoming', 'pdf', 'print', 'outgoing', 'transmit', 'claims'].map(area)
      const url = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:faxlane-api`
      const requests: [action: string, resource: string, context?: Record<string, string>][] = [
        ...areas.flatMap((resource): [string, string][] => [
          ['s3:PutObject', resource],
          ['s3:DeleteObject', resource],
          ['s3:DeleteObjectVersion', resource],
          ['s3:GetObjectVersion', resource],
          ['s3:PutObjectTagging', resource],
          ['s3:PutObjectRetention', resource],
          ['s3:RestoreObject', resource],
        ]),
        ...['pdf', 'print', 'outgoing', 'transmit'].map((name): [string, string, Record<string, string>] => [
          's3:PutObject',
          area(name),
          { 's3:if-none-match': '*' },
        ]),
        ['lambda:InvokeFunctionUrl', url],
        ['lambda:InvokeFunction', url],
        ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/x`],
      ]
      const allowed = requests.filter(
        ([action, resource, context = {}]) =>
          decide(statementsOf(agent, site), { action, resource, context }).allowed,
      )
      expect(allowed).toEqual([])
    },
  )
})

describe('a stolen machine of berlin', () => {
  let cloud: TestStandIn
  let s3: S3Client
  let sqs: SQSClient
  const urls = new Map<string, string>()
  const urlOf = (queue: string) => urls.get(queue) ?? ''

  beforeAll(async () => {
    cloud = await startTestStandIn()
    await cloud.standIn.createBucket(BUCKET, [])
    cloud.standIn.denyToAll(denials)
    for (const site of ['main', 'berlin'])
      for (const work of ['print', 'transmit', 'reports']) {
        const { url } = await cloud.standIn.createQueue(`faxlane-${work}-${site}`, QUEUE)
        urls.set(`${work}-${site}`, url)
      }
    // Both agents on one machine.
    const statements = AGENTS.flatMap((agent) => statementsOf(agent, 'berlin'))
    cloud.standIn.admit({ name: 'stolen', accessKeyId: 'AKIASTOLEN', statements })
    const settings = {
      ...cloud.client,
      credentials: { ...cloud.client.credentials, accessKeyId: 'AKIASTOLEN' },
    }
    s3 = new S3Client(settings)
    sqs = new SQSClient(settings)
  })
  afterAll(async () => {
    s3.destroy()
    sqs.destroy()
    await cloud.end()
  })

  const put = (Key: string) =>
    s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'forged', IfNoneMatch: '*' }))
  const report = (queue: string) =>
    sqs.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody: '{}' }))
  const refused = async (call: Promise<unknown>) =>
    expect((await errorOf(call)).name).toMatch(/^AccessDenied/)

  it('reports on its own queue, and puts its own faxes', async () => {
    await report('reports-berlin')
    await put('incoming/berlin/x.tif')
  })

  it('reports nothing in the name of main, be it of a print job, a transmission or a sign of life', async () => {
    await refused(report('reports-main'))
    await refused(sqs.send(new GetQueueUrlCommand({ QueueName: 'faxlane-reports-main' })))
  })

  it.each(['print-main', 'transmit-main', 'reports-main', 'reports-berlin'])(
    'takes nothing from %s',
    async (queue) => {
      await refused(sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf(queue), WaitTimeSeconds: 0 })))
    },
  )

  it('puts nothing where main puts its faxes and claims, and nothing twice', async () => {
    await refused(put('incoming/main/x.tif'))
    await refused(put('claims/main/x-1'))
    expect((await errorOf(put('incoming/berlin/x.tif'))).name).toBe('PreconditionFailed')
  })
})
