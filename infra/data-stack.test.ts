import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { backoffMilliseconds } from '../agents/backoff.ts'
import { TRANSMIT_DEFAULTS } from '../agents/edge/transmit/transmit-dependencies.ts'
import { PRINT_AGENT_DEFAULTS } from '../agents/print/print-agent.ts'
import { LINK_LIFETIME_DAYS } from '../functions/download/links.ts'
import { ENTRY, INDEXES } from '../shared/ledger/index-keys.ts'
import { PREFIXES } from '../shared/object-keys.ts'
import { gatewayApp, TABLE, templatesOf } from './testing/synthesize.ts'
import { list, text } from './testing/text.ts'

const { data } = templatesOf(gatewayApp())
const SECONDS_PER_DAY = 86_400

describe('queues', () => {
  const queues = Object.entries(data.findResources('AWS::SQS::Queue'))
  const deadLetterQueues = new Map(
    queues.filter(([, { Properties }]) => Properties.QueueName.endsWith('-dead')),
  )
  const workQueues = queues.filter(([id]) => !deadLetterQueues.has(id))

  it('are those of what S3 announces and what follows, each kind that has a function, and each site', () => {
    expect(workQueues.map(([, { Properties }]) => Properties.QueueName).sort()).toEqual([
      'faxlane-arrivals',
      'faxlane-deliver-ftp',
      'faxlane-deliver-log',
      'faxlane-deliver-mail',
      'faxlane-dispatch',
      'faxlane-mail-events',
      'faxlane-notices',
      'faxlane-print-berlin',
      'faxlane-print-main',
      'faxlane-reports-berlin',
      'faxlane-reports-main',
      'faxlane-schedule',
      'faxlane-sender-notices',
      'faxlane-submissions',
      'faxlane-transmit-berlin',
      'faxlane-transmit-main',
    ])
  })

  it('are not made for sending where nobody dials', () => {
    const table = { ...TABLE, siteDetails: { main: { agents: ['print' as const] } } }
    const names = Object.values(templatesOf(gatewayApp({ table })).data.findResources('AWS::SQS::Queue')).map(
      ({ Properties }) => Properties.QueueName,
    )
    expect(names).toContain('faxlane-transmit-berlin')
    expect(names).not.toContain('faxlane-transmit-main')
  })

  it.each(workQueues)(
    '%s has dead letters, which are kept as long as SQS keeps anything',
    (_, { Properties }) => {
      const { QueueName, RedrivePolicy, MessageRetentionPeriod } = Properties
      const [deadId] = RedrivePolicy.deadLetterTargetArn['Fn::GetAtt']
      const dead = deadLetterQueues.get(deadId)?.Properties
      expect(dead?.QueueName).toBe(`${QueueName}-dead`)
      expect(RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5)
      // A dead letter keeps the age of the message: a difference of days is what is left to act in. What a function is not given is
      // no dead letter, and the longest time is for that.
      const isAgents = /-(print|transmit)-/.test(QueueName)
      expect(MessageRetentionPeriod).toBe((isAgents ? 10 : 14) * SECONDS_PER_DAY)
      expect(dead?.MessageRetentionPeriod).toBe(14 * SECONDS_PER_DAY)
    },
  )

  it.each(queues)('%s is encrypted, standard, and refuses plain HTTP', (id, { Properties }) => {
    expect(Properties.SqsManagedSseEnabled).toBe(true)
    expect(Properties.FifoQueue).toBeUndefined()
    data.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike(withoutTls('sqs:*', { 'Fn::GetAtt': [id, 'Arn'] }))]),
      },
    })
  })

  it.each(['print', 'transmit'])('let a site be down for a long holiday: %s', (work) => {
    data.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: `faxlane-${work}-berlin`,
      MessageRetentionPeriod: 10 * SECONDS_PER_DAY,
    })
  })

  it.each([
    ['print', PRINT_AGENT_DEFAULTS.postpone],
    ['transmit', TRANSMIT_DEFAULTS.postponeAfterFault],
  ])(
    'hand a job that an agent can not do now to it again for as long as they keep it: %s',
    (work, backoff) => {
      const queue = queues.find(([, { Properties }]) => Properties.QueueName === `faxlane-${work}-main`)?.[1]
      const { RedrivePolicy, MessageRetentionPeriod } = queue?.Properties ?? {}
      const shortest = Array.from({ length: RedrivePolicy.maxReceiveCount }, (_, index) =>
        backoffMilliseconds(index + 1, backoff, 0),
      )
      expect(shortest.reduce((sum, one) => sum + one, 0) / 1000).toBeGreaterThan(MessageRetentionPeriod)
    },
  )

  it('refuse a site whose queue would be the dead letters of another', () => {
    const app = () => gatewayApp({ table: { ...TABLE, sites: ['main', 'main-dead'] } })
    expect(app).toThrow(/main-dead.*another name/)
  })
})

