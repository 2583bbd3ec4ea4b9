import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import {
  type AgentClaim,
  agentClaimSchema,
  LONGEST_CLAIM_BYTES,
  parseAgentClaim,
} from '../../../shared/transmission/claim.ts'
import { awsFault } from '../../aws-fault.ts'
import { withStallLimit } from '../../stall-limit.ts'

/** `mine`: nobody else dials it or cancels it. `theirs`: another agent had it first. `at`: since when, by the clock of who has it. */
export type ClaimAnswer = { claim: 'mine' | 'theirs'; at: string } | { claim: 'canceled' }

export interface Claims {
  /** Claims a key for an agent, once and for all; asked again, the answer is the same. */
  take: (key: string, agent: string, at: Date) => Promise<ClaimAnswer>
}

const ANSWER_MILLISECONDS = 20_000
const ATTEMPTS = 5

/** Needs s3:PutObject with If-None-Match and s3:GetObject on the site's claims. */
export function s3Claims(client: S3Client, { bucket }: { bucket: string }): Claims {
  return {
    take: async (key, agent, at) => {
      const claim: AgentClaim = agentClaimSchema.parse({ version: 1, agent, at: at.toISOString() })
      if (await putFirst(client, { bucket, key, body: JSON.stringify(claim) }))
        return { claim: 'mine', at: claim.at }
      const held = parseAgentClaim(await read(client, { bucket, key }))
      if (held === undefined) return { claim: 'canceled' }
      // Also where the answer to a put of ours was lost.
      return { claim: held.agent === agent ? 'mine' : 'theirs', at: held.at }
    },
  }
}

async function putFirst(
  client: S3Client,
  { bucket, key, body }: { bucket: string; key: string; body: string },
): Promise<boolean> {
  const request = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: body,
    ContentType: 'application/json',
    IfNoneMatch: '*',
  })
  for (let attempt = 1; ; attempt++) {
    try {
      await withStallLimit({ what: `claiming ${key}`, milliseconds: ANSWER_MILLISECONDS }, ({ signal }) =>
        client.send(request, { abortSignal: signal }),
      )
      return true
    } catch (error) {
      const { httpStatus } = awsFault(error)
      if (httpStatus === 412) return false
      // Two puts at the same moment, and S3 decides for neither: the next one is decided.
      if (httpStatus !== 409 || attempt === ATTEMPTS) throw error
    }
  }
}

async function read(client: S3Client, { bucket, key }: { bucket: string; key: string }): Promise<string> {
  const request = new GetObjectCommand({ Bucket: bucket, Key: key })
  return await withStallLimit(
    { what: `reading ${key}`, milliseconds: ANSWER_MILLISECONDS },
    async ({ signal }) => {
      const { Body: body, ContentLength: sizeBytes = 0 } = await client.send(request, { abortSignal: signal })
      if (sizeBytes <= LONGEST_CLAIM_BYTES) return (await body?.transformToString()) ?? ''
      await body?.transformToWebStream().cancel()
      return ''
    },
  )
}
