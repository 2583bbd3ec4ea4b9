import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { BACKENDS } from '../functions/backends/list.ts'
import type { Metric } from '../functions/metrics.ts'
import { gatewayApp, TABLE, templatesOf } from './testing/synthesize.ts'
import { text } from './testing/text.ts'

const { data, gateway } = templatesOf(gatewayApp())
const functions = Object.entries(gateway.findResources('AWS::Lambda::Function'))
const feeds = Object.values(gateway.findResources('AWS::Lambda::EventSourceMapping'))
const allAlarms = Object.values(gateway.findResources('AWS::CloudWatch::Alarm'))
const silenceAlarms = allAlarms.filter(({ Properties }) => Properties.AlarmName.endsWith('-silent'))
/** That speak when something is missing. */
const otherAlarms = allAlarms.filter(
  (alarm) => alarm.Properties.ComparisonOperator === 'LessThanThreshold' && !silenceAlarms.includes(alarm),
)
const alarms = allAlarms.filter((alarm) => !silenceAlarms.includes(alarm) && !otherAlarms.includes(alarm))
const queues = new Map(
  Object.values(data.findResources('AWS::SQS::Queue')).map(({ Properties }) => [
    Properties.QueueName,
    Properties,
  ]),
)

function environmentOf(functionName: string): Record<string, unknown> {
  const found = functions.find(([, { Properties }]) => Properties.FunctionName === `faxlane-${functionName}`)
  return found?.[1].Properties.Environment.Variables
}

describe('functions', () => {
  it.each(functions)(
    '%s runs on Node 24 and arm64, within limits, and logs JSON to a group of its own',
    (_, { Properties }) => {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
      })
      // A sweep may have to look back over many days, and nobody waits for it.
      expect(Properties.Timeout).toBeLessThanOrEqual(Properties.FunctionName === 'faxlane-sweep' ? 900 : 300)
      expect(Properties.MemorySize).toBeGreaterThanOrEqual(256)
      const logGroup = gateway.findResources('AWS::Logs::LogGroup')[Properties.LoggingConfig.LogGroup.Ref]
      expect(logGroup?.Properties).toEqual({
        LogGroupName: Properties.FunctionName.replace('faxlane-', '/faxlane/functions/'),
        RetentionInDays: 90,
      })
    },
  )

  it('share no log group', () => {
    const groups = functions.map(([, { Properties }]) => Properties.LoggingConfig.LogGroup.Ref)
    expect(new Set(groups).size).toBe(functions.length)
    gateway.resourceCountIs('AWS::Logs::LogGroup', functions.length)
  })

  it('know the ledger, the metrics, and what they need', () => {
    const common = { LEDGER_TABLE: 'faxlane-ledger', METRICS_NAMESPACE: 'faxlane' }
    const bucket = { FAXES_BUCKET: 'faxlane-ACCOUNT-REGION' }
    const notices = { NOTICES_QUEUE_URL: urlOf('faxlane-notices') }
    const writes = { ...common, LEDGER_DAYS: '3653' }
    const delivers = { ...writes, ...notices, DISPATCH_QUEUE_URL: urlOf('faxlane-dispatch') }
    const queues = {
      MAIL_QUEUE_URL: urlOf('faxlane-deliver-mail'),
      FTP_QUEUE_URL: urlOf('faxlane-deliver-ftp'),
      LOG_QUEUE_URL: urlOf('faxlane-deliver-log'),
      PRINT_QUEUE_PREFIX: 'faxlane-print-',
    }
    const environment = (name: string) =>
      Object.fromEntries(Object.entries(environmentOf(name)).map(([key, value]) => [key, text(value)]))
    expect(environment('receive')).toEqual({ ...writes, ...notices, ...bucket, ...queues })
    expect(environment('dispatch')).toEqual({ ...delivers, ...bucket, ...queues })
    expect(environment('deliver-mail')).toEqual({
      ...delivers,
      MAIL_CONFIGURATION_SET: 'faxlane',
      ...bucket,
      QUEUE_URL: urlOf('faxlane-deliver-mail'),
      LINK_URL: expect.stringMatching(/^<Download.*\.FunctionUrl>$/),
    })
    expect(environment('deliver-ftp')).toEqual({
      ...delivers,
      ...bucket,
      QUEUE_URL: urlOf('faxlane-deliver-ftp'),
    })
    expect(environment('deliver-log')).toEqual({
      ...delivers,
      QUEUE_URL: urlOf('faxlane-deliver-log'),
      FAX_LOG_GROUP_PREFIX: '/faxlane/faxes/',
      FAX_LOG_STREAM: 'faxes',
    })
    const followUps = {
      SCHEDULE_QUEUE_URL: urlOf('faxlane-schedule'),
      SENDER_NOTICES_QUEUE_URL: urlOf('faxlane-sender-notices'),
    }
    expect(environment('settle')).toEqual({
      ...delivers,
      ...followUps,
      MAIL_EVENTS_QUEUE_ARN: 'sqs faxlane-mail-events',
      REPORTS_QUEUE_ARN_PREFIX: 'sqs faxlane-reports-',
    })
    expect(environment('submit')).toEqual({ ...writes, ...bucket, ...followUps })
    expect(environment('schedule')).toEqual({
      ...common,
      SCHEDULE_QUEUE_URL: urlOf('faxlane-schedule'),
      TRANSMIT_QUEUE_PREFIX: 'faxlane-transmit-',
    })
    expect(environment('api')).toEqual({
      ...writes,
      ...bucket,
      SENDER_NOTICES_QUEUE_URL: urlOf('faxlane-sender-notices'),
    })
    expect(environment('notify-sender')).toEqual({
      ...writes,
      ...bucket,
      SENDER_NOTICES_QUEUE_URL: urlOf('faxlane-sender-notices'),
    })
    expect(environment('download')).toEqual({ ...common, ...bucket })
  })

  it('may send to their own queue only where the rounds end by themselves', () => {
    const looping = functions
      .filter(([, { Properties }]) => Properties.RecursiveLoop !== 'Terminate')
      .map(([, { Properties }]) => Properties.FunctionName)
    expect(looping.sort()).toEqual([
      'faxlane-deliver-ftp',
      'faxlane-deliver-log',
      'faxlane-deliver-mail',
      'faxlane-notify',
      'faxlane-notify-sender',
      'faxlane-schedule',
    ])
  })
})