describe('the bucket of the faxes', () => {
  const [[bucketId = '', bucket] = []] = Object.entries(data.findResources('AWS::S3::Bucket'))
  const statements = Object.values(data.findResources('AWS::S3::BucketPolicy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  )

  it('is the only one, and its name is the account and region away from all others', () => {
    data.resourceCountIs('AWS::S3::Bucket', 1)
    expect(text(bucket?.Properties.BucketName)).toBe('faxlane-ACCOUNT-REGION')
  })

  it('is encrypted, versioned, private, and stays when the stack goes', () => {
    data.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    })
  })

  it('refuses plain HTTP, for itself and all that is in it', () => {
    const tls = statements.find(({ Condition }) => Condition.Bool?.['aws:SecureTransport'] === 'false')
    expect(tls).toMatchObject({ Action: 's3:*', Effect: 'Deny', Principal: { AWS: '*' } })
    expect(tls.Resource.map(text)).toEqual([`<${bucketId}.Arn>`, `<${bucketId}.Arn>/*`])
  })

  it('lets nobody overwrite a fax as received, nor a claim', () => {
    const once = statements.find(({ Sid }) => Sid === 'ArrivesOnce')
    expect(once).toMatchObject({
      Action: 's3:PutObject',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
    })
    expect(once.Resource.map(text)).toEqual([`<${bucketId}.Arn>/claims/*`, `<${bucketId}.Arn>/incoming/*`])
  })

  it('allows nobody anything by its policy: roles do', () => {
    expect(statements.filter(({ Effect }) => Effect !== 'Deny')).toEqual([])
  })

  it('keeps each area for its time', () => {
    const rules: { Prefix?: string; ExpirationInDays?: number }[] =
      bucket?.Properties.LifecycleConfiguration.Rules
    const days = Object.fromEntries(rules.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays]))
    expect(days).toMatchObject({ 'incoming/': 90, 'pdf/': 90, 'print/': 14, 'outgoing/': 90 })
    // What SQS keeps a message for, twice: a dead letter that is sent back begins anew.
    expect(days['transmit/']).toBeGreaterThanOrEqual(28)
    expect(days['claims/']).toBeGreaterThanOrEqual(28)
    expect(days['pdf/']).toBeGreaterThanOrEqual(LINK_LIFETIME_DAYS)
    expect(rules.find(({ Prefix }) => Prefix === undefined)).toMatchObject({
      Status: 'Enabled',
      NoncurrentVersionExpiration: { NoncurrentDays: 7 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    })
  })

  it('keeps what was received and what is to be sent as long as the table says, and no area longer, down to versions', () => {
    const table = { ...TABLE, retention: { faxesDays: 30, ledgerDays: 60 } }
    const [own] = Object.values(templatesOf(gatewayApp({ table })).data.findResources('AWS::S3::Bucket'))
    const rules: Record<string, unknown>[] = own?.Properties.LifecycleConfiguration.Rules
    const areas = rules.filter(({ Prefix }) => Prefix !== undefined)
    expect(areas.map(({ Prefix }) => Prefix).sort()).toEqual(Object.values(PREFIXES).sort())
    for (const { Status, Prefix, ExpirationInDays } of areas) {
      expect(Status).toBe('Enabled')
      expect(ExpirationInDays).toBeLessThanOrEqual(30)
      if (['incoming/', 'pdf/', 'outgoing/'].includes(String(Prefix))) expect(ExpirationInDays).toBe(30)
    }
    // What expires becomes a version, and an object that was put again left one: of every area.
    const everywhere = rules.filter(
      ({ Prefix, TagFilters }) => Prefix === undefined && TagFilters === undefined,
    )
    expect(everywhere).toMatchObject([
      { NoncurrentVersionExpiration: { NoncurrentDays: 7 }, ExpiredObjectDeleteMarker: true },
    ])
    expect(everywhere[0]?.NoncurrentVersionExpiration).not.toHaveProperty('NewerNoncurrentVersions')
  })

  /** The statement by which S3 may send to a queue, and the policy that it stands in. */
  function announcementTo(queue: unknown) {
    return Object.entries(data.findResources('AWS::SQS::QueuePolicy'))
      .flatMap(([id, { Properties }]) =>
        Properties.PolicyDocument.Statement.map((statement: { Sid?: string; Resource: unknown }) => [
          id,
          statement,
        ]),
      )
      .find(
        ([, { Sid, Resource }]) =>
          Sid === 'S3Announces' && JSON.stringify(Resource) === JSON.stringify(queue),
      )
  }

  it.each([
    ['incoming/', 'faxlane-arrivals'],
    ['outgoing/', 'faxlane-submissions'],
  ])('announces what comes into %s on %s, which lets it and no other bucket in', (prefix, queueName) => {
    const configuration = bucket?.Properties.NotificationConfiguration.QueueConfigurations.find(
      (one: { Filter: { S3Key: { Rules: { Value: string }[] } } }) =>
        one.Filter.S3Key.Rules[0]?.Value === prefix,
    )
    expect(configuration).toMatchObject({
      Event: 's3:ObjectCreated:*',
      Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: prefix }] } },
    })
    const queue = configuration.Queue
    expect(data.toJSON().Resources[queue['Fn::GetAtt'][0]].Properties.QueueName).toBe(queueName)
    const [policyId, statement] = announcementTo(queue)
    expect(statement).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    })
    expect(text(statement.Condition.ArnEquals['aws:SourceArn'])).toBe('s3 faxlane-ACCOUNT-REGION')
    // S3 tries the queue while the bucket is made.
    expect(list(bucket?.DependsOn)).toContain(policyId)
  })
})

