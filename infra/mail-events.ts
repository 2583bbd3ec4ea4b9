import { Aws } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { ConfigurationSet, EmailSendingEvent, EventDestination } from 'aws-cdk-lib/aws-ses'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { configurationSetArn, type Names } from './names.ts'

/**
 * What SES tells of a mail after it took it: that it came back, or that its reader calls it unwanted. By way of a topic, the one thing between
 * SES and a queue that changes nothing about the event.
 */
export function mailEvents(scope: Construct, names: Names, queue: Queue): void {
  const topic = new Topic(scope, 'MailEvents', { topicName: names.mailEvents, enforceSSL: true })
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'SesPublishes',
      principals: [new ServicePrincipal('ses.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnEquals: { 'aws:SourceArn': configurationSetArn(names.configurationSet) },
      },
    }),
  )
  topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true }))
  const configurationSet = new ConfigurationSet(scope, 'Mails', {
    configurationSetName: names.configurationSet,
    reputationMetrics: true,
  })
  configurationSet.addEventDestination('Returned', {
    destination: EventDestination.snsTopic(topic),
    events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT, EmailSendingEvent.REJECT],
  })
}
