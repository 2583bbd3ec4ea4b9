import { type StandIn, type StandInOptions, startStandIn } from '../aws/stand-in.ts'
import type { Blueprint } from '../template/blueprint.ts'

/** On the port of the last run where it is free, else on any. */
export async function startStandInNear(
  options: StandInOptions,
  wantedPort: number | undefined,
): Promise<StandIn> {
  if (wantedPort !== undefined) {
    try {
      return await startStandIn({ ...options, port: wantedPort })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    }
  }
  return await startStandIn(options)
}

/** Makes what the template keeps data in; answers the URL of each queue, by its name. */
export async function makeStores(
  standIn: StandIn,
  { queues, buckets, tables, secrets, logGroups }: Blueprint,
): Promise<ReadonlyMap<string, string>> {
  const queueUrls = new Map<string, string>()
  for (const { name, attributes } of queues) {
    const { url } = await standIn.createQueue(name, attributes)
    queueUrls.set(name, url)
  }
  for (const { name, notifications } of buckets) await standIn.createBucket(name, notifications)
  for (const name of secrets) await standIn.createSecret(name)
  for (const { name, streams } of logGroups) await standIn.createLogGroup(name, streams)
  for (const table of tables) await standIn.createTable(table)
  return queueUrls
}
