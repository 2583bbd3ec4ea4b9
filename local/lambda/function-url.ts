import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import * as z from 'zod'
import { AwsError } from '../aws/aws-error.ts'
import { splitTarget } from '../aws/http.ts'
import type { FunctionPool } from './function-pool.ts'
import type { IamCaller, iamCaller } from './iam-caller.ts'
import { listenOnLoopback } from './listen.ts'
import type { InvocationResult } from './runtime-api.ts'

export interface FunctionUrlServer {
  /** With a slash at its end, as Lambda gives it. */
  url: string
  /** What answers; until it is named, requests wait for nothing and get a 503. */
  serve(pool: Pick<FunctionPool, 'invoke'>): void
  close(): Promise<void>
}

/** As Lambda takes. */
const BODY_LIMIT_BYTES = 6 * 1024 * 1024

/**
 * A Lambda function URL (payload format 2.0, buffered) on a loopback port. It is open before its function, whose environment may name it.
 * `callerOf`: says who signed a request, where the URL's AuthType is AWS_IAM; throws an AwsError for whom it does not let in.
 */
export async function startFunctionUrl(
  wantedPort: number | undefined,
  callerOf?: ReturnType<typeof iamCaller>,
): Promise<FunctionUrlServer> {
  let pool: Pick<FunctionPool, 'invoke'> | undefined
  const server = createServer((request, response) => {
    const failed = () =>
      response.writeHead(502, { 'content-type': 'text/plain' }).end('Internal Server Error')
    if (pool === undefined) response.writeHead(503).end('The local gateway is starting.')
    else answer({ pool, callerOf }, request, response).catch(failed)
  })
  const port = await listenOnLoopback(server, wantedPort)
  return {
    url: `http://127.0.0.1:${port}/`,
    serve(servingPool) {
      pool = servingPool
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

interface Serving {
  pool: Pick<FunctionPool, 'invoke'>
  callerOf: ReturnType<typeof iamCaller> | undefined
}

async function answer(
  { pool, callerOf }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request)
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end('Request Entity Too Large')
    return
  }
  const caller = letIn(callerOf, request, body)
  if (caller instanceof AwsError) {
    response.writeHead(caller.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ Message: caller.message }))
    return
  }
  const event = urlEvent(request, { body, caller }, new Date())
  const { statusCode, headers, content } = httpAnswer(await pool.invoke(event))
  response.writeHead(statusCode, headers).end(content)
}

function letIn(
  callerOf: Serving['callerOf'],
  request: IncomingMessage,
  body: Buffer,
): IamCaller | AwsError | undefined {
  try {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(',')]),
    )
    return callerOf?.({ method: request.method ?? 'GET', ...splitTarget(request.url ?? '/'), headers }, body)
  } catch (error) {
    if (error instanceof AwsError) return error
    throw error
  }
}

function urlEvent(
  request: IncomingMessage,
  { body, caller }: { body: Buffer; caller: IamCaller | undefined },
  now: Date,
): object {
  const host = request.headers.host ?? '127.0.0.1'
  const [rawPath = '/', rawQueryString = ''] = (request.url ?? '/').split(/\?(.*)/s)
  const { cookie, ...headers } = request.headers
  const parameters = new URLSearchParams(rawQueryString)
  const query = [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(',')])
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(',')]),
    ),
    ...(query.length === 0 ? {} : { queryStringParameters: Object.fromEntries(query) }),
    requestContext: {
      accountId: caller?.accountId ?? 'anonymous',
      ...(caller === undefined ? {} : { authorizer: { iam: caller } }),
      apiId: 'local',
      domainName: host,
      domainPrefix: 'local',
      http: {
        method: request.method,
        path: decodePath(rawPath),
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: logTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString('base64') }),
    isBase64Encoded: body.length > 0,
  }
}

const responseSchema = z.object({
  statusCode: z.int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  cookies: z.array(z.string()).default([]),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
})

interface HttpAnswer {
  statusCode: number
  headers: Record<string, string | string[]>
  content: Buffer
}

/** An object with a statusCode is a whole answer; anything else is the body of a 200 in JSON; a failed invocation is a 502. */
function httpAnswer(result: InvocationResult): HttpAnswer {
  const text = { 'content-type': 'application/json' }
  if (!result.ok) return { statusCode: 502, headers: text, content: Buffer.from('Internal Server Error') }
  const parsed = responseSchema.safeParse(result.payload)
  if (!parsed.success) {
    return { statusCode: 200, headers: text, content: Buffer.from(JSON.stringify(result.payload)) }
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])
  return {
    statusCode,
    headers: {
      ...text,
      ...Object.fromEntries(named),
      ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    },
    content: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  }
}

/** As web servers write it into their logs: 12/Mar/2026:19:03:58 +0000. */
function logTime(now: Date): string {
  const [, day, month, year, time] = now.toUTCString().split(' ')
  return `${day}/${month}/${year}:${time} +0000`
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request) {
    sizeBytes += chunk.length
    if (sizeBytes > BODY_LIMIT_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
