import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Authorization } from '../authorization.ts'
import { AwsError } from '../aws-error.ts'
import type { Answer, Call } from '../http.ts'
import { signingKey } from '../signature.ts'
import { checksumHeader, type Digests, readClaims, startDigests } from './checksums.ts'
import { type ChunkSigning, decodeChunks } from './chunked-body.ts'
import { readDescription, type Target, type WriteDependencies, writeObject } from './write.ts'

const LARGEST_OBJECT_BYTES = 5 * 1024 ** 3

interface PutTarget extends Target {
  authorization: Authorization
}

export async function putObject(dependencies: WriteDependencies, target: PutTarget): Promise<Answer> {
  const { bucket, key, call } = target
  const described = readDescription(call.headers)
  const { algorithm } = readClaims(call.headers)
  const record = await writeObject(dependencies, target, async (temporaryPath) => {
    const { sizeBytes, eTag, checksum } = await receive(dependencies, target, temporaryPath)
    const lastModified = new Date(dependencies.nowMilliseconds()).toISOString()
    return { key, sizeBytes, eTag, lastModified, checksum: { algorithm, value: checksum }, ...described }
  })
  dependencies.created({ bucket, record, operation: 'Put', requestId: call.requestId })
  return {
    status: 200,
    headers: {
      etag: `"${record.eTag}"`,
      'x-amz-server-side-encryption': 'AES256',
      [checksumHeader(algorithm)]: record.checksum.value,
      'x-amz-checksum-type': 'FULL_OBJECT',
    },
  }
}

/** Writes the body to the file as it comes; it is what the headers say, or this throws. */
async function receive(
  dependencies: WriteDependencies,
  { call, authorization }: PutTarget,
  path: string,
): Promise<Digests> {
  const expectedBytes = expectedLength(call.headers)
  const digests = startDigests(readClaims(call.headers))
  const trailers = new Map<string, string>()
  const body: AsyncIterable<Buffer> = isChunked(call.headers)
    ? decodeChunks(call.incoming, trailers, chunkSigning(dependencies, call, authorization))
    : call.incoming
  async function* digested() {
    for await (const piece of body) {
      digests.update(piece)
      yield piece
    }
  }
  await pipeline(digested, createWriteStream(path, { mode: 0o600 }))
  const result = digests.finish(trailers)
  if (result.sizeBytes === expectedBytes) return result
  throw new AwsError(
    400,
    'IncompleteBody',
    `You did not provide the number of bytes specified by the Content-Length HTTP header: ${result.sizeBytes} of ${expectedBytes}`,
  )
}

function expectedLength(headers: Record<string, string>): number {
  const length = headers[isChunked(headers) ? 'x-amz-decoded-content-length' : 'content-length']
  if (length === undefined || !/^\d+$/.test(length))
    throw new AwsError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.')
  if (Number(length) > LARGEST_OBJECT_BYTES)
    throw new AwsError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size.')
  return Number(length)
}

function isChunked(headers: Record<string, string>): boolean {
  return headers['x-amz-content-sha256']?.startsWith('STREAMING-') ?? false
}

function chunkSigning(
  { secretAccessKey }: WriteDependencies,
  { headers }: Call,
  authorization: Authorization,
): ChunkSigning | undefined {
  const kind = headers['x-amz-content-sha256'] ?? ''
  if (kind === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return undefined
  if (!/^STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?$/.test(kind))
    throw new AwsError(400, 'InvalidRequest', `x-amz-content-sha256 is not supported: ${kind}`)
  const { timestamp, scope, signature } = authorization
  return { key: signingKey(scope, secretAccessKey), timestamp, scope, seedSignature: signature }
}
