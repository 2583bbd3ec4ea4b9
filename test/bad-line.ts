import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * What a line does to one request: `cut at once` before a byte was read, `cut within` after some, `silence` takes it and never
 * answers, `answer lost` lets it through and cuts the answer, `late` answers when nobody waits any more. `expired`: the session's token ended in the middle;
 * `skewed`: the clocks of the two differ by an hour.
 */
export const FAULTS = [
  'none',
  'cut at once',
  'cut within',
  'silence',
  '500',
  '503',
  'answer lost',
  'late',
  'expired',
  'skewed',
] as const
/** `throttled` is how the services of AWS's JSON protocols say that it is too much. */
export type Fault = (typeof FAULTS)[number] | 'throttled'

export interface BadLine {
  endpoint: string
  /** Whether the cloud is there at all. */
  setUp: (isUp: boolean) => void
  close: () => Promise<void>
}

const LATE_MILLISECONDS = 700

/** Stands between an agent and the cloud, and lets each request meet the fault that `next` says. */
export async function openBadLine(
  cloud: string,
  next: (incoming: IncomingMessage) => Fault,
): Promise<BadLine> {
  const sockets = new Set<Duplex>()
  let isUp = true
  const server = createServer((incoming, outgoing) => {
    incoming.on('error', () => {})
    outgoing.on('error', () => {})
    serve(cloud, next(incoming), incoming, outgoing)
  })
  server.on('connection', (socket) => {
    if (!isUp) return void socket.destroy()
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the line has no port')
  const cutAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    setUp: (up) => {
      isUp = up
      if (!up) cutAll()
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      cutAll()
      await closed
    },
  }
}

function serve(cloud: string, fault: Fault, incoming: IncomingMessage, outgoing: ServerResponse): void {
  switch (fault) {
    case 'cut at once':
      incoming.socket.destroy()
      return
    case 'cut within':
      incoming.once('data', () => incoming.socket.destroy())
      incoming.once('end', () => incoming.socket.destroy())
      return
    case 'silence':
      incoming.resume()
      return
    case '500':
      refuse(incoming, outgoing, { status: 500, code: 'InternalError' })
      return
    case '503':
      refuse(incoming, outgoing, { status: 503, code: 'SlowDown' })
      return
    case 'throttled':
      refuse(incoming, outgoing, { status: 400, code: 'ThrottlingException' })
      return
    case 'expired':
      refuse(incoming, outgoing, EXPIRED[protocolOf(incoming)])
      return
    case 'skewed':
      outgoing.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString())
      refuse(incoming, outgoing, SKEWED[protocolOf(incoming)])
      return
    default:
      forward(cloud, incoming, outgoing, fault)
  }
}

interface Refusal {
  status: number
  code: string
}

type Protocol = 'S3' | 'JSON' | 'query'

/** As each says it. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and the common errors of the others. */
const EXPIRED: Record<Protocol, Refusal> = {
  S3: { status: 400, code: 'ExpiredToken' },
  JSON: { status: 400, code: 'ExpiredTokenException' },
  query: { status: 403, code: 'ExpiredToken' },
}
const SKEWED: Record<Protocol, Refusal> = {
  S3: { status: 403, code: 'RequestTimeTooSkewed' },
  JSON: { status: 400, code: 'InvalidSignatureException' },
  query: { status: 403, code: 'SignatureDoesNotMatch' },
}

function protocolOf({ headers }: IncomingMessage): Protocol {
  if (headers['x-amz-target'] !== undefined) return 'JSON'
  return headers['content-type'] === 'application/x-www-form-urlencoded' ? 'query' : 'S3'
}

/** In the protocol that the request speaks. S3 knows no throttling but 503. */
function refuse(incoming: IncomingMessage, outgoing: ServerResponse, { status, code }: Refusal): void {
  const error = `<Error><Code>${code}</Code><Message>try again</Message></Error>`
  const protocol = protocolOf(incoming)
  const isThrottled = code === 'ThrottlingException'
  incoming.resume()
  incoming.once('end', () => {
    outgoing.writeHead(protocol === 'S3' && isThrottled ? 503 : status, {
      'content-type': protocol === 'JSON' ? 'application/x-amz-json-1.0' : 'text/xml',
    })
    if (protocol === 'JSON') outgoing.end(JSON.stringify({ __type: code, message: 'try again' }))
    else
      outgoing.end(
        `<?xml version="1.0"?>${protocol === 'query' ? `<ErrorResponse>${error}</ErrorResponse>` : error}`,
      )
  })
}

function forward(cloud: string, incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault): void {
  const { method, url, headers } = incoming
  const onward = request(new URL(url ?? '/', cloud), { method, headers }, (answer) => {
    if (fault === 'answer lost') return void answer.resume().once('end', () => incoming.socket.destroy())
    const give = () => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    }
    if (fault === 'late') setTimeout(give, LATE_MILLISECONDS)
    else give()
  })
  onward.on('error', () => incoming.socket.destroy())
  incoming.pipe(onward)
  incoming.once('close', () => {
    if (!incoming.complete) onward.destroy()
  })
}
