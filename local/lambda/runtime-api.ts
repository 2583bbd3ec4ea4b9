import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import * as z from 'zod'
import { type Deferred, deferred } from './deferred.ts'
import { listenOnLoopback } from './listen.ts'

export interface Invocation {
  requestId: string
  functionArn: string
  event: unknown
  deadlineEpochMilliseconds: number
}

/** What went wrong in a function, as Lambda words it. */
const failureSchema = z.object({ errorType: z.string(), errorMessage: z.string() })
export type InvocationFailure = z.infer<typeof failureSchema>
export type InvocationResult = { ok: true; payload: unknown } | { ok: false; error: InvocationFailure }

export interface RuntimeApi {
  /** AWS_LAMBDA_RUNTIME_API of the one child that this serves. */
  address: string
  /** Undefined when the child has loaded its handler and asked for its first invocation, else why it can't. */
  initialized: Promise<InvocationFailure | undefined>
  /** One at a time, as in a Lambda environment. */
  invoke(invocation: Invocation): Promise<InvocationResult>
  /** The child has ended or was ended: whatever waits for it gets this answer. */
  abandon(error: InvocationFailure): void
  close(): Promise<void>
}

interface Pending {
  invocation: Invocation
  result: Deferred<InvocationResult>
}
interface State {
  initialized: Deferred<InvocationFailure | undefined>
  /** The child's request for its next invocation, kept open until there is one. */
  asking: ServerResponse | undefined
  pending: Pending | undefined
}

const PREFIX = '/2018-06-01/runtime'

/** The Lambda Runtime API, version 2018-06-01, for one child process, on a loopback port of its own. */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const state: State = { initialized: deferred(), asking: undefined, pending: undefined }
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: unknown) => {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ errorType: 'InvalidRequest', errorMessage: String(error) }))
    })
  })
  // The child keeps one connection for all of its life: it must not be closed just as a long invocation answers.
  server.keepAliveTimeout = 0
  const port = await listenOnLoopback(server)
  return {
    address: `127.0.0.1:${port}`,
    initialized: state.initialized.promise,
    invoke(invocation) {
      state.pending = { invocation, result: deferred() }
      handOver(state)
      return state.pending.result.promise
    },
    abandon(error) {
      state.initialized.resolve(error)
      settle(state, { ok: false, error })
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? ''
  if (request.method === 'GET' && path === `${PREFIX}/invocation/next`) {
    state.initialized.resolve(undefined)
    state.asking = response
    handOver(state)
    return
  }
  const [, requestId, kind] = new RegExp(`^${PREFIX}/invocation/([^/]+)/(response|error)$`).exec(path) ?? []
  const isInitError = path === `${PREFIX}/init/error`
  if (request.method !== 'POST' || (kind === undefined && !isInitError)) {
    response.writeHead(404).end(`The local runtime API knows no ${request.method} ${path}`)
    return
  }
  const body = await bodyOf(request)
  if (isInitError) state.initialized.resolve(failureSchema.parse(body))
  // An answer that comes after the time limit belongs to an invocation that has ended.
  else if (requestId === state.pending?.invocation.requestId) settle(state, resultOf(kind, body))
  response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}')
}

function resultOf(kind: string | undefined, body: unknown): InvocationResult {
  return kind === 'response' ? { ok: true, payload: body } : { ok: false, error: failureSchema.parse(body) }
}

function handOver(state: State): void {
  if (state.asking === undefined || state.pending === undefined) return
  const { invocation } = state.pending
  state.asking.writeHead(200, {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': invocation.requestId,
    'lambda-runtime-deadline-ms': String(invocation.deadlineEpochMilliseconds),
    'lambda-runtime-invoked-function-arn': invocation.functionArn,
  })
  state.asking.end(JSON.stringify(invocation.event))
  state.asking = undefined
}

function settle(state: State, result: InvocationResult): void {
  state.pending?.result.resolve(result)
  state.pending = undefined
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}
