import { AwsError } from '../aws-error.ts'
import type { Upload } from './bucket.ts'
import type { ObjectRecord } from './object-record.ts'

const notHeld = (condition: string) =>
  new AwsError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  })

/**
 * If-None-Match and If-Match of a write, checked before its body is read and again when it has come. A write or delete
 * of the same key in the meantime is a conflict (409: try again), whatever there is now.
 */
export function checkWriteConditions(
  headers: Record<string, string>,
  existing: ObjectRecord | undefined,
  upload: Upload,
): void {
  const ifNoneMatch = headers['if-none-match']
  const ifMatch = headers['if-match']
  if (ifNoneMatch === undefined && ifMatch === undefined) return
  if (ifNoneMatch !== undefined && (ifNoneMatch !== '*' || ifMatch !== undefined))
    throw new AwsError(
      501,
      'NotImplemented',
      'A header you provided implies functionality that is not implemented: If-None-Match of a write takes * alone, without If-Match',
    )
  if (upload.disturbed)
    throw new AwsError(
      409,
      'ConditionalRequestConflict',
      'The conditional request cannot succeed due to a conflicting operation against this resource.',
      {
        Condition: ifMatch === undefined ? 'If-None-Match' : 'If-Match',
      },
    )
  if (ifNoneMatch !== undefined && existing !== undefined) throw notHeld('If-None-Match')
  if (ifMatch === undefined) return
  if (existing === undefined)
    throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: upload.key })
  if (!matches(ifMatch, existing)) throw notHeld('If-Match')
}

/**
 * The conditions of a read, in the order of RFC 9110, 13.2.2: If-Match goes before If-Unmodified-Since, If-None-Match
 * before If-Modified-Since. Gives whether to answer 304.
 */
export function isNotModified(headers: Record<string, string>, record: ObjectRecord): boolean {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers
  const modified = Math.floor(Date.parse(record.lastModified) / 1000) * 1000
  if (ifMatch !== undefined && !matches(ifMatch, record)) throw notHeld('If-Match')
  if (ifMatch === undefined && modified > Date.parse(headers['if-unmodified-since'] ?? ''))
    throw notHeld('If-Unmodified-Since')
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, record)
  return modified <= Date.parse(headers['if-modified-since'] ?? '')
}

function matches(condition: string, { eTag }: ObjectRecord): boolean {
  return condition
    .split(',')
    .some((each) => ['*', eTag].includes(each.trim().replace(/^(?:W\/)?"(.*)"$/, '$1')))
}
