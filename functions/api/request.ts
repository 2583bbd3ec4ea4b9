import * as z from 'zod'
import type { PrincipalSender } from '../submit/plan-transmissions.ts'

/** What we read of a function URL's request (payload format 2.0) that IAM has let through. */
const requestSchema = z.object({
  rawPath: z.string(),
  queryStringParameters: z.record(z.string(), z.string()).default({}),
  headers: z.record(z.string(), z.string()),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    http: z.object({ method: z.string() }),
    authorizer: z.object({ iam: z.object({ userArn: z.string(), userId: z.string() }) }),
  }),
})

export interface ApiRequest {
  method: string
  path: string
  query: Record<string, string>
  body: string
  idempotencyKey?: string
  sender: PrincipalSender
}

export function readRequest(event: unknown): ApiRequest {
  const { rawPath, queryStringParameters, headers, body, isBase64Encoded, requestContext } =
    requestSchema.parse(event)
  const { userArn, userId } = requestContext.authorizer.iam
  const key = headers['idempotency-key']
  return {
    method: requestContext.http.method,
    path: rawPath,
    query: queryStringParameters,
    body: isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
    ...(key === undefined ? {} : { idempotencyKey: key }),
    sender: { way: 'http', name: userArn, principals: [userArn, ...roleOf(userArn), userId] },
  }
}

/** The role behind a session: arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION is one of arn:aws:iam::ACCOUNT:role/NAME. */
function roleOf(userArn: string): string[] {
  const [, partition, account, name] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(userArn) ?? []
  return name === undefined ? [] : [`arn:${partition}:iam::${account}:role/${name}`]
}
