import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Assembly, readAssembly } from './assembly.ts'
import { describeDeployment, functionsWithUrl } from './blueprint.ts'
import { SAMPLE_DATA_RESOURCES, SAMPLE_GATEWAY_RESOURCES, writeSampleAssembly } from './sample-assembly.ts'

const PLACE = {
  accountId: '000000000000',
  region: 'eu-west-1',
  endpoint: 'http://127.0.0.1:4000',
  functionUrl: (name: string) => `http://127.0.0.1:5000/${name}/`,
}

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown> }>

function assemblyOf(...stacks: Resources[]): Assembly {
  return {
    stacks: stacks.map((resources, index) => ({
      name: `stack${index}`,
      template: {
        Resources: Object.fromEntries(
          Object.entries(resources).map(([id, { Type, Properties = {} }]) => [id, { Type, Properties }]),
        ),
        Outputs: {},
      },
    })),
    assetFolders: new Map(
      ['receive', 'settle', 'download'].map((name) => [`${name}.zip`, `/assets/${name}`]),
    ),
  }
}

describe('the description of a deployment', () => {
  const blueprint = describeDeployment(assemblyOf(SAMPLE_DATA_RESOURCES, SAMPLE_GATEWAY_RESOURCES), PLACE)

  test('has the stores, dead-letter queues first', () => {
    expect(blueprint.queues.map(({ name }) => name).indexOf('sample-arrivals-dead')).toBeLessThan(
      blueprint.queues.map(({ name }) => name).indexOf('sample-arrivals'),
    )
    expect(blueprint.queues.find(({ name }) => name === 'sample-arrivals')?.attributes).toEqual({
      visibilityTimeoutSeconds: 60,
      messageRetentionSeconds: 345_600,
      delaySeconds: 0,
      receiveWaitSeconds: 0,
      deadLetter: { queueName: 'sample-arrivals-dead', maxReceiveCount: 5 },
    })
    expect(blueprint.buckets).toEqual([
      {
        name: 'sample-000000000000-eu-west-1',
        notifications: [
          { queueName: 'sample-arrivals', events: ['s3:ObjectCreated:*'], prefix: 'incoming/' },
        ],
      },
    ])
    expect(blueprint.tables).toEqual([
      {
        TableName: 'sample-ledger',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      },
    ])
    expect(blueprint.secrets).toEqual(['sample/ftp'])
    expect(blueprint.logGroups).toEqual([{ name: '/sample/faxes/log', streams: ['faxes'] }])
  })

  test('has the functions, whose queue URLs and links lead to this machine', () => {
    expect(blueprint.functions.find(({ name }) => name === 'sample-receive')).toEqual({
      name: 'sample-receive',
      arn: 'arn:aws:lambda:eu-west-1:000000000000:function:sample-receive',
      assetFolder: '/assets/receive',
      handler: 'index.handler',
      timeoutSeconds: 20,
      memoryMegabytes: 256,
      permissions: [],
      environment: {
        FAXES_BUCKET: 'sample-000000000000-eu-west-1',
        LEDGER_TABLE: 'sample-ledger',
        PRINT_QUEUE_PREFIX: 'sample-print-',
        REPORTS_QUEUE_URL: 'http://127.0.0.1:4000/000000000000/sample-reports-main',
        LINK_URL: 'http://127.0.0.1:5000/sample-download/',
      },
    })
    expect(functionsWithUrl(assemblyOf(SAMPLE_GATEWAY_RESOURCES), PLACE)).toEqual([
      { functionName: 'sample-download', wantsSignature: false },
    ])
  })

  test('says which queue feeds which function', () => {
    expect(blueprint.eventSources).toContainEqual({
      functionName: 'sample-receive',
      queueName: 'sample-arrivals',
      queueArn: 'arn:aws:sqs:eu-west-1:000000000000:sample-arrivals',
      batchSize: 1,
      windowSeconds: 0,
      reportsBatchItemFailures: true,
      concurrency: 2,
    })
  })

  test('follows a reference into another stack by its export', () => {
    const { stacks } = assemblyOf(
      { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'shared' } } },
      { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::ImportValue': 'the-queue' } } } },
    )
    const [first, second] = stacks
    if (first === undefined || second === undefined) throw new Error('two stacks were made')
    const Outputs = {
      Out: { Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] }, Export: { Name: 'the-queue' } },
    }
    const exporting = { ...first, template: { ...first.template, Outputs } }
    for (const order of [
      [exporting, second],
      [second, exporting],
    ]) {
      const described = describeDeployment({ stacks: order, assetFolders: new Map() }, PLACE)
      expect(described.buckets).toEqual([{ name: 'shared', notifications: [] }])
    }
  })

  const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } }
  const mapping = (properties: object) => ({
    Q: queue,
    Feed: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: 'f', EventSourceArn: { 'Fn::GetAtt': ['Q', 'Arn'] }, ...properties },
    },
  })
  test.each<[string, Resources, RegExp]>([
    [
      'an unknown type',
      { Bus: { Type: 'AWS::Events::EventBus' } },
      /stack0\/Bus: .* does not know AWS::Events::EventBus/,
    ],
    ['a queue without a fixed name', { Q: { Type: 'AWS::SQS::Queue' } }, /stack0\/Q .*QueueName/s],
    [
      'a filter, which would lose messages',
      mapping({ FilterCriteria: { Filters: [] } }),
      /stack0\/Feed .*filters/s,
    ],
    [
      'a reference to what is not made locally',
      {
        Topic: { Type: 'AWS::SNS::Topic' },
        B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Topic' } } },
      },
      /stack0\/Topic: .* does not make a AWS::SNS::Topic/,
    ],
    [
      'a reference to nothing',
      { B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Nowhere' } } } },
      /stack0\/B: refers to Nowhere/,
    ],
    [
      'an attribute that is not known',
      {
        Q: queue,
        B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::GetAtt': ['Q', 'Colour'] } } },
      },
      /attribute Colour of Q/,
    ],
    [
      'a function whose code is not in the assembly',
      {
        F: {
          Type: 'AWS::Lambda::Function',
          Properties: { FunctionName: 'f', Handler: 'index.handler', Code: { S3Key: 'gone.zip' } },
        },
      },
      /stack0\/F: its code gone.zip is no asset/,
    ],
  ])('refuses %s', (_name, resources, message) => {
    expect(() => describeDeployment(assemblyOf(resources), PLACE)).toThrow(message)
  })
})

test('an assembly on disk is read with its assets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faxlane-assembly-'))
  await writeSampleAssembly(folder, { receive: '', settle: '', download: '' }, {})
  const assembly = await readAssembly(folder)
  expect(assembly.stacks.map(({ name }) => name)).toEqual(['data', 'gateway'])
  expect(assembly.assetFolders.get('receive.zip')).toBe(join(folder, 'asset.receive'))
  expect(describeDeployment(assembly, PLACE).functions).toHaveLength(3)
  await rm(folder, { recursive: true })
})