describe('the ledger', () => {
  it('is one table on demand, with backups, and can be deleted by nothing but a hand that means it', () => {
    data.resourceCountIs('AWS::DynamoDB::Table', 1)
    data.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        TableName: 'faxlane-ledger',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        DeletionProtectionEnabled: true,
        GlobalSecondaryIndexes: Object.values(INDEXES).map(({ name, partitionKey, holds }) => ({
          IndexName: name,
          KeySchema: [
            { AttributeName: partitionKey, KeyType: 'HASH' },
            { AttributeName: ENTRY, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: holds === 'records' ? 'ALL' : 'KEYS_ONLY' },
        })),
      },
    })
  })
})

describe('secrets', () => {
  const secrets = Object.values(data.findResources('AWS::SecretsManager::Secret'))

  it('are made for the names in the table, each once, and not for ARNs', () => {
    expect(secrets.map(({ Properties }) => Properties.Name)).toEqual(['faxlane/ftp_a', 'faxlane/ftpa'])
  })

  it('have no value in the template and outlive the stack', () => {
    for (const { Properties, DeletionPolicy } of secrets) {
      expect(Object.keys(Properties).sort()).toEqual(['Description', 'Name'])
      expect(DeletionPolicy).toBe('Retain')
    }
  })
})

describe('fax logs', () => {
  it.each(['log', 'log_b'])(
    '%s has a group of its own, kept for a year and when the stack goes',
    (backend) => {
      const groups = data.findResources('AWS::Logs::LogGroup', {
        Properties: { LogGroupName: `/faxlane/faxes/${backend}` },
      })
      const [[id = '', group] = []] = Object.entries(groups)
      expect(group).toMatchObject({ DeletionPolicy: 'Retain', Properties: { RetentionInDays: 365 } })
      data.hasResourceProperties('AWS::Logs::LogStream', {
        LogGroupName: { Ref: id },
        LogStreamName: 'faxes',
      })
    },
  )
})

describe('senders', () => {
  it('have an identity for each domain', () => {
    const identities = Object.values(data.findResources('AWS::SES::EmailIdentity'))
    expect(identities.map(({ Properties }) => Properties.EmailIdentity)).toEqual([
      'example.com',
      'example.net',
      'example.org',
    ])
  })

  it('have none when the account has them already', () => {
    templatesOf(gatewayApp({ identities: 'existing' })).data.resourceCountIs('AWS::SES::EmailIdentity', 0)
  })
})

describe('the stack', () => {
  it('names the bucket and the queues of the sites', () => {
    data.hasOutput('FaxesBucket', {})
    data.hasOutput('PrintQueues', { Value: 'faxlane-print-main,faxlane-print-berlin' })
    data.hasOutput('TransmitQueues', { Value: 'faxlane-transmit-main,faxlane-transmit-berlin' })
  })

  it('shares nothing with the gateway by exports, so that a site can leave the table', () => {
    expect(JSON.stringify(data.toJSON().Outputs)).not.toContain('Export')
  })

  it('has a name prefix of its own for a second deployment', () => {
    const other = templatesOf(gatewayApp({ name: 'trial' })).data
    expect(JSON.stringify(other.toJSON().Resources)).not.toMatch(/faxlane-|\/faxlane\/faxes/)
  })
})

function withoutTls(action: string, resource: unknown) {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: action,
    Resource: resource,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  }
}
