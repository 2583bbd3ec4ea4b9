import { describe, expect, it } from 'vitest'
import { gatewayApp, TABLE, templatesOf } from './testing/synthesize.ts'
import { list, text } from './testing/text.ts'

const KEY = 'arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const CA = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
const table = { ...TABLE, siteDetails: { main: { caCertificate: CA } } }

interface Statement {
  Sid: string
  Action: unknown
  Resource: unknown
  Condition: { StringEquals: { 'kms:ViaService': unknown[] } }
}

describe('with a key of the deployment’s own', () => {
  const { data, gateway } = templatesOf(gatewayApp({ table, encryptionKey: KEY }))

  it('faxes, ledger and passwords are encrypted with it', () => {
    data.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
          },
        ],
      },
    })
    data.hasResourceProperties('AWS::DynamoDB::Table', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: KEY },
    })
    for (const { Properties } of Object.values(data.findResources('AWS::SecretsManager::Secret')))
      expect(Properties.KmsKeyId).toBe(KEY)
  })

  it('every role may use it through those services, and not by itself', () => {
    const roles = [gateway, data].flatMap((template) =>
      Object.values(template.findResources('AWS::IAM::Role')),
    )
    expect(roles.length).toBeGreaterThan(8)
    for (const { Properties } of roles) {
      const statements: Statement[] = Properties.Policies[0].PolicyDocument.Statement
      const ofKey = statements.filter(({ Action }) =>
        list(Action).some((action) => text(action).startsWith('kms:')),
      )
      expect(ofKey.map(({ Action, Resource }) => [Action, Resource])).toEqual([
        [['kms:Decrypt', 'kms:GenerateDataKey'], KEY],
      ])
      expect(ofKey[0]?.Condition.StringEquals['kms:ViaService'].map(text)).toEqual([
        's3.<AWS::Region>.amazonaws.com',
        'dynamodb.<AWS::Region>.amazonaws.com',
        'secretsmanager.<AWS::Region>.amazonaws.com',
      ])
    }
  })
})

describe('without one', () => {
  const { data, gateway } = templatesOf(gatewayApp({ table }))

  it('nothing asks for a key', () => {
    expect(JSON.stringify([data.toJSON(), gateway.toJSON()])).not.toContain('kms:')
  })

  it('nobody writes down who reads, and no bucket is named for it', () => {
    expect(JSON.stringify(data.toJSON())).not.toContain('LoggingConfiguration')
  })
})

it('with a bucket for access logs, S3 writes into it who read which fax', () => {
  const { data } = templatesOf(gatewayApp({ table, accessLogBucket: 'our-access-logs' }))
  data.hasResourceProperties('AWS::S3::Bucket', {
    LoggingConfiguration: { DestinationBucketName: 'our-access-logs', LogFilePrefix: 'faxes/' },
  })
})
