import { Aws } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import { alarmArns, type Names } from './names.ts'

/**
 * Where all alarms go, and on to those whom the routing table names, once they have confirmed it to SNS. Not encrypted at rest: alarms can't be sent to a topic under SNS's managed key, a key of
 * our own costs a dollar a month, and an alarm says nothing about any fax.
 */
export function alarmTopic(scope: Construct, names: Names, subscribers: readonly string[]): Topic {
  const topic = new Topic(scope, 'Alarms', {
    topicName: `${names.deployment}-alarms`,
    displayName: `${names.deployment} fax gateway`,
    enforceSSL: true,
  })
  // The policy that refuses plain HTTP replaces the one that SNS gives a new topic, by which alarms could be published.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsPublish',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': alarmArns() },
      },
    }),
  )
  for (const address of subscribers) topic.addSubscription(new EmailSubscription(address))
  return topic
}
