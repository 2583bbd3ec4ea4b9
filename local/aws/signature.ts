import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { ALGORITHM, type Authorization, type Signed } from './authorization.ts'
import { AwsError } from './aws-error.ts'

const ALLOWED_SKEW_MILLISECONDS = 15 * 60 * 1000

interface Expected {
  region: string
  authorizer: { knows(accessKeyId: string): boolean }
  secretAccessKey: string
  nowMilliseconds: number
}

/**
 * Throws the error that S3 would answer with. Header signatures may be of any age: both sides read the same clock here,
 * so that AWS's check of the skew could never find anything.
 */
export function verifySignature(
  request: Signed,
  authorization: Authorization,
  payloadHash: string,
  expected: Expected,
): void {
  if (!expected.authorizer.knows(authorization.accessKeyId))
    throw new AwsError(
      403,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
    )
  const scope = `${authorization.timestamp.slice(0, 8)}/${expected.region}/${authorization.service}/aws4_request`
  if (authorization.scope !== scope)
    throw new AwsError(
      400,
      'AuthorizationHeaderMalformed',
      `The credential scope '${authorization.scope}' is wrong; expecting '${scope}'.`,
    )
  if (!authorization.signedHeaders.includes('host'))
    throw new AwsError(403, 'AccessDenied', "'host' must be among the signed headers.")
  checkAge(authorization, expected.nowMilliseconds)
  const canonical = canonicalRequest(request, authorization, payloadHash)
  const signature = sign(signingKey(authorization.scope, expected.secretAccessKey), [
    ALGORITHM,
    authorization.timestamp,
    authorization.scope,
    sha256(canonical),
  ])
  if (!equal(signature, authorization.signature)) throw signatureMismatch()
}

export const signatureMismatch = () =>
  new AwsError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  )

function checkAge({ timestamp, expiresSeconds }: Authorization, nowMilliseconds: number): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp)
  const signedAt = match
    ? Date.parse(
        timestamp.replace(
          match[0],
          `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}Z`,
        ),
      )
    : Number.NaN
  if (Number.isNaN(signedAt))
    throw new AwsError(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header')
  if (expiresSeconds === undefined) return
  if (signedAt - nowMilliseconds > ALLOWED_SKEW_MILLISECONDS)
    throw new AwsError(403, 'AccessDenied', 'Request is not yet valid')
  const expiresAt = signedAt + expiresSeconds * 1000
  if (nowMilliseconds > expiresAt)
    throw new AwsError(403, 'AccessDenied', 'Request has expired', {
      'X-Amz-Expires': String(expiresSeconds),
      Expires: new Date(expiresAt).toISOString(),
      ServerTime: new Date(nowMilliseconds).toISOString(),
    })
}

function canonicalRequest(
  { method, path, query, headers }: Signed,
  { service, signedHeaders, presigned }: Authorization,
  payloadHash: string,
): string {
  const canonicalQuery = query
    .filter(([name]) => !(presigned && name === 'X-Amz-Signature'))
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const canonicalHeaders = signedHeaders
    .map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`)
    .join('')
  // S3 signs the path encoded once; all others encode what is in the request line again.
  const canonicalPath = path
    .split('/')
    .map((segment) => encode(service === 's3' ? decodeSegment(segment) : segment))
    .join('/')
  return [method, canonicalPath, canonicalQuery, canonicalHeaders, signedHeaders.join(';'), payloadHash].join(
    '\n',
  )
}

export function signingKey(scope: string, secretAccessKey: string): Buffer {
  const [date = '', region = '', service = ''] = scope.split('/')
  return [date, region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  )
}

/** The signature of a string to sign, given by its lines. */
export function sign(key: Buffer, lines: string[]): string {
  return createHmac('sha256', key).update(lines.join('\n')).digest('hex')
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

export function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)))
}

/** RFC 3986: encodeURIComponent leaves five characters that AWS encodes. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
