import { AwsError, UnknownRequest } from '../aws-error.ts'
import type { Answer } from '../http.ts'
import type { Service } from '../server.ts'

/** Runs a function of the gateway; its failure is an answer, not a rejection. */
export type Invoke = (
  event: unknown,
) => Promise<
  { ok: true; payload: unknown } | { ok: false; error: { errorType: string; errorMessage: string } }
>

/** Lambda, as far as Invoke that waits for the answer: functions by their names. */
export function createLambda(functions: ReadonlyMap<string, Invoke>): Service {
  return {
    name: 'Lambda',
    streams: false,
    async handle({ method, path, headers }, body) {
      const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path) ?? []
      if (method !== 'POST' || name === undefined)
        throw new UnknownRequest(501, 'NotImplemented', `Lambda ${method} ${path}`)
      if ((headers['x-amz-invocation-type'] ?? 'RequestResponse') !== 'RequestResponse')
        throw new UnknownRequest(501, 'NotImplemented', 'Lambda Invoke that does not wait for its answer')
      const invoke = functions.get(decodeURIComponent(name))
      if (invoke === undefined)
        throw new AwsError(404, 'ResourceNotFoundException', `Function not found: ${name}`)
      const result = await invoke(body.length === 0 ? {} : JSON.parse(body.toString()))
      return result.ok
        ? answer(200, result.payload)
        : answer(200, result.error, { 'x-amz-function-error': 'Unhandled' })
    },
    answerError({ status, code, message }) {
      return answer(status, { Type: 'User', message }, { 'x-amzn-errortype': code })
    },
  }
}

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body ?? null),
  }
}
