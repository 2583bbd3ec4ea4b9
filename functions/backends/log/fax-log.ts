import { type CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'

/**
 * A log group for each log backend, with nothing in it but its lines, so that retention and whoever may read it are that log's own.
 * Group and stream are made by the deployment.
 */
export function makeFaxLog(
  client: CloudWatchLogsClient,
  place: { groupPrefix: string; stream: string },
  now: () => Date,
) {
  return async (backendName: string, line: string): Promise<string> => {
    const logGroupName = `${place.groupPrefix}${backendName}`
    const { rejectedLogEventsInfo } = await client.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName: place.stream,
        logEvents: [{ timestamp: now().getTime(), message: line }],
      }),
    )
    if (rejectedLogEventsInfo !== undefined) {
      throw new Error(`CloudWatch took no line for ${logGroupName}: ${JSON.stringify(rejectedLogEventsInfo)}`)
    }
    return logGroupName
  }
}
