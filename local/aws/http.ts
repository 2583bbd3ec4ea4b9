import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'

/** A request whose signature holds. A `body` that was signed as a whole is read; S3's streams. */
export interface Call {
  method: string
  /** As it stood in the request line: still encoded, without the query. */
  path: string
  query: [name: string, value: string][]
  /** Names in lower case. */
  headers: Record<string, string>
  incoming: IncomingMessage
  requestId: string
  /** Aborted when the caller went away or the stand-in closes: a long poll ends. */
  ended: AbortSignal
}

export interface Answer {
  status: number
  headers: Record<string, string>
  body?: string | Buffer | Readable
}

export function queryValue(query: Call['query'], name: string): string | undefined {
  return query.find(([candidate]) => candidate === name)?.[1]
}

/** Splits a request target without normalising it: the path is an object key, and `..` in it must stay visible. */
export function splitTarget(target: string): Pick<Call, 'path' | 'query'> {
  const mark = target.indexOf('?')
  if (mark < 0) return { path: target, query: [] }
  const pairs = target.slice(mark + 1).split('&')
  return { path: target.slice(0, mark), query: pairs.filter((pair) => pair !== '').map(splitPair) }
}

function splitPair(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  if (equals < 0) return [decode(pair), '']
  return [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
}

/** A blank is %20 in AWS's canonical query, but a browser or a form may send `+`. Undecodable text stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
