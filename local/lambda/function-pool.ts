import type { LocalFunction } from './environment.ts'
import { type FunctionInstance, type InstanceDependencies, startInstance } from './function-instance.ts'
import type { InvocationResult } from './runtime-api.ts'

export interface FunctionPool {
  /** Waits for a free process where all are busy. A failure of the function is a result; it never rejects for one. */
  invoke(event: unknown): Promise<InvocationResult>
  /** Starts a process ahead of the first invocation. */
  prewarm(): Promise<void>
  /** Takes no more invocations, lets those under way end for at most `graceMilliseconds`, then kills. */
  close(graceMilliseconds: number): Promise<void>
}

/** The processes of one function: started when they are needed, at most `concurrency` at a time, kept until {@link FunctionPool.close}. */
export function makeFunctionPool(
  dependencies: InstanceDependencies,
  definition: LocalFunction,
  concurrency: number,
): FunctionPool {
  const idle: FunctionInstance[] = []
  const started = new Set<Promise<FunctionInstance>>()
  const running = new Set<Promise<InvocationResult>>()
  const waiting: (() => void)[] = []
  let warming: Promise<FunctionInstance> | undefined
  let isClosed = false

  async function start(): Promise<FunctionInstance> {
    const starting = startInstance(dependencies, definition)
    started.add(starting)
    const instance = await starting
    instance.ended.then(() => started.delete(starting))
    return instance
  }

  /** One that is still loading is waited for: a second would only slow it down. */
  function claimWarming(): Promise<FunctionInstance> | undefined {
    const claimed = warming
    warming = undefined
    return claimed
  }

  async function run(event: unknown): Promise<InvocationResult> {
    let instance = idle.pop()
    while (instance !== undefined && !instance.isAlive()) instance = idle.pop()
    instance ??= await (claimWarming() ?? start())
    const startedAt = performance.now()
    const result = await instance.invoke(event)
    log(dependencies, definition, result, performance.now() - startedAt)
    if (instance.isAlive() && (await instance.initialized) === undefined) idle.push(instance)
    else await instance.stop()
    return result
  }

  return {
    async invoke(event) {
      while (running.size >= concurrency && !isClosed) {
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      if (isClosed) return { ok: false, error: CLOSED }
      const invocation = run(event)
      running.add(invocation)
      try {
        return await invocation
      } finally {
        running.delete(invocation)
        waiting.shift()?.()
      }
    },
    async prewarm() {
      if (isClosed || started.size > 0) return
      warming = start()
      const instance = await warming
      const failure = await instance.initialized
      if (warming === undefined) return
      warming = undefined
      if (failure === undefined) idle.push(instance)
      else await instance.stop()
    },
    async close(graceMilliseconds) {
      isClosed = true
      for (const wake of waiting.splice(0)) wake()
      await Promise.race([Promise.allSettled(running), elapsed(graceMilliseconds)])
      await Promise.all([...started].map(async (starting) => (await starting).stop()))
    },
  }
}

function log(
  dependencies: InstanceDependencies,
  definition: LocalFunction,
  result: InvocationResult,
  durationMilliseconds: number,
): void {
  const duration = `${durationMilliseconds.toFixed(0)} ms`
  dependencies.log.write(
    definition.name,
    result.ok
      ? { level: 'INFO', message: `answered in ${duration}` }
      : {
          level: 'ERROR',
          message: `failed in ${duration}: ${result.error.errorType}: ${result.error.errorMessage}`,
        },
  )
}

const CLOSED = { errorType: 'Gateway.Closed', errorMessage: 'The local gateway is closing.' }

function elapsed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    // Nothing waits for the rest of the grace once the invocations have ended.
    setTimeout(resolve, milliseconds).unref()
  })
}
