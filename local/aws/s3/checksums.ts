import { createHash } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { CRC32, CRC32C, crc32, crc64nvme, type RunningDigest } from './crc.ts'

export const checksumAlgorithmSchema = z.enum(['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'])
export type ChecksumAlgorithm = z.infer<typeof checksumAlgorithmSchema>

const ALGORITHMS: Record<ChecksumAlgorithm, { sizeBytes: number; start: () => RunningDigest }> = {
  crc32: { sizeBytes: 4, start: () => crc32(CRC32) },
  crc32c: { sizeBytes: 4, start: () => crc32(CRC32C) },
  crc64nvme: { sizeBytes: 8, start: crc64nvme },
  sha1: { sizeBytes: 20, start: () => createHash('sha1') },
  sha256: { sizeBytes: 32, start: () => createHash('sha256') },
}

const HEADER_PREFIX = 'x-amz-checksum-'

export const checksumHeader = (algorithm: ChecksumAlgorithm) => `${HEADER_PREFIX}${algorithm}`

/** What a PutObject says of its body, and so must hold. */
export interface Claims {
  /** Base64, from Content-MD5. */
  md5?: string
  /** Hexadecimal, from x-amz-content-sha256. */
  signedSha256?: string
  algorithm: ChecksumAlgorithm
  /** Base64. Absent: none was claimed (S3 computes one all the same), or it comes as a trailer. */
  checksum?: string
  /** The value comes after the body. */
  inTrailer: boolean
}

export function readClaims(headers: Record<string, string>): Claims {
  const claims: Claims = { algorithm: 'crc64nvme', inTrailer: false }
  const contentMd5 = headers['content-md5']
  if (contentMd5 !== undefined) {
    if (decodedLength(contentMd5) !== 16)
      throw new AwsError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.')
    claims.md5 = contentMd5
  }
  const signed = headers['x-amz-content-sha256'] ?? ''
  if (/^[0-9a-f]{64}$/.test(signed)) claims.signedSha256 = signed
  return { ...claims, ...readChecksum(headers) }
}

function readChecksum(headers: Record<string, string>): Partial<Claims> {
  const names = Object.keys(headers).filter(
    (name) => name.startsWith(HEADER_PREFIX) && !/-(mode|type|algorithm)$/.test(name),
  )
  const trailers = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase())
  const claimed = [...names, ...trailers.filter((name) => name !== '')]
  const [name] = claimed
  if (name === undefined) return {}
  if (claimed.length > 1)
    throw new AwsError(
      400,
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    )
  const algorithm = checksumAlgorithmSchema.safeParse(name.slice(HEADER_PREFIX.length))
  if (!name.startsWith(HEADER_PREFIX) || !algorithm.success)
    throw new AwsError(
      400,
      'InvalidRequest',
      `The value specified in the x-amz-trailer or checksum header is not supported: ${name}`,
    )
  const checksum = headers[name]
  if (checksum === undefined) return { algorithm: algorithm.data, inTrailer: true }
  return { algorithm: algorithm.data, checksum: valid(algorithm.data, checksum) }
}

function valid(algorithm: ChecksumAlgorithm, checksum: string): string {
  if (decodedLength(checksum) === ALGORITHMS[algorithm].sizeBytes) return checksum
  throw new AwsError(400, 'InvalidRequest', `Value for ${checksumHeader(algorithm)} header is invalid.`)
}

function decodedLength(base64: string): number | undefined {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0
    ? Buffer.from(base64, 'base64').length
    : undefined
}

export interface Digests {
  sizeBytes: number
  /** Hexadecimal MD5, which is the ETag. */
  eTag: string
  checksum: string
}

/** Digests the body while it passes; `finish` gives them, or throws what S3 answers when a claim does not hold. */
export function startDigests(claims: Claims): {
  update(piece: Buffer): void
  finish(trailers: Map<string, string>): Digests
} {
  const md5 = createHash('md5')
  const signed = claims.signedSha256 === undefined ? undefined : createHash('sha256')
  const checksum = ALGORITHMS[claims.algorithm].start()
  let sizeBytes = 0
  return {
    update(piece) {
      sizeBytes += piece.length
      md5.update(piece)
      signed?.update(piece)
      checksum.update(piece)
    },
    finish(trailers) {
      const eTag = md5.digest()
      const computed = checksum.digest().toString('base64')
      if (signed && signed.digest('hex') !== claims.signedSha256)
        throw new AwsError(
          400,
          'XAmzContentSHA256Mismatch',
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
      if (claims.md5 !== undefined && claims.md5 !== eTag.toString('base64'))
        throw new AwsError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.')
      const claimed = claims.inTrailer ? fromTrailer(claims.algorithm, trailers) : claims.checksum
      if (claimed !== undefined && claimed !== computed)
        throw new AwsError(
          400,
          'BadDigest',
          `The ${claims.algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
        )
      return { sizeBytes, eTag: eTag.toString('hex'), checksum: computed }
    },
  }
}

function fromTrailer(algorithm: ChecksumAlgorithm, trailers: Map<string, string>): string {
  const value = trailers.get(checksumHeader(algorithm))
  if (value !== undefined) return valid(algorithm, value)
  throw new AwsError(
    400,
    'MalformedTrailerError',
    `The request announced the trailer ${checksumHeader(algorithm)} and did not send it.`,
  )
}
