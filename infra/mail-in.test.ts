import { describe, expect, it } from 'vitest'
import { gatewayApp, TABLE, templatesOf } from './testing/synthesize.ts'
import { text } from './testing/text.ts'

interface StatementShape {
  Effect: string
  Action: string
  Resource: unknown
  Principal: unknown
  Condition?: { ArnEquals?: Record<string, unknown>; StringEquals?: unknown }
}

const [profile] = TABLE.outbound ?? []
const outbound = ['fax.example.org', 'fax.example.com'].flatMap((mailDomain) =>
  profile === undefined ? [] : [{ ...profile, name: mailDomain, mailDomain, senders: ['@example.org'] }],
)
const { data, gateway } = templatesOf(gatewayApp({ table: { ...TABLE, outbound } }))

describe('mail to fax', () => {
  it('is not there where no section has a mail_domain', () => {
    const { data: bare } = templatesOf(gatewayApp())
    bare.resourceCountIs('AWS::SES::ReceiptRule', 0)
    bare.resourceCountIs('AWS::SES::ReceiptRuleSet', 0)
  })

  it('takes mails to its domains alone, scans them, keeps them and tells of them', () => {
    const [rule] = Object.values(data.findResources('AWS::SES::ReceiptRule'))
    expect(rule?.Properties).toMatchObject({
      RuleSetName: 'faxlane',
      Rule: {
        Name: 'faxlane-mail-in',
        Enabled: true,
        ScanEnabled: true,
        Recipients: ['fax.example.com', 'fax.example.org'],
        Actions: [{ S3Action: { ObjectKeyPrefix: 'mail-in/', TopicArn: { Ref: expect.any(String) } } }],
      },
    })
    expect(rule?.DependsOn).toHaveLength(3)
  })

  it('lets SES put mails there by this rule of this account, and nothing else', () => {
    const [policy] = Object.values(data.findResources('AWS::S3::BucketPolicy'))
    const statements: StatementShape[] = policy?.Properties.PolicyDocument.Statement
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow')
    expect(allowed).toHaveLength(1)
    const [{ Action, Resource, Principal, Condition } = {}] = allowed
    expect({ Action, Principal }).toEqual({
      Action: 's3:PutObject',
      Principal: { Service: 'ses.amazonaws.com' },
    })
    expect(text(Resource)).toMatch(/\/mail-in\/\*$/)
    expect(text(Condition?.ArnEquals?.['aws:SourceArn'])).toBe(
      'ses receipt-rule-set/faxlane:receipt-rule/faxlane-mail-in',
    )
    expect(Condition?.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } })
  })

  it('feeds a function that may read mails and put documents, with an alarm for what it can’t deal with', () => {
    const [role] = Object.values(gateway.findResources('AWS::IAM::Role')).filter(
      ({ Properties }) => Properties.Description === 'What faxlane-mail-in may do',
    )
    const sids = role?.Properties.Policies[0].PolicyDocument.Statement.map(({ Sid }: { Sid: string }) => Sid)
    expect(sids).toEqual([
      'WriteOwnLog',
      'TakeMessages',
      'ReadFaxes',
      'TellMissingFaxes',
      'WriteNewFaxes',
      'UseLedger',
      'SendMessages',
    ])
    gateway.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Dimensions: [{ Name: 'QueueName', Value: 'faxlane-mail-in-dead' }],
    })
  })

  it('has an identity for each of its domains: without one SES takes no mail for it', () => {
    for (const EmailIdentity of ['fax.example.com', 'fax.example.org']) {
      data.hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity })
    }
  })
})
