import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { parseAgentClaim } from '../../shared/transmission/claim.ts'
import { claimKey } from '../../shared/transmission/keys.ts'
import type { Gateway } from '../gateway/gateway.ts'

/**
 * Takes the claim of a transmission's attempt, so that nobody dials it; or finds out since when the site's agent has it. Whoever puts a claim first
 * has it, and a cancellation that was cut off has it still.
 * @returns since when it may have been dialled, ISO 8601; undefined when nobody will dial it
 */
export async function claimOrDialledAt(
  { files }: Pick<Gateway, 'files'>,
  { id, site, attempt, state, dialledAt, openedAt }: TransmissionRecord,
): Promise<string | undefined> {
  // A claim is kept for a month, and what was dialled before that may have gone out all the same.
  if (state === 'dialling' || state === 'sending') return dialledAt ?? openedAt
  const key = claimKey({ site, transmissionId: id, attempt })
  const bytes = Buffer.from(JSON.stringify({ canceledBy: 'faxlane cancel', at: new Date().toISOString() }))
  try {
    await files.putNew({ key, bytes, metadata: {}, contentType: 'application/json' })
    return undefined
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error
    return parseAgentClaim(Buffer.from((await files.read(key)) ?? []).toString())?.at
  }
}
