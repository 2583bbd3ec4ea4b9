import { Duration } from 'aws-cdk-lib'
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Metric,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import {
  type Metric as GatewayMetric,
  HEARTBEAT_METRIC,
  type HeartbeatMetric,
  heartbeatDimensions,
} from '../functions/metrics.ts'
import { deadLettersOf } from '../shared/deployment-names.ts'
import { agentsOf, BACKEND_KINDS, type DeployedTable } from '../shared/routing-table/deployed-table.ts'
import type { Names } from './names.ts'
import { planQueues } from './queue-plans.ts'

const PERIOD = Duration.minutes(5)
/** CloudWatch's grid is 24 wide. */
const THIRD = 8

/** One page on which an operator sees how the gateway is. No metric has a number as a dimension, so none can be seen there. */
export function dashboard(scope: Construct, { names, table }: { names: Names; table: DeployedTable }): void {
  const metric = (
    metricName: GatewayMetric,
    statistic: string,
    label: string,
    dimensionsMap?: Record<string, string>,
  ) =>
    new Metric({
      namespace: names.deployment,
      metricName,
      statistic,
      label,
      period: PERIOD,
      ...(dimensionsMap === undefined ? {} : { dimensionsMap }),
    })
  const sum = (name: GatewayMetric, label: string, kind?: string) =>
    metric(name, Stats.SUM, label, kind === undefined ? undefined : { Kind: kind })
  const byKind = (name: GatewayMetric) => BACKEND_KINDS.map((kind) => sum(name, kind, kind))
  const page = new Dashboard(scope, 'Dashboard', {
    dashboardName: names.deployment,
    defaultInterval: Duration.days(1),
  })
  page.addWidgets(
    totals([
      sum('FaxesReceived', 'received'),
      sum('DeliveriesMade', 'deliveries made'),
      sum('DeliveriesFailed', 'deliveries failed'),
      sum('FaxesUnrouted', 'unrouted'),
      sum('FaxesRefused', 'refused'),
      sum('ReceptionsFailed', 'receptions failed'),
    ]),
  )
  page.addWidgets(
    graph('Deliveries made, by kind', byKind('DeliveriesMade')),
    graph('Deliveries failed, by kind', byKind('DeliveriesFailed')),
    graph('Age of the oldest delivery that waits (s)', [metric('DeliveryAge', Stats.MAXIMUM, 'oldest')]),
  )
  page.addWidgets(
    graph('Conversion (ms)', [
      metric('ConversionTime', Stats.p(50), 'median'),
      metric('ConversionTime', Stats.p(99), '99 of 100'),
    ]),
    graph('Dead letters', deadLetters(names, table)),
    graph('Signs of life, by agent', ofAgents(names, table, HEARTBEAT_METRIC, Stats.SUM)),
  )
  page.addWidgets(
    graph(
      'Age of the oldest fax or job at each agent (s)',
      ofAgents(names, table, 'AgentOldestWaiting', Stats.MAXIMUM),
    ),
    graph('What hinders each agent', ofAgents(names, table, 'AgentTroubles', Stats.MAXIMUM)),
  )
  page.addWidgets(
    graph('Age of the oldest message of each queue (s)', oldestMessages(names, table)),
    graph('Mail reputation', [
      reputation('BounceRate', 'bounces'),
      reputation('ComplaintRate', 'complaints'),
    ]),
    graph('What sweeps could not put right', [sum('SweepFindings', 'findings')]),
  )
}

function totals(metrics: IMetric[]): IWidget {
  return new SingleValueWidget({
    title: 'In the time shown',
    metrics,
    width: 3 * THIRD,
    setPeriodToTimeRange: true,
  })
}

function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({ title, left, width: THIRD, leftYAxis: { min: 0 } })
}

function ofQueue(queue: string, metricName: string): IMetric {
  return new Metric({
    namespace: 'AWS/SQS',
    metricName,
    dimensionsMap: { QueueName: queue },
    statistic: Stats.MAXIMUM,
    period: PERIOD,
    label: queue,
  })
}

function deadLetters(names: Names, table: DeployedTable): IMetric[] {
  const queues = planQueues(names, table).map(({ name }) => deadLettersOf(name))
  return queues.map((queue) => ofQueue(queue, 'ApproximateNumberOfMessagesVisible'))
}

function oldestMessages(names: Names, table: DeployedTable): IMetric[] {
  return planQueues(names, table).map(({ name }) => ofQueue(name, 'ApproximateAgeOfOldestMessage'))
}

function ofAgents(
  names: Names,
  table: DeployedTable,
  metricName: HeartbeatMetric,
  statistic: string,
): IMetric[] {
  return table.sites.flatMap((site) =>
    agentsOf(table, site).map(
      (agent) =>
        new Metric({
          namespace: names.deployment,
          metricName,
          dimensionsMap: heartbeatDimensions({ site, agent }),
          statistic,
          period: PERIOD,
          label: `${agent} ${site}`,
        }),
    ),
  )
}

/** Of the whole account: SES judges senders by it. */
export function reputation(metricName: 'BounceRate' | 'ComplaintRate', label: string): Metric {
  return new Metric({
    namespace: 'AWS/SES',
    metricName: `Reputation.${metricName}`,
    statistic: Stats.MAXIMUM,
    period: Duration.hours(1),
    label,
  })
}
