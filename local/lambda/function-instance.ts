import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { type FunctionHost, functionEnvironment, type LocalFunction } from './environment.ts'
import type { FunctionLog } from './function-log.ts'
import {
  type InvocationFailure,
  type InvocationResult,
  type RuntimeApi,
  startRuntimeApi,
} from './runtime-api.ts'

/** Lambda gives the loading of a function ten seconds; a laptop that starts several at once gets more. */
const INIT_TIMEOUT_SECONDS = 30
/** V8's heap within the function's memory, leaving the rest to buffers and Node itself. */
const HEAP_SHARE = 0.9

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.mjs', import.meta.url))
const GUARD = new URL('loopback-only.mjs', import.meta.url).href

export interface InstanceDependencies {
  host: FunctionHost
  log: FunctionLog
  /** The Node binary that runs the functions. */
  nodeBinary: string
}

/** One process of a function, which takes one invocation after the other. */
export interface FunctionInstance {
  /** Undefined once the handler is loaded, else why it can't be. */
  initialized: Promise<InvocationFailure | undefined>
  invoke(event: unknown): Promise<InvocationResult>
  /** False after a crash, a timeout or {@link stop}: it takes no more invocations. */
  isAlive(): boolean
  stop(): Promise<void>
  /** Settles when the process has ended, for whatever reason. */
  ended: Promise<void>
}

export async function startInstance(
  dependencies: InstanceDependencies,
  definition: LocalFunction,
): Promise<FunctionInstance> {
  const runtimeApi = await startRuntimeApi()
  const child = spawnChild(dependencies, definition, runtimeApi)
  const ended = endOf(child, runtimeApi)
  const initTimer = setTimeout(
    () => kill(child, runtimeApi, timedOut(INIT_TIMEOUT_SECONDS)),
    INIT_TIMEOUT_SECONDS * 1000,
  )
  const initialized = runtimeApi.initialized.finally(() => clearTimeout(initTimer))
  const isAlive = () =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null && !child.killed
  return {
    initialized,
    ended,
    isAlive,
    async invoke(event) {
      const failure = await initialized
      if (failure !== undefined) return { ok: false, error: failure }
      // A process that ended while idle would never fetch the invocation.
      if (!isAlive()) return { ok: false, error: exited(child) }
      return await invokeWithin(definition, runtimeApi, child, event)
    },
    async stop() {
      child.kill('SIGKILL')
      await ended
      await runtimeApi.close()
    },
  }
}

function spawnChild(
  { host, log, nodeBinary }: InstanceDependencies,
  definition: LocalFunction,
  runtimeApi: RuntimeApi,
): ChildProcess {
  const heapMegabytes = Math.floor(definition.memoryMegabytes * HEAP_SHARE)
  const child = spawn(nodeBinary, [`--max-old-space-size=${heapMegabytes}`, '--import', GUARD, BOOTSTRAP], {
    cwd: definition.assetFolder,
    env: functionEnvironment(definition, host, runtimeApi.address),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  log.follow(definition.name, child.stdout)
  log.follow(definition.name, child.stderr)
  return child
}

function endOf(child: ChildProcess, runtimeApi: RuntimeApi): Promise<void> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      runtimeApi.abandon({ errorType: 'Runtime.StartError', errorMessage: error.message })
      resolve()
    })
    child.once('exit', () => {
      runtimeApi.abandon(exited(child))
      resolve()
    })
  })
}

async function invokeWithin(
  definition: LocalFunction,
  runtimeApi: RuntimeApi,
  child: ChildProcess,
  event: unknown,
): Promise<InvocationResult> {
  const timeoutMilliseconds = definition.timeoutSeconds * 1000
  const timer = setTimeout(
    () => kill(child, runtimeApi, timedOut(definition.timeoutSeconds)),
    timeoutMilliseconds,
  )
  try {
    return await runtimeApi.invoke({
      requestId: randomUUID(),
      functionArn: definition.arn,
      event,
      deadlineEpochMilliseconds: Date.now() + timeoutMilliseconds,
    })
  } finally {
    clearTimeout(timer)
  }
}

/** The reason goes in first: the exit that follows would otherwise be taken for a crash. */
function kill(child: ChildProcess, runtimeApi: RuntimeApi, reason: InvocationFailure): void {
  runtimeApi.abandon(reason)
  child.kill('SIGKILL')
}

function timedOut(seconds: number): InvocationFailure {
  return { errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${seconds.toFixed(2)} seconds` }
}

function exited(child: ChildProcess): InvocationFailure {
  const how = child.signalCode === null ? `exit status ${child.exitCode}` : `signal ${child.signalCode}`
  return { errorType: 'Runtime.ExitError', errorMessage: `The function's process ended: ${how}` }
}