describe('event sources', () => {
  it('feed each function but download from its queue', () => {
    const pairs = feeds.map(({ Properties }) => [
      text(Properties.EventSourceArn),
      functionOf(Properties.FunctionName.Ref).FunctionName,
    ])
    expect(Object.fromEntries(pairs)).toEqual({
      'sqs faxlane-arrivals': 'faxlane-receive',
      'sqs faxlane-deliver-mail': 'faxlane-deliver-mail',
      'sqs faxlane-dispatch': 'faxlane-dispatch',
      'sqs faxlane-mail-events': 'faxlane-settle',
      'sqs faxlane-notices': 'faxlane-notify',
      'sqs faxlane-deliver-ftp': 'faxlane-deliver-ftp',
      'sqs faxlane-deliver-log': 'faxlane-deliver-log',
      'sqs faxlane-reports-berlin': 'faxlane-settle',
      'sqs faxlane-reports-main': 'faxlane-settle',
      'sqs faxlane-schedule': 'faxlane-schedule',
      'sqs faxlane-sender-notices': 'faxlane-notify-sender',
      'sqs faxlane-submissions': 'faxlane-submit',
    })
  })

  it.each(feeds)(
    '$Properties.FunctionName.Ref: failures are reported one by one, and time limits fit',
    ({ Properties }) => {
      const queue = queues.get(text(Properties.EventSourceArn).replace('sqs ', ''))
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
      expect(Properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2)
      expect(Properties.BatchSize).toBeLessThanOrEqual(10)
      expect(Properties.FilterCriteria).toBeUndefined()
      expect(queue?.VisibilityTimeout).toBeGreaterThanOrEqual(
        6 * functionOf(Properties.FunctionName.Ref).Timeout,
      )
      expect(queue?.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5)
    },
  )

  it('take from the needs of a backend how it is called', () => {
    const mail = feeds.find(({ Properties }) => text(Properties.EventSourceArn).endsWith('-mail'))
    expect(mail?.Properties).toMatchObject({
      BatchSize: BACKENDS.mail.batchSize,
      ScalingConfig: { MaximumConcurrency: BACKENDS.mail.concurrency },
    })
    expect(functionOf(mail?.Properties.FunctionName.Ref)).toMatchObject({
      Timeout: BACKENDS.mail.timeoutSeconds,
      MemorySize: BACKENDS.mail.memoryMegabytes,
    })
  })
})

describe('the URL of api', () => {
  it('answers those alone whom IAM lets in', () => {
    gateway.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' })
    gateway.hasOutput('FaxesUrl', {})
  })
})

