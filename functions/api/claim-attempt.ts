import type { S3Client } from '@aws-sdk/client-s3'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { parseAgentClaim } from '../../shared/transmission/claim.ts'
import { claimKey } from '../../shared/transmission/keys.ts'
import { putNewObject, readObject } from '../storage/faxes-bucket.ts'

/** Claims an attempt in order that nobody dials it. True also where we did so before, and were cut off. */
export function makeClaimAttempt(client: S3Client, bucket: string, now: () => Date) {
  return async ({ id, site, attempt }: TransmissionRecord, by: string): Promise<boolean> => {
    const key = claimKey({ site, transmissionId: id, attempt })
    const bytes = Buffer.from(JSON.stringify({ canceledBy: by, at: now().toISOString() }))
    if (await putNewObject(client, bucket, { key, bytes, contentType: 'application/json' })) return true
    return parseAgentClaim(Buffer.from(await readObject(client, bucket, key)).toString()) === undefined
  }
}
