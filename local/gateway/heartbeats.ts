import { keepHeartbeat, sqsHeartbeat } from '../../agents/daemon/heartbeat.ts'
import { type Log, logLine } from '../../agents/log.ts'
import { realWaiting } from '../../agents/waiting.ts'
import { agentsOf, type DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import type { FunctionLog } from '../lambda/function-log.ts'
import type { Clients } from './clients.ts'
import type { RunningGateway } from './description.ts'

/** Signs of life of all agents that the table has: here they live and die with the gateway. */
export function startHeartbeats(
  { sqs }: Clients,
  log: FunctionLog,
  table: DeployedTable,
  reportsQueues: RunningGateway['reportsQueues'],
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const dependencies = {
    waiting: realWaiting,
    log: ((event, fields) =>
      log.write('agents', { level: 'INFO', message: logLine(event, fields) })) satisfies Log,
  }
  const beating = table.sites.flatMap((site) => {
    const send = sqsHeartbeat(sqs, async () => reportsQueues[site] ?? '')
    return agentsOf(table, site).map((agent) =>
      keepHeartbeat({ ...dependencies, send }, agent, async () => ({ waiting: 0 }), stopping.signal),
    )
  })
  return {
    async stop() {
      stopping.abort()
      await Promise.all(beating)
    },
  }
}
