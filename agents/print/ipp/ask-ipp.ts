import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { withStallLimit } from '../../stall-limit.ts'
import { decodeIpp } from './decode.ts'
import { encodeIpp } from './encode.ts'
import type { IppGroup, IppMessage } from './message.ts'

/** Where an IPP server listens. */
export type IppServer = { socketPath: string } | { host: string; port: number }

export type AskIpp = (asked: { operation: number; groups: readonly IppGroup[] }) => Promise<IppMessage>

/** Thousands of jobs with the few attributes that we ask for. */
const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024
const ANSWER_MILLISECONDS = 10_000

/** Asks an IPP server over HTTP, a connection for each question. Rejects when no whole answer comes. */
export function httpIpp(server: IppServer, answerMilliseconds = ANSWER_MILLISECONDS): AskIpp {
  let requestId = 0
  return ({ operation, groups }) => {
    requestId = (requestId % 0x7fffffff) + 1
    const body = encodeIpp({ version: { major: 2, minor: 0 }, code: operation, requestId, groups })
    const limit = { what: 'asking CUPS', milliseconds: answerMilliseconds }
    return withStallLimit(limit, ({ signal }) => exchange(server, body, signal))
  }
}

function exchange(server: IppServer, body: Buffer, signal: AbortSignal): Promise<IppMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      ...server,
      method: 'POST',
      path: '/',
      agent: false,
      signal,
      headers: {
        'Content-Type': 'application/ipp',
        'Content-Length': body.length,
        // What CUPS calls itself in its own host names; a socket has none, and cupsd refuses a request without.
        Host: 'localhost',
      },
    } as const
    const asking: ClientRequest = request(options, (answer) => {
      readAnswer(answer).then(resolve, (error: unknown) => {
        asking.destroy()
        reject(error)
      })
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

async function readAnswer(answer: IncomingMessage): Promise<IppMessage> {
  if (answer.statusCode !== 200) throw new Error(`CUPS answered with HTTP status ${answer.statusCode}`)
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > LARGEST_ANSWER_BYTES) throw new Error('CUPS answered with more than 4 MiB')
    chunks.push(chunk)
  }
  return decodeIpp(Buffer.concat(chunks))
}
