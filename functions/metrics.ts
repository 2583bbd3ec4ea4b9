/** Metrics that an alarm watches. None has a dimension: a number or a fax id there would cost by the million. */
export type Metric = 'FaxesReceived' | 'FaxesUnrouted' | 'FaxesRefused' | 'DeliveriesFailed'

export type Count = (metric: Metric) => void

/**
 * Counts by CloudWatch's embedded metric format: a log line that CloudWatch turns into a metric, with no call to be made
 * or to fail. The line must be the whole message, so it goes past console's JSON wrapping.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function makeCount(namespace: string, write: (line: string) => void, now: () => Date): Count {
  return (metric) =>
    write(
      `${JSON.stringify({
        _aws: {
          Timestamp: now().getTime(),
          CloudWatchMetrics: [
            { Namespace: namespace, Dimensions: [[]], Metrics: [{ Name: metric, Unit: 'Count' }] },
          ],
        },
        [metric]: 1,
      })}\n`,
    )
}
