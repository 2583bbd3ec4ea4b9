import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import {
  type Metric as GatewayMetric,
  HEARTBEAT_METRIC,
  type HeartbeatMetric,
  heartbeatDimensions,
} from '../functions/metrics.ts'
import { deadLettersOf } from '../shared/deployment-names.ts'
import { type Concern, commandOf } from '../shared/ledger/concerns.ts'
import { LATE_MINUTES } from '../shared/ledger/heartbeat-record.ts'
import { type AgentKind, agentsOf, type DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { transmitSites } from '../shared/site-queues.ts'
import { reputation } from './dashboard.ts'
import type { GatewayFunction } from './gateway-function.ts'
import type { Names } from './names.ts'
import {
  DEAD_LETTER_RETENTION_DAYS,
  planFunctionQueues,
  planPrints,
  planQueues,
  planTransmissions,
  type QueuePlan,
} from './queue-plans.ts'
import { sendsMail } from './sender-identities.ts'

const PERIOD = Duration.minutes(5)

interface Watch {
  /** Part of the construct id. */
  id: string
  name: string
  metric: Metric
  /** Alarms above this. */
  threshold?: number
  /** What happened and what to do, for the person whom it wakes. */
  description: string
}

export interface AlarmsProps {
  names: Names
  table: DeployedTable
  functions: readonly GatewayFunction[]
  topic: ITopic
}

/** All alarms of the gateway, and the one place they go to. */
export function alarms(scope: Construct, { names, table, functions, topic }: AlarmsProps): void {
  const watches = [
    ...planQueues(names, table).map(deadLetters),
    ...planFunctionQueues(names, table).map(untaken),
    ...table.sites.map((site) => waitingPrints(planPrints(names, site), site)),
    ...transmitSites(table).map((site) => waitingTransmissions(planTransmissions(names, site), site)),
    ...functions.map((gatewayFunction) => functionErrors(names, gatewayFunction)),
    ...Object.entries(FAX_WATCHES).map(([metric, text]) => faxes(names, metric, text)),
    oldestDelivery(names),
    slowConversion(names),
    ...(sendsMail(table) ? mailReputation(names) : []),
  ]
  const action = new SnsAction(topic)
  for (const watch of watches) makeAlarm(scope, watch).addAlarmAction(action)
  sweepAlarm(scope, names).addAlarmAction(action)
  for (const site of table.sites) {
    for (const agent of agentsOf(table, site)) {
      silenceAlarm(scope, names, { site, agent }).addAlarmAction(action)
      for (const watch of [lateAtSite(names, { site, agent }), troubleAtSite(names, { site, agent })])
        makeAlarm(scope, watch).addAlarmAction(action)
    }
  }
}

/** Three signs of life in this time; one or two may get lost. */
const SILENT_MINUTES = 15

/**
 * An agent that has fallen silent, be it that it, its machine or its line is down. Minute by minute, so that the alarm speaks in the fifteenth
 * and not after the next full quarter. FILL makes zeros of minutes without a sign: of missing data CloudWatch would look
 * further back for some that is there.
 */
function silenceAlarm(scope: Construct, { deployment }: Names, { site, agent }: SiteAgent): Alarm {
  const period = Duration.minutes(1)
  const beats = siteMetric(deployment, HEARTBEAT_METRIC, { site, agent }, period, Stats.SUM)
  return new Alarm(scope, `Alarm-Silent-${agent}-${site}`, {
    alarmName: `${deployment}-${agent}-${site}-silent`,
    alarmDescription:
      `The ${agent} agent of site ${site} has said nothing for ${SILENT_MINUTES} minutes. Look whether the machine and its line are up, then at: ` +
      `systemctl status faxlane-${agent}. Nothing is lost: what waits there goes on when it is back. ` +
      `A site without this agent says so in the routing table: agents = … in [site_${site}].`,
    metric: new MathExpression({ expression: 'FILL(beats, 0)', usingMetrics: { beats }, period }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: SILENT_MINUTES - 1,
    // One that has never said anything.
    treatMissingData: TreatMissingData.BREACHING,
  })
}

/** It runs each night; two hours more for one that is late. */
const SWEEP_HOURS = 26

/** That nothing was found, and that nobody looked, are the same to a count of what was found. */
function sweepAlarm(scope: Construct, { deployment }: Names): Alarm {
  const period = Duration.hours(1)
  const metricName: GatewayMetric = 'SweepRan'
  const ran = new Metric({ namespace: deployment, metricName, period, statistic: Stats.SUM })
  return new Alarm(scope, 'Alarm-SweepMissing', {
    alarmName: `${deployment}-SweepMissing`,
    alarmDescription:
      `The nightly sweep, which looks for lost faxes, has not come to its end for ${SWEEP_HOURS} hours. Run it: faxlane sweep. It says what hinders it, and ends ` +
      `this alarm within the hour; so it does after a first deployment. Then look why the night's did not: the rule Nightly of the stack ${deployment}-gateway ` +
      `must be enabled, and the log group of ${deployment}-sweep says how it ended. One that takes longer than its 15 minutes: docs/scale.md.`,
    metric: new MathExpression({ expression: 'FILL(ran, 0)', usingMetrics: { ran }, period }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: SWEEP_HOURS,
    treatMissingData: TreatMissingData.BREACHING,
  })
}

interface SiteAgent {
  site: string
  agent: AgentKind
}

const AT_SITE = { edge: 'fax', print: 'print job' } as const satisfies Record<AgentKind, string>

/** What has left the PBX and reached nobody, or has left the queue and reached no paper: the agent alone knows of it. */
function lateAtSite({ deployment }: Names, { site, agent }: SiteAgent): Watch {
  return {
    id: `Late-${agent}-${site}`,
    name: `${deployment}-${agent}-${site}-late`,
    metric: siteMetric(deployment, 'AgentOldestWaiting', { site, agent }, PERIOD, Stats.MAXIMUM),
    threshold: LATE_MINUTES[agent] * 60,
    description:
      `A ${AT_SITE[agent]} has waited for more than ${LATE_MINUTES[agent]} minutes at the ${agent} agent of site ${site}, which is up. How many, and ` +
      `what hinders them: faxlane status. What is to be done about it, at the site: sudo -u faxlane-${agent} faxlane-${agent} check, ` +
      `and journalctl -u faxlane-${agent} -p warning. Nothing is lost: it goes on by itself once that is mended.`,
  }
}

/** Longer than a line or S3 is gone for a moment: three signs of life, of which each had trouble. */
const TROUBLE_PERIOD = Duration.minutes(15)

const TROUBLES = {
  edge:
    'files of the spool that it may not read, faxes that it has set aside since they can not go up (their reason is beside them in refused/), a full disk, ' +
    'or that S3 or the PBX refuses it',
  print: 'a queue or files that AWS refuses it, or a full disk',
} as const satisfies Record<AgentKind, string>

function troubleAtSite({ deployment }: Names, { site, agent }: SiteAgent): Watch {
  return {
    id: `Trouble-${agent}-${site}`,
    name: `${deployment}-${agent}-${site}-trouble`,
    metric: siteMetric(deployment, 'AgentTroubles', { site, agent }, TROUBLE_PERIOD, Stats.MINIMUM),
    description:
      `The ${agent} agent of site ${site} is up and can not do all of its work: ${TROUBLES[agent]}. In its own words: faxlane status. ` +
      `What to do about each, at the site: sudo -u faxlane-${agent} faxlane-${agent} check`,
  }
}

function siteMetric(
  namespace: string,
  metricName: HeartbeatMetric,
  siteAgent: SiteAgent,
  period: Duration,
  statistic: string,
): Metric {
  const dimensionsMap = heartbeatDimensions(siteAgent)
  return new Metric({ namespace, metricName, dimensionsMap, period, statistic })
}

const listed = (of: Concern['of'], concern: Concern['concern']) => commandOf({ of, concern })

/** The metrics of the functions that call for a person. */
const FAX_WATCHES: Partial<Record<GatewayMetric, string>> = {
  FaxesUnrouted:
    'A fax came for a number that has no section in the routing table, and there is no dstnum_default. It is kept, and delivered to nobody. ' +
    `Which: ${listed('reception', 'unrouted')}. Add the number or a default to the table and deploy; then: faxlane retry ID.`,
  FaxesRefused: `A file came in that could not be converted to PDF. It is kept as received. Which, and why: ${listed('reception', 'refused')}, faxlane show ID.`,
  TransmissionsUnknown:
    'A fax may have been sent or not: the edge agent of a site was cut off in the middle of the call. It is not sent again by itself. ' +
    `Its sender was told, where there was somebody to tell. Which: ${listed('transmission', 'unknown')}; to send it again: faxlane retry ID --again.`,
  TransmissionsFailed:
    'A fax could not be sent, after all of its attempts. Its sender was told, where there was somebody to tell. ' +
    `Which, and what the line or the other machine said: ${listed('transmission', 'failed')}, faxlane show ID; to send it again: faxlane retry ID --again.`,
  TransmissionsRefused:
    'A fax that was to be sent was refused before anything was dialled: its number, its sender or its document. Its sender was told, where there was somebody to tell. ' +
    `Which, and why: ${listed('transmission', 'refused')}, faxlane show ID.`,
  DeliveriesFailed:
    `A fax could not be delivered to one of its backends. Which, and the reason in the other side's own words: ${listed('reception', 'failed')} or bounced, faxlane show ID. ` +
    'When it is mended: faxlane retry --failed.',
  ReportsRefused:
    'An agent reported on a print job or a fax to send that its site was never given; nothing was changed by it. Its machine, or its certificate, may be in the wrong hands. ' +
    'Which site and whose session: the log of settle, "report refused". It is harmless after a printer has moved to another site in the routing table while its jobs were under way. ' +
    "To shut it out: disable the site's trust anchor, see docs/agents.md.",
  ReceptionsFailed:
    `A call ended before the whole fax was received, or before any of it was. Which: ${listed('reception', 'damaged')}, where pages came, and faxlane list --state missed, where none did; ` +
    'a line that does this often needs its PBX looked at.',
  SweepFindings:
    'The nightly comparison of what arrived with what is on record found something that it could not put right. What: faxlane sweep.',
}

/** Well before the end of `retry_for`, as it is by default. */
const WAITS_TOO_LONG = Duration.hours(4)

function oldestDelivery({ deployment }: Names): Watch {
  return {
    id: 'DeliveryAge',
    name: `${deployment}-DeliveryAge`,
    metric: new Metric({
      namespace: deployment,
      metricName: 'DeliveryAge' satisfies GatewayMetric,
      // No wait between two attempts is longer by default.
      period: Duration.hours(1),
      statistic: Stats.MAXIMUM,
    }),
    threshold: WAITS_TOO_LONG.toSeconds(),
    description:
      `A delivery has been tried again for more than ${WAITS_TOO_LONG.toHours()} hours. Which, and what hinders it: faxlane list --state waiting, faxlane show ID. ` +
      'It goes on until retry_for is over, and then to its fallback.',
  }
}

/** A third of the time limit of `receive`. */
const SLOW_CONVERSION = Duration.seconds(20)

function slowConversion({ deployment }: Names): Watch {
  return {
    id: 'ConversionTime',
    name: `${deployment}-ConversionTime`,
    metric: new Metric({
      namespace: deployment,
      metricName: 'ConversionTime' satisfies GatewayMetric,
      period: PERIOD,
      statistic: Stats.MAXIMUM,
    }),
    threshold: SLOW_CONVERSION.toMilliseconds(),
    description: `A fax took more than ${SLOW_CONVERSION.toSeconds()} seconds to convert; at 60 it would be given up. Which: faxlane list, and faxlane convert on its TIFF (faxlane get ID --tiff).`,
  }
}

/** SES looks into an account at a bounce rate of 5 % and a complaint rate of 0.1 %, and pauses it at twice or five times that. */
function mailReputation({ deployment }: Names): Watch[] {
  const text = (what: string) =>
    `${what} SES may pause the sending of the whole account. To whom: faxlane list --state bounced, faxlane show ID. Take the addresses out of the table.`
  return [
    {
      id: 'BounceRate',
      name: `${deployment}-BounceRate`,
      metric: reputation('BounceRate', 'bounces'),
      threshold: 0.04,
      description: text('More than 4 % of the mails come back.'),
    },
    {
      id: 'ComplaintRate',
      name: `${deployment}-ComplaintRate`,
      metric: reputation('ComplaintRate', 'complaints'),
      threshold: 0.0008,
      description: text('More than 0.08 % of the mails are called unwanted.'),
    },
  ]
}

function deadLetters({ id, name, maxReceiveCount, worker }: QueuePlan): Watch {
  const queue = deadLettersOf(name)
  return {
    id: `${id}DeadLetters`,
    name: queue,
    metric: queueMetric(queue, 'ApproximateNumberOfMessagesVisible'),
    description:
      `A message of ${name} came ${maxReceiveCount} times and was not dealt with by ${worker}. It lies in ${queue}, until it is ${DEAD_LETTER_RETENTION_DAYS} days old. ` +
      `Find the cause in the log, mend it, then send the messages back: faxlane redrive ${queue}`,
  }
}

/** The longest that SQS delays a message, which counts as age. */
const LONGEST_DELAY_SECONDS = 900
/** What came more often is not in SQS's age; it will be a dead letter soon. */
const COUNTED_RECEIVES = 3

/** Messages that a function is not given: dead letters come of those alone that it was given. */
function untaken({ id, name, worker, visibilityTimeoutSeconds, retentionDays }: QueuePlan): Watch {
  const seconds = LONGEST_DELAY_SECONDS + COUNTED_RECEIVES * visibilityTimeoutSeconds
  const threshold = Math.max(Duration.minutes(30).toSeconds(), seconds)
  return {
    id: `${id}Waiting`,
    name: `${name}-waiting`,
    metric: queueMetric(name, 'ApproximateAgeOfOldestMessage'),
    threshold,
    description:
      `A message has waited for more than ${Math.floor(threshold / 60)} minutes in ${name}, from which ${worker} takes. How many: faxlane status. Many, and they grow fewer: ` +
      `it is the rush, see docs/scale.md. Else look whether its event source is enabled, aws lambda list-event-source-mappings --function-name of it, and whether ` +
      `the account's concurrency is used up (metric Throttles). After ${retentionDays} days SQS deletes what lies there; received faxes are found by faxlane sweep even then.`,
  }
}

/** An agent that is down can't raise an alarm itself, and a fax that waits for paper is waited for. */
function waitingPrints({ id, name, retentionDays }: QueuePlan, site: string): Watch {
  return {
    id: `${id}Waiting`,
    name: `${name}-waiting`,
    metric: queueMetric(name, 'ApproximateAgeOfOldestMessage'),
    threshold: Duration.minutes(30).toSeconds(),
    description:
      `A print job of site ${site} has waited for more than half an hour. Look whether the print agent and CUPS run there. ` +
      `Jobs wait for ${retentionDays} days and are printed as soon as the agent is back.`,
  }
}

/** Longer than the longest call and a few before it: a site has few lines, and faxes queue for them. */
function waitingTransmissions({ id, name, retentionDays }: QueuePlan, site: string): Watch {
  return {
    id: `${id}Waiting`,
    name: `${name}-waiting`,
    metric: queueMetric(name, 'ApproximateAgeOfOldestMessage'),
    threshold: Duration.hours(2).toSeconds(),
    description:
      `A fax has waited for more than two hours to be sent at site ${site}. Look whether the edge agent and the PBX run there ` +
      '(faxlane-edge check), whether its configuration has ami_user, and how many faxes wait for how many channels. ' +
      `Faxes wait for ${retentionDays} days and are sent as soon as the agent is back.`,
  }
}

function functionErrors(names: Names, { shortName, lambda }: GatewayFunction): Watch {
  return {
    id: `Errors-${shortName}`,
    name: `${names.function(shortName)}-errors`,
    metric: lambda.metricErrors({ period: PERIOD, statistic: Stats.SUM }),
    description:
      `Function ${names.function(shortName)} broke off. Its log group ${names.functionLog(shortName)} says why. ` +
      'Messages under way come again; what keeps failing ends in a dead-letter queue.',
  }
}

function faxes({ deployment }: Names, metricName: string, description: string): Watch {
  const metric = new Metric({ namespace: deployment, metricName, period: PERIOD, statistic: Stats.SUM })
  return { id: metricName, name: `${deployment}-${metricName}`, metric, description }
}

function queueMetric(queue: string, metricName: string): Metric {
  return new Metric({
    namespace: 'AWS/SQS',
    metricName,
    dimensionsMap: { QueueName: queue },
    period: PERIOD,
    statistic: Stats.MAXIMUM,
  })
}

function makeAlarm(scope: Construct, { id, name, metric, threshold = 0, description }: Watch): Alarm {
  return new Alarm(scope, `Alarm-${id}`, {
    alarmName: name,
    alarmDescription: description,
    metric,
    threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    // SQS reports nothing for a queue that has been idle for hours, and the functions count only what happens.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  })
}
