import { createHash } from 'node:crypto'
import * as z from 'zod'

/**
 * Our name for one fax: the second it was received (UTC, ISO 8601 basic format), then 60 bits of a digest, in
 * Crockford's base 32 in lower case. Sorts by time as text; safe in an S3 key, a file name and a URL.
 */
export const faxIdSchema = z.string().regex(/^\d{8}T\d{6}Z-[0-9a-hjkmnp-tv-z]{12}$/, 'not a fax id')

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz'
const DIGEST_CHARACTERS = 12

/**
 * The same fax always gets the same id, so an agent that was killed half-way finds its own first upload again
 * instead of making a second fax. `identity` is whatever tells two faxes of one second apart.
 */
export function makeFaxId(receivedAt: Date, ...identity: readonly (string | Uint8Array)[]): string {
  if (Number.isNaN(receivedAt.getTime())) throw new RangeError('a fax id needs a valid time of reception')
  const hash = createHash('sha256')
  for (const part of identity) {
    const bytes = Buffer.from(part)
    // The length in front keeps ('ab', 'c') and ('a', 'bc') apart.
    hash.update(`${bytes.length}:`).update(bytes)
  }
  const digest = hash.digest()
  const characters = Array.from({ length: DIGEST_CHARACTERS }, (_, index) => fiveBits(digest, index))
  return `${receivedAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z-${characters.join('')}`
}

function fiveBits(digest: Uint8Array, index: number): string {
  const bit = index * 5
  const pair = ((digest[bit >> 3] ?? 0) << 8) | (digest[(bit >> 3) + 1] ?? 0)
  return CROCKFORD[(pair >> (11 - (bit & 7))) & 31] ?? '0'
}

/** The second that a fax id carries. */
export function timeOfFaxId(faxId: string): Date {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-/.exec(faxId) ?? []
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** The same as text, which sorts as the ids do. */
export function secondOfFaxId(faxId: string): string {
  return faxId.slice(0, faxId.indexOf('-'))
}

/** The last six characters: enough to keep two faxes of one number in one second apart in a file name. */
export function shortFaxId(faxId: string): string {
  return faxId.slice(-6)
}

/** One of `shards` equal parts of all faxes: the id ends in a digest. `shards` is a power of two, at most 32. */
export function shardOfFaxId(faxId: string, shards: number): number {
  return CROCKFORD.indexOf(faxId.slice(-1)) % shards
}
