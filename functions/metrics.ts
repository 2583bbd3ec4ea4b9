import type { HeartbeatRecord } from '../shared/ledger/heartbeat-record.ts'
import type { DeliveryRecord } from '../shared/ledger/records.ts'
import type { AgentKind } from '../shared/routing-table/deployed-table.ts'

/** What is counted or measured, and its unit in CloudWatch. */
const UNITS = {
  FaxesReceived: 'Count',
  FaxesUnrouted: 'Count',
  FaxesRefused: 'Count',
  /** The PBX said so, whether pages came before the call broke off or none did. */
  ReceptionsFailed: 'Count',
  ConversionTime: 'Milliseconds',
  DeliveriesMade: 'Count',
  /** Given up, or sent back after SES had taken it. */
  DeliveriesFailed: 'Count',
  /** Of a delivery that goes on waiting after an attempt: since it was opened. */
  DeliveryAge: 'Seconds',
  /** About what its site was never given: an agent was stolen, or its machine. */
  ReportsRefused: 'Count',
  /** To its end, over a day at least. */
  SweepRan: 'Count',
  /** What the sweep could not put right. */
  SweepFindings: 'Count',
  TransmissionsAccepted: 'Count',
  /** Nothing was dialled: the number, the sender, the document. */
  TransmissionsRefused: 'Count',
  TransmissionsSent: 'Count',
  /** To be sent as faxes, by a sender who is not proven, or is a machine. */
  MailsIgnored: 'Count',
  /** After all attempts. Its sender knows where it named an address, which nothing demands. */
  TransmissionsFailed: 'Count',
  /** May have gone out, and is not sent again by itself: somebody has to decide. */
  TransmissionsUnknown: 'Count',
} as const
export type Metric = keyof typeof UNITS

export interface Counted {
  /** 1 where it is left out. */
  value?: number
  /** Of the backend. The only dimension: four values. A number or a fax id there would cost by the million. */
  kind?: string
}
export type Count = (metric: Metric, counted?: Counted) => void

/** What became of a delivery, by the kind of its backend. */
export function countEnd(count: Count, { state, kind, openedAt }: DeliveryRecord, now: Date): void {
  if (state === 'delivered') count('DeliveriesMade', { kind })
  else if (state === 'waiting') count('DeliveryAge', { value: (now.getTime() - Date.parse(openedAt)) / 1000 })
  else count('DeliveriesFailed', { kind })
}

/**
 * Counts by CloudWatch's embedded metric format: a log line that CloudWatch turns into a metric, with no call to be made
 * or to fail. The line must be the whole message, so it goes past console's JSON wrapping.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function makeCount(namespace: string, write: (line: string) => void, now: () => Date): Count {
  return (metric, { value = 1, kind } = {}) => {
    // Alarms watch the whole, the dashboard shows the kinds.
    const dimensions: Record<string, string> = kind === undefined ? {} : { Kind: kind }
    const values = { [metric]: value }
    write(embedded({ namespace, units: UNITS, values, dimensions, alsoWhole: true }, now()))
  }
}

/** Of an agent on site, for each sign of life of it. */
export const HEARTBEAT_METRIC = 'AgentHeartbeat'
const HEARTBEAT_UNITS = {
  [HEARTBEAT_METRIC]: 'Count',
  /** How long the oldest fax or job has waited there. */
  AgentOldestWaiting: 'Seconds',
  /** Files that it can't read, faxes that it has set aside, and one for whatever else hinders it. */
  AgentTroubles: 'Count',
} as const
export type HeartbeatMetric = keyof typeof HEARTBEAT_UNITS

export type CountHeartbeat = (heartbeat: HeartbeatRecord) => void

/** The dimensions as CloudWatch has them; the alarm watches the same. */
export function heartbeatDimensions({ site, agent }: { site: string; agent: AgentKind }) {
  return { Site: site, Agent: agent }
}

/** Dated by when it was heard, so that one which lay on its queue makes nobody seem alive. */
export function makeCountHeartbeat(namespace: string, write: (line: string) => void): CountHeartbeat {
  return (heartbeat) => {
    const { oldestSeconds = 0, unreadable = 0, refused = 0, trouble } = heartbeat
    const values: Record<HeartbeatMetric, number> = {
      AgentHeartbeat: 1,
      AgentOldestWaiting: oldestSeconds,
      AgentTroubles: unreadable + refused + (trouble === undefined ? 0 : 1),
    }
    const dimensions = heartbeatDimensions(heartbeat)
    const whole = { namespace, units: HEARTBEAT_UNITS, values, dimensions, alsoWhole: false }
    write(embedded(whole, new Date(heartbeat.heardAt)))
  }
}

interface Embedded {
  namespace: string
  /** By the metric's name, as the values. */
  units: Record<string, string>
  values: Record<string, number>
  dimensions: Record<string, string>
  /** Also without its dimensions. */
  alsoWhole: boolean
}

function embedded({ namespace, units, values, dimensions, alsoWhole }: Embedded, at: Date): string {
  const names = Object.keys(dimensions)
  const directive = {
    Namespace: namespace,
    Dimensions: alsoWhole && names.length > 0 ? [[], names] : [names],
    Metrics: Object.keys(values).map((name) => ({ Name: name, Unit: units[name] })),
  }
  const aws = { Timestamp: at.getTime(), CloudWatchMetrics: [directive] }
  return `${JSON.stringify({ _aws: aws, ...dimensions, ...values })}\n`
}
