import type { HeartbeatMessage } from '../shared/messages.ts'
import type { AgentKind } from '../shared/routing-table/deployed-table.ts'

/** Metrics that an alarm watches. None has a dimension: a number or a fax id there would cost by the million. */
export type Metric =
  | 'FaxesReceived'
  | 'FaxesUnrouted'
  | 'FaxesRefused'
  /** The PBX said so, whether pages came before the call broke off or none did. */
  | 'ReceptionsFailed'
  | 'DeliveriesFailed'
  | 'TransmissionsAccepted'
  /** Nothing was dialled: the number, the sender, the document. Its sender knows. */
  | 'TransmissionsRefused'
  | 'TransmissionsSent'
  /** Its sender knows. */
  | 'TransmissionsFailed'
  /** May have gone out, and is not sent again by itself: somebody has to decide. */
  | 'TransmissionsUnknown'

export type Count = (metric: Metric) => void

/**
 * Counts by CloudWatch's embedded metric format: a log line that CloudWatch turns into a metric, with no call to be made
 * or to fail. The line must be the whole message, so it goes past console's JSON wrapping.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function makeCount(namespace: string, write: (line: string) => void, now: () => Date): Count {
  return (metric) => write(embedded({ namespace, metric, dimensions: {} }, now()))
}

/** Of an agent on site; the only metric with dimensions, two values for each site. */
export const HEARTBEAT_METRIC = 'AgentHeartbeat'

export type CountHeartbeat = (agent: Pick<HeartbeatMessage['heartbeat'], 'site' | 'agent'>) => void

/** The dimensions as CloudWatch has them; the alarm watches the same. */
export function heartbeatDimensions({ site, agent }: { site: string; agent: AgentKind }) {
  return { Site: site, Agent: agent }
}

export function makeCountHeartbeat(
  namespace: string,
  write: (line: string) => void,
  now: () => Date,
): CountHeartbeat {
  return (agent) =>
    write(embedded({ namespace, metric: HEARTBEAT_METRIC, dimensions: heartbeatDimensions(agent) }, now()))
}

function embedded(
  {
    namespace,
    metric,
    dimensions,
  }: { namespace: string; metric: string; dimensions: Record<string, string> },
  at: Date,
): string {
  const directive = {
    Namespace: namespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [{ Name: metric, Unit: 'Count' }],
  }
  const aws = { Timestamp: at.getTime(), CloudWatchMetrics: [directive] }
  return `${JSON.stringify({ _aws: aws, ...dimensions, [metric]: 1 })}\n`
}
