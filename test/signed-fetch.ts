import { createHash } from 'node:crypto'
import { sign, signingKey } from '../local/aws/signature.ts'
import type { RunningGateway } from '../local/gateway.ts'

/** A request to a function URL, signed as AWS's clients sign it (Signature Version 4). */
export async function signedFetch(
  { region, credentials }: Pick<RunningGateway, 'region' | 'credentials'>,
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Response> {
  const { host, pathname, searchParams } = new URL(url)
  const timestamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const scope = `${timestamp.slice(0, 8)}/${region}/lambda/aws4_request`
  const query = [...searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
  const hash = createHash('sha256').update(body).digest('hex')
  const canonical = [
    method,
    pathname,
    query.join('&'),
    `host:${host}\nx-amz-date:${timestamp}\n`,
    'host;x-amz-date',
    hash,
  ]
  const digest = createHash('sha256').update(canonical.join('\n')).digest('hex')
  const signature = sign(signingKey(scope, credentials.secretAccessKey), [
    'AWS4-HMAC-SHA256',
    timestamp,
    scope,
    digest,
  ])
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`
  return fetch(url, {
    method,
    headers: { ...headers, 'x-amz-date': timestamp, authorization },
    ...(body === '' ? {} : { body }),
  })
}
