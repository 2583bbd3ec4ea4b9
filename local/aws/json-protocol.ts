import * as z from 'zod'
import { AwsError, UnknownRequest } from './aws-error.ts'
import type { Answer, Call } from './http.ts'
import type { Service } from './server.ts'

/** One action: what is posted, checked, and what is answered. */
export type JsonAction = (input: unknown, call: Call) => object | Promise<object>

export function action<Schema extends z.ZodType>(
  schema: Schema,
  perform: (input: z.infer<Schema>, call: Call) => object | Promise<object>,
): JsonAction {
  return (input, call) => {
    const parsed = schema.safeParse(input)
    if (parsed.success) return perform(parsed.data, call)
    throw new AwsError(
      400,
      'SerializationException',
      `The request does not have the shape of the action's input: ${z.prettifyError(parsed.error)}`,
    )
  }
}

interface JsonServiceOptions {
  name: string
  version: '1.0' | '1.1'
  actions: Record<string, JsonAction>
  /** What the service calls an error that S3 and the others name otherwise. */
  errorCodes: Record<string, string>
  /** Further headers of an error. */
  errorHeaders?: (code: string) => Record<string, string>
  /** As `com.amazonaws.sqs`. */
  errorNamespace: string
}

/** A service of AWS's JSON protocol: POST / with the action in X-Amz-Target. */
export function jsonService({
  name,
  version,
  actions,
  errorCodes,
  errorHeaders,
  errorNamespace,
}: JsonServiceOptions): Service {
  const headersOf = (call: Call) => ({
    'content-type': `application/x-amz-json-${version}`,
    'x-amzn-requestid': call.requestId,
  })
  return {
    name,
    streams: false,
    async handle(call, body): Promise<Answer> {
      const target = call.headers['x-amz-target']?.split('.').at(-1)
      const perform = target === undefined || !Object.hasOwn(actions, target) ? undefined : actions[target]
      if (perform === undefined)
        throw new UnknownRequest(
          400,
          'UnknownOperationException',
          `${name} ${target ?? `without X-Amz-Target: ${call.method} ${call.path}`}`,
        )
      return { status: 200, headers: headersOf(call), body: JSON.stringify(await perform(parse(body), call)) }
    },
    answerError(error, call) {
      const code = errorCodes[error.code] ?? error.code
      return {
        status: error.status,
        headers: { ...headersOf(call), ...errorHeaders?.(code) },
        body: JSON.stringify({
          __type: `${errorNamespace}#${code}`,
          message: error.message,
          ...error.details,
        }),
      }
    },
  }
}

function parse(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString())
  } catch (error) {
    throw new AwsError(
      400,
      'SerializationException',
      `The request is not JSON: ${error instanceof Error ? error.message : error}`,
    )
  }
}
