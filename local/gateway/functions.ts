import { availableParallelism } from 'node:os'
import process from 'node:process'
import type { FunctionHost } from '../lambda/environment.ts'
import { type RunningEventSource, type SourceQueue, startEventSource } from '../lambda/event-source.ts'
import type { FunctionLog } from '../lambda/function-log.ts'
import { type FunctionPool, makeFunctionPool } from '../lambda/function-pool.ts'
import type { Blueprint } from '../template/blueprint.ts'

export interface Functions {
  pools: ReadonlyMap<string, FunctionPool>
  /**
   * Loads what the queues feed ahead of the first fax, one after the other: all at once they would keep a small machine from everything
   * else. A function that fails to load says so at its first invocation.
   */
  prewarm(): Promise<void>
  /** Begins to hand them what is on their queues. */
  feed(pollQueue: (name: string) => SourceQueue): void
  /** Ends the polls at once, lets invocations end for `graceMilliseconds`, then kills. */
  close(graceMilliseconds: number): Promise<void>
}

/** A deployment runs ten and more at a time; here each is a process of one machine. */
const CONCURRENCY = Math.min(4, Math.max(2, availableParallelism()))

export function startFunctions(
  { host, log, onProblem }: { host: FunctionHost; log: FunctionLog; onProblem: (text: string) => void },
  { functions, eventSources }: Pick<Blueprint, 'functions' | 'eventSources'>,
): Functions {
  // CI runs the bundles under the Node of the deployment.
  const nodeBinary = process.env.FAXLANE_FUNCTION_NODE ?? process.execPath
  const pools = new Map(
    functions.map((definition) => [
      definition.name,
      makeFunctionPool({ host, log, nodeBinary }, definition, CONCURRENCY),
    ]),
  )
  const running: RunningEventSource[] = []
  return {
    pools,
    feed(pollQueue) {
      for (const source of eventSources) {
        const { functionName, queueName } = source
        const pool = pools.get(functionName)
        if (pool === undefined)
          throw new Error(`${queueName} feeds ${functionName}, which is no function of the template.`)
        const concurrency = Math.min(source.concurrency, CONCURRENCY)
        const eventSource = { ...source, region: host.region, concurrency }
        running.push(startEventSource({ queue: pollQueue(queueName), pool, onProblem }, eventSource))
      }
    },
    async prewarm() {
      for (const { functionName } of eventSources) await pools.get(functionName)?.prewarm()
    },
    async close(graceMilliseconds) {
      await Promise.all([
        ...running.map((source) => source.stop()),
        ...[...pools.values()].map((pool) => pool.close(graceMilliseconds)),
      ])
    },
  }
}