describe('the URL of download', () => {
  it('is open to everybody, by the two permissions that AWS wants, and for no other function', () => {
    const open = { Properties: { AuthType: 'NONE' } }
    const [url, ...others] = Object.values(gateway.findResources('AWS::Lambda::Url', open))
    expect(others).toEqual([])
    expect(url?.Properties.Cors).toBeUndefined()
    const target = url?.Properties.TargetFunctionArn
    expect(functionOf(target['Fn::GetAtt'][0]).FunctionName).toBe('faxlane-download')
    const permissions = Object.values(gateway.findResources('AWS::Lambda::Permission')).filter(
      ({ Properties }) => Properties.Principal !== 'events.amazonaws.com',
    )
    expect(permissions.map(({ Properties }) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunctionUrl',
        FunctionName: target,
        FunctionUrlAuthType: 'NONE',
        Principal: '*',
      },
      { Action: 'lambda:InvokeFunction', FunctionName: target, InvokedViaFunctionUrl: true, Principal: '*' },
    ])
  })
})

describe('alarms', () => {
  it('exist for every dead-letter queue', () => {
    const watched = alarms
      .filter(({ Properties }) => Properties.MetricName === 'ApproximateNumberOfMessagesVisible')
      .map(({ Properties }) => Properties.Dimensions[0].Value)
    const deadLetterQueues = [...queues.keys()].filter((name) => name.endsWith('-dead'))
    expect(watched.sort()).toEqual(deadLetterQueues.sort())
  })

  it('exist for the errors of every function', () => {
    const watched = alarms
      .filter(({ Properties }) => Properties.MetricName === 'Errors')
      .map(({ Properties }) => Properties.Dimensions[0].Value.Ref)
    expect(watched.sort()).toEqual(functions.map(([id]) => id).sort())
  })

  it.each<Metric>(['FaxesUnrouted', 'FaxesRefused', 'DeliveriesFailed', 'ReportsRefused'])(
    'exist for %s',
    (metric) => {
      gateway.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'faxlane',
        MetricName: metric,
        Dimensions: Match.absent(),
        Statistic: 'Sum',
      })
    },
  )

  it.each(['main', 'berlin'])('exist for jobs that nobody prints at %s', (site) => {
    gateway.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: `faxlane-print-${site}` }],
      Threshold: 1800,
    })
  })

  it.each(['main', 'berlin'])('exist for faxes that nobody sends at %s', (site) => {
    gateway.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: `faxlane-transmit-${site}` }],
      Threshold: 7200,
    })
  })

  const functionQueues = [...queues.keys()].filter((name) => !/-dead$|-(print|transmit)-/.test(name))
  it.each(functionQueues)('exist for messages that no function is given: %s', (queue) => {
    const { VisibilityTimeout } = queues.get(queue) ?? {}
    gateway.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `${queue}-waiting`,
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: queue }],
      // Not for what was delayed, nor for what comes again after a fault.
      Threshold: Math.max(1800, 900 + 3 * VisibilityTimeout),
      AlarmDescription: Match.stringLikeRegexp('faxlane status.*list-event-source-mappings.*14 days'),
    })
  })

  it('exist for the sweep that did not run, and for that alone among the missing', () => {
    const [missing, ...others] = otherAlarms
    expect(others).toEqual([])
    expect(missing?.Properties).toMatchObject({
      AlarmName: 'faxlane-SweepMissing',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 26,
      TreatMissingData: 'breaching',
      AlarmActions: [{ Ref: Object.keys(gateway.findResources('AWS::SNS::Topic'))[0] }],
    })
    expect(text(missing?.Properties.AlarmDescription)).toContain('faxlane sweep')
    const metrics: Record<string, unknown>[] = missing?.Properties.Metrics
    expect(metrics.find(({ Id }) => Id === 'ran')).toMatchObject({
      MetricStat: { Metric: { Namespace: 'faxlane', MetricName: 'SweepRan' }, Period: 3600, Stat: 'Sum' },
    })
  })

  it.each(['edge-main', 'edge-berlin', 'print-main'])(
    'exist for what the agent %s says: something waits there, something hinders it',
    (name) => {
      const [agent, site] = name.split('-')
      const dimensions = [
        { Name: 'Agent', Value: agent },
        { Name: 'Site', Value: site },
      ]
      gateway.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: `faxlane-${name}-late`,
        MetricName: 'AgentOldestWaiting',
        Dimensions: dimensions,
        Threshold: agent === 'edge' ? 1800 : 3600,
        Statistic: 'Maximum',
        AlarmDescription: Match.stringLikeRegexp(`faxlane status.*faxlane-${agent} check`),
      })
      // Not what lasts for a moment: each sign of life in a quarter of an hour says so.
      gateway.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: `faxlane-${name}-trouble`,
        MetricName: 'AgentTroubles',
        Dimensions: dimensions,
        Threshold: 0,
        Statistic: 'Minimum',
        Period: 900,
        AlarmDescription: Match.stringLikeRegexp(`faxlane status.*faxlane-${agent} check`),
      })
    },
  )

  it.each(alarms)(
    '$Properties.AlarmName reaches somebody, at the first sign, and says what to do',
    ({ Properties }) => {
      const [topic] = Object.keys(gateway.findResources('AWS::SNS::Topic'))
      expect(Properties.AlarmActions).toEqual([{ Ref: topic }])
      expect(Properties).toMatchObject({
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
      })
      const description = text(Properties.AlarmDescription)
      expect(description).toMatch(/^[A-Z].{60,}/)
      // CloudWatch's limit, with room for what the pseudo parameters become.
      expect(description.length).toBeLessThan(900)
    },
  )

  it('exist for each agent that falls silent, and for no other', () => {
    const names = silenceAlarms.map(({ Properties }) => Properties.AlarmName)
    // Berlin has no printer.
    expect(names.sort()).toEqual([
      'faxlane-edge-berlin-silent',
      'faxlane-edge-main-silent',
      'faxlane-print-main-silent',
    ])
  })

  it.each(silenceAlarms)(
    '$Properties.AlarmName speaks within 15 minutes, and says what to do',
    ({ Properties }) => {
      const [, agent, site] = Properties.AlarmName.split('-')
      expect(Properties).toMatchObject({
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        EvaluationPeriods: 14,
        TreatMissingData: 'breaching',
        AlarmActions: [{ Ref: Object.keys(gateway.findResources('AWS::SNS::Topic'))[0] }],
      })
      const metrics: Record<string, unknown>[] = Properties.Metrics
      expect(metrics.find(({ ReturnData }) => ReturnData !== false)).toMatchObject({
        Expression: 'FILL(beats, 0)',
      })
      expect(metrics.find(({ Id }) => Id === 'beats')).toMatchObject({
        MetricStat: {
          Metric: {
            Namespace: 'faxlane',
            MetricName: 'AgentHeartbeat',
            Dimensions: [
              { Name: 'Agent', Value: agent },
              { Name: 'Site', Value: site },
            ],
          },
          Period: 60,
          Stat: 'Sum',
        },
      })
      expect(text(Properties.AlarmDescription)).toContain(`systemctl status faxlane-${agent}`)
    },
  )

  it('for silence follow what a site says of its agents', () => {
    const table = { ...TABLE, siteDetails: { main: { agents: ['print' as const] } } }
    const names = Object.values(
      templatesOf(gatewayApp({ table })).gateway.findResources('AWS::CloudWatch::Alarm'),
    )
      .map(({ Properties }) => Properties.AlarmName)
      .filter((name) => name.endsWith('-silent'))
    expect(names.sort()).toEqual(['faxlane-edge-berlin-silent', 'faxlane-print-main-silent'])
  })

  it('can be published on their topic, and by nobody else, nor over plain HTTP', () => {
    gateway.resourceCountIs('AWS::SNS::Topic', 1)
    const [policy] = Object.values(gateway.findResources('AWS::SNS::TopicPolicy'))
    const statements: Record<string, unknown>[] = policy?.Properties.PolicyDocument.Statement
    expect(statements).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: 'sns:Publish',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: expect.objectContaining({
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        }),
      }),
    ])
    gateway.hasOutput('AlarmTopic', {})
  })
})

describe('the stack', () => {
  it('takes nothing by import: names are fixed', () => {
    expect(JSON.stringify(gateway.toJSON())).not.toContain('Fn::ImportValue')
  })

  it('names no account and no region', () => {
    const all = JSON.stringify([data.toJSON().Resources, gateway.toJSON().Resources])
    // The one ARN that a table gives.
    expect(
      all.replaceAll('arn:aws:secretsmanager:eu-west-1:000000000000:secret:theirs-AbCdEf', ''),
    ).not.toMatch(/\b\d{12}\b|\b[a-z]{2}-(?:north|south|east|west|central)[a-z]*-\d\b/)
  })
})

function functionOf(id: string) {
  return gateway.findResources('AWS::Lambda::Function')[id]?.Properties
}

function urlOf(queue: string): string {
  return `https://sqs.<AWS::Region>.<AWS::URLSuffix>/<AWS::AccountId>/${queue}`
}
