import type { S3Client } from '@aws-sdk/client-s3'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { LONGEST_CLAIM_BYTES, parseAgentClaim } from '../../shared/transmission/claim.ts'
import { claimKey } from '../../shared/transmission/keys.ts'
import { putNewObject, readStored } from '../storage/faxes-bucket.ts'

/** Claims an attempt in order that nobody dials it. True also where we did so before, and were cut off. */
export function makeClaimAttempt(client: S3Client, bucket: string, now: () => Date) {
  return async ({ id, site, attempt }: TransmissionRecord, by: string): Promise<boolean> => {
    const key = claimKey({ site, transmissionId: id, attempt })
    const bytes = Buffer.from(JSON.stringify({ canceledBy: by, at: now().toISOString() }))
    if (await putNewObject(client, bucket, { key, bytes, contentType: 'application/json' })) return true
    const held = await readStored(client, bucket, { key, largestBytes: LONGEST_CLAIM_BYTES })
    if (held === undefined) throw new Error(`The claim ${key} is there, and S3 does not have it.`)
    return held.bytes === undefined || parseAgentClaim(Buffer.from(held.bytes).toString()) === undefined
  }
}
