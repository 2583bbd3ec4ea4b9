import { Aws } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import { CfnReceiptRule, CfnReceiptRuleSet } from 'aws-cdk-lib/aws-ses'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { PREFIXES } from '../shared/object-keys.ts'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import type { AssetFolders } from './bundles.ts'
import { writesLedger } from './environments.ts'
import { MAIL_IN } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import { type Names, queueUrl, receiptRuleArn } from './names.ts'
import * as may from './permissions.ts'
import { feedFrom } from './queue-feed.ts'

interface MailReception {
  names: Names
  domains: readonly string[]
  bucket: Bucket
  queue: Queue
}

/**
 * SES puts mails to these domains into the bucket and tells of them by way of a topic, with its verdicts on their senders. An account
 * has one active rule set: whoever deploys makes this one active, once, or copies its rule into the one that is.
 */
export function mailReception(scope: Construct, { names, domains, bucket, queue }: MailReception): void {
  const [ruleSetName, ruleName] = [names.deployment, names.mailIn]
  const sesMay = { 'aws:SourceArn': receiptRuleArn(ruleSetName, ruleName) }
  const ses = new ServicePrincipal('ses.amazonaws.com')
  const common = {
    principals: [ses],
    conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID }, ArnEquals: sesMay },
  }
  const put = bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'SesPutsMails',
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`${PREFIXES.mailIn}*`)],
      ...common,
    }),
  )
  const topic = new Topic(scope, 'MailIn', { topicName: names.mailIn, enforceSSL: true })
  const publish = topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'SesPublishes',
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      ...common,
    }),
  )
  topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true }))
  const ruleSet = new CfnReceiptRuleSet(scope, 'MailRules', { ruleSetName })
  const rule = new CfnReceiptRule(scope, 'MailRule', {
    ruleSetName,
    rule: {
      name: ruleName,
      enabled: true,
      recipients: [...domains],
      scanEnabled: true,
      actions: [
        {
          s3Action: { bucketName: names.bucket, objectKeyPrefix: PREFIXES.mailIn, topicArn: topic.topicArn },
        },
      ],
    },
  })
  rule.addResourceDependency(ruleSet)
  // SES tries both while the rule is made.
  for (const { policyDependable } of [put, publish])
    if (policyDependable !== undefined) rule.node.addDependency(policyDependable)
}

interface MailInProps {
  names: Names
  table: DeployedTable
  assetFolders: AssetFolders
}

/** Makes transmissions of mails. */
export function mailInFunction(
  scope: Construct,
  { names, table, assetFolders }: MailInProps,
): GatewayFunction {
  const ledger = writesLedger(names, table)
  const mailIn = new GatewayFunction(scope, 'MailIn', {
    names,
    functionName: 'mail-in',
    description: 'Makes faxes of mails to NUMBER@DOMAIN',
    assetFolder: assetFolders['mail-in'],
    size: MAIL_IN,
    environment: {
      FAXES_BUCKET: names.bucket,
      SENDER_NOTICES_QUEUE_URL: queueUrl(names.senderNotices),
      ...ledger.environment,
    },
    permissions: [
      may.takeMessages(names.mailIn),
      may.readFaxes(names, ['mailIn']),
      may.tellMissingFaxes(names),
      may.writeNewFaxes(names, ['outgoing']),
      ...ledger.permissions,
      may.sendMessages([names.senderNotices]),
    ],
  })
  feedFrom(names.mailIn, mailIn, MAIL_IN)
  return mailIn
}
