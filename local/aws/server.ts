import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Authorization, readAuthorization } from './authorization.ts'
import { AwsError, UnknownRequest } from './aws-error.ts'
import { type Answer, type Call, splitTarget } from './http.ts'
import { sha256, verifySignature } from './signature.ts'
import type { Place } from './stand-in.ts'

/** One of AWS's services. Errors thrown by `handle` are put into the shape of its protocol by `answerError`. */
export interface Service {
  /** As in "the local stand-in does not know SQS CreateQueue". */
  name: string
  /** `body` is read unless the service takes it as a stream from `call.incoming`. */
  streams: boolean
  handle(call: Call, body: Buffer, authorization: Authorization): Promise<Answer>
  answerError(error: AwsError, call: Call): Answer
}

interface ServerOptions extends Place {
  /** By the name in the credential scope. S3 answers for requests that name none. */
  services: Record<string, Service> & { s3: Service }
  onUnknownRequest: (text: string) => void
}

/** A mail of 10 MB is base64 in a form: nothing else that is not streamed comes near. */
const LARGEST_BODY_BYTES = 32 * 1024 * 1024

/** What a connection may take to end at close: enough for any answer that is under way. */
const CLOSE_MILLISECONDS = 2000

/** One for each request that is under way: aborted when its caller goes away or the stand-in closes. */
type OpenCalls = Set<AbortController>

export async function startServer(
  options: ServerOptions,
): Promise<{ endpoint: string; close(): Promise<void> }> {
  const open: OpenCalls = new Set()
  const server = createServer((incoming, response) => {
    serve(options, open, incoming, response).catch(() => response.destroy())
  })
  // The SDK keeps connections: one that the server ends just as the client sends on it would be a failed request.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const ended of open) ended.abort()
        const impatient = setTimeout(() => server.closeAllConnections(), CLOSE_MILLISECONDS)
        server.close(() => {
          clearTimeout(impatient)
          resolve()
        })
      }),
  }
}

async function serve(
  options: ServerOptions,
  open: OpenCalls,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const ended = new AbortController()
  open.add(ended)
  response.once('close', () => {
    open.delete(ended)
    ended.abort()
  })
  const call: Call = {
    method: incoming.method ?? 'GET',
    ...splitTarget(incoming.url ?? '/'),
    headers: joinHeaders(incoming),
    incoming,
    requestId: randomUUID(),
    ended: ended.signal,
  }
  const answer = await answerOf(options, call)
  if (ended.signal.aborted) response.setHeader('connection', 'close')
  await send(answer, call, response)
}

async function answerOf(options: ServerOptions, call: Call): Promise<Answer> {
  let service = options.services.s3
  try {
    const authorization = readAuthorization(call)
    service = serviceOf(options, call, authorization)
    if (authorization === undefined)
      throw new AwsError(403, 'AccessDenied', 'Access Denied: the request is not signed.')
    const body = service.streams ? Buffer.alloc(0) : await readBody(call.incoming)
    const payloadHash = service.streams ? streamedHash(call, authorization) : sha256(body)
    verifySignature(call, authorization, payloadHash, {
      ...options,
      nowMilliseconds: options.clock.nowMilliseconds(),
    })
    options.authorizer.authorize(authorization.accessKeyId, authorization.service, call, body)
    return await service.handle(call, body, authorization)
  } catch (error) {
    return service.answerError(report(options, call, service, error), call)
  }
}

function serviceOf(
  { services }: ServerOptions,
  call: Call,
  authorization: Authorization | undefined,
): Service {
  if (authorization === undefined) return services.s3
  const service = services[authorization.service]
  if (service !== undefined) return service
  throw new UnknownRequest(
    501,
    'NotImplemented',
    `the service ${JSON.stringify(authorization.service)} (${call.headers['x-amz-target'] ?? `${call.method} ${call.path}`})`,
  )
}

/** The stand-in's own faults become a 500, as AWS's would, and are told: nobody else would see them. */
function report({ onUnknownRequest }: ServerOptions, call: Call, service: Service, error: unknown): AwsError {
  if (error instanceof UnknownRequest) onUnknownRequest(`${service.name}: ${error.message}`)
  if (error instanceof AwsError) return error
  // A caller that went away in the middle of its request is no fault.
  const wentAway = call.incoming.destroyed && !call.incoming.complete
  if (!wentAway)
    onUnknownRequest(
      `${service.name}: the local stand-in failed at ${call.method} ${call.path}: ${error instanceof Error ? error.stack : error}`,
    )
  return new AwsError(
    500,
    'InternalError',
    `The local stand-in failed: ${error instanceof Error ? error.message : error}`,
  )
}

/** S3 signs what it is told of the body; whether the body is that is checked when it has come. */
function streamedHash(call: Call, { presigned }: Authorization): string {
  const hash = call.headers['x-amz-content-sha256']
  if (presigned) return hash ?? 'UNSIGNED-PAYLOAD'
  if (hash === undefined)
    throw new AwsError(
      400,
      'InvalidRequest',
      'Missing required header for this request: x-amz-content-sha256',
    )
  return hash
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  let sizeBytes = 0
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    sizeBytes += piece.length
    if (sizeBytes > LARGEST_BODY_BYTES)
      throw new AwsError(
        413,
        'RequestEntityTooLarge',
        `The request is larger than ${LARGEST_BODY_BYTES} bytes.`,
      )
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function joinHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value
  return headers
}

async function send({ status, headers, body }: Answer, call: Call, response: ServerResponse): Promise<void> {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (body instanceof Readable) return pipeline(body, response)
  if (body !== undefined && headers['content-length'] === undefined)
    response.setHeader('content-length', Buffer.byteLength(body))
  response.end(call.method === 'HEAD' ? undefined : body)
}
