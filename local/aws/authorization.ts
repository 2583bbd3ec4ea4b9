import { AwsError } from './aws-error.ts'
import { type Call, queryValue } from './http.ts'

/** Signature Version 4, read from a request's Authorization header or from the query of a presigned link. */
export interface Authorization {
  presigned: boolean
  accessKeyId: string
  /** The credential scope: date/region/service/aws4_request. */
  scope: string
  region: string
  service: string
  /** As 20260131T120000Z. */
  timestamp: string
  signedHeaders: string[]
  signature: string
  /** How long a presigned link holds. */
  expiresSeconds?: number
}

export type Signed = Pick<Call, 'method' | 'path' | 'query' | 'headers'>

export const ALGORITHM = 'AWS4-HMAC-SHA256'
const LONGEST_LINK_SECONDS = 604_800

/** Undefined when the request is not signed at all. */
export function readAuthorization({ headers, query }: Signed): Authorization | undefined {
  if (headers.authorization !== undefined) return readHeader(headers.authorization, headers)
  return queryValue(query, 'X-Amz-Algorithm') === undefined ? undefined : readLink(query)
}

function readHeader(header: string, headers: Record<string, string>): Authorization {
  const fields = new Map(
    header
      .slice(ALGORITHM.length)
      .split(',')
      .map((field) => {
        const [name = '', ...value] = field.trim().split('=')
        return [name, value.join('=')]
      }),
  )
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) =>
    fields.get(name),
  )
  if (!header.startsWith(`${ALGORITHM} `) || !credential || !signedHeaders || !signature)
    throw new AwsError(
      400,
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed: it must be ${ALGORITHM} with Credential, SignedHeaders and Signature.`,
    )
  const timestamp = headers['x-amz-date'] ?? ''
  return {
    presigned: false,
    ...readCredential(credential),
    timestamp,
    signedHeaders: signedHeaders.split(';'),
    signature,
  }
}

function readLink(query: Call['query']): Authorization {
  const required = (name: string) => {
    const value = queryValue(query, name)
    if (value === undefined || value === '')
      throw linkError(`Query-string authentication requires the parameter ${name}.`)
    return value
  }
  if (required('X-Amz-Algorithm') !== ALGORITHM)
    throw linkError(`X-Amz-Algorithm only supports "${ALGORITHM}".`)
  const expires = required('X-Amz-Expires')
  if (!/^\d+$/.test(expires))
    throw linkError(`X-Amz-Expires should be a number, not ${JSON.stringify(expires)}.`)
  if (Number(expires) > LONGEST_LINK_SECONDS)
    throw linkError(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    )
  return {
    presigned: true,
    ...readCredential(required('X-Amz-Credential')),
    timestamp: required('X-Amz-Date'),
    signedHeaders: required('X-Amz-SignedHeaders').split(';'),
    signature: required('X-Amz-Signature'),
    expiresSeconds: Number(expires),
  }
}

const linkError = (message: string) => new AwsError(400, 'AuthorizationQueryParametersError', message)

function readCredential(
  credential: string,
): Pick<Authorization, 'accessKeyId' | 'scope' | 'region' | 'service'> {
  const [accessKeyId = '', ...scope] = credential.split('/')
  const [, region = '', service = ''] = scope
  return { accessKeyId, scope: scope.join('/'), region, service }
}
