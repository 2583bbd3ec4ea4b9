import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const queueArn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })
const queueUrl = (name: string) => ({
  'Fn::Join': [
    '',
    [
      'https://sqs.',
      { Ref: 'AWS::Region' },
      '.',
      { Ref: 'AWS::URLSuffix' },
      '/',
      { Ref: 'AWS::AccountId' },
      `/${name}`,
    ],
  ],
})
const namedArn = (service: string, name: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      `:${service}:`,
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:${name}`,
    ],
  ],
})

/** For tests: resources of a small gateway, in the forms that the CDK writes. */
export const SAMPLE_DATA_RESOURCES = {
  ArrivalsDead: {
    Type: 'AWS::SQS::Queue',
    Properties: { QueueName: 'sample-arrivals-dead', MessageRetentionPeriod: 1209600 },
  },
  Arrivals: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: 'sample-arrivals',
      VisibilityTimeout: 60,
      RedrivePolicy: { deadLetterTargetArn: queueArn('ArrivalsDead'), maxReceiveCount: 5 },
    },
  },
  Reports: {
    Type: 'AWS::SQS::Queue',
    Properties: { QueueName: 'sample-reports-main', VisibilityTimeout: 60 },
  },
  Print: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'sample-print-main', VisibilityTimeout: 60 } },
  ArrivalsPolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: [{ 'Fn::If': ['never', 'looked', 'at'] }] },
  },
  Faxes: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: { 'Fn::Join': ['', ['sample-', { Ref: 'AWS::AccountId' }, '-', { Ref: 'AWS::Region' }]] },
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Queue: queueArn('Arrivals'),
            Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } },
          },
        ],
      },
    },
  },
  Ledger: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'sample-ledger',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
  },
  FtpPassword: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'sample/ftp' } },
  FaxLog: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/sample/faxes/log' } },
  FaxLogStream: {
    Type: 'AWS::Logs::LogStream',
    Properties: { LogGroupName: { Ref: 'FaxLog' }, LogStreamName: 'faxes' },
  },
}

function lambdaFunction(name: string, variables: Record<string, unknown>) {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: `sample-${name}`,
      Code: { S3Bucket: { 'Fn::Sub': `assets-\${AWS::AccountId}` }, S3Key: `${name}.zip` },
      Handler: 'index.handler',
      Timeout: 20,
      MemorySize: 256,
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Environment: { Variables: variables },
    },
  }
}

function feed(functionId: string, queueName: string) {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { Ref: functionId },
      EventSourceArn: namedArn('sqs', queueName),
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    },
  }
}

export const SAMPLE_GATEWAY_RESOURCES = {
  Role: { Type: 'AWS::IAM::Role', Properties: {} },
  Receive: lambdaFunction('receive', {
    FAXES_BUCKET: { 'Fn::Join': ['', ['sample-', { Ref: 'AWS::AccountId' }, '-', { Ref: 'AWS::Region' }]] },
    LEDGER_TABLE: 'sample-ledger',
    PRINT_QUEUE_PREFIX: 'sample-print-',
    REPORTS_QUEUE_URL: queueUrl('sample-reports-main'),
    LINK_URL: { 'Fn::GetAtt': ['DownloadUrl', 'FunctionUrl'] },
  }),
  ReceiveFeed: feed('Receive', 'sample-arrivals'),
  Settle: lambdaFunction('settle', {}),
  SettleFeed: feed('Settle', 'sample-reports-main'),
  Download: lambdaFunction('download', {}),
  DownloadUrl: {
    Type: 'AWS::Lambda::Url',
    Properties: { AuthType: 'NONE', TargetFunctionArn: { 'Fn::GetAtt': ['Download', 'Arn'] } },
  },
  Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
}

const FUNCTIONS = ['receive', 'settle', 'download'] as const

/** Writes a cloud assembly of the sample into `folder`, with these functions (sources of index.mjs) and this routing table. */
export async function writeSampleAssembly(
  folder: string,
  sources: Record<(typeof FUNCTIONS)[number], string>,
  routingTable: object,
): Promise<void> {
  const put = async (path: string, value: string) => {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), value)
  }
  const stack = (name: string) => ({
    [name]: { type: 'aws:cloudformation:stack', properties: { templateFile: `${name}.template.json` } },
    [`${name}.assets`]: { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } },
  })
  const files = FUNCTIONS.map((name) => [
    name,
    {
      source: { path: `asset.${name}`, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: `${name}.zip` } },
    },
  ])
  await put(
    'manifest.json',
    JSON.stringify({ artifacts: { ...stack('data'), ...stack('gateway'), Tree: { type: 'cdk:tree' } } }),
  )
  await put('data.template.json', JSON.stringify({ Resources: SAMPLE_DATA_RESOURCES }))
  await put('data.assets.json', JSON.stringify({ files: {} }))
  await put('gateway.template.json', JSON.stringify({ Resources: SAMPLE_GATEWAY_RESOURCES }))
  await put('gateway.assets.json', JSON.stringify({ files: Object.fromEntries(files) }))
  for (const name of FUNCTIONS) await put(`asset.${name}/index.mjs`, sources[name])
  await put('asset.receive/routing-table.json', JSON.stringify(routingTable))
}
