import * as z from 'zod'

/**
 * What an edge agent writes into the claim of an attempt that it is going to dial. Any other content of a claim is a cancellation.
 */
export const agentClaimSchema = z.object({
  version: z.literal(1),
  /** Drawn once for an agent's state folder: what it claimed before a restart is its own. */
  agent: z.string(),
  at: z.iso.datetime(),
})
/** A claim that is longer is none of an agent's, and is not read. */
export const LONGEST_CLAIM_BYTES = 4096

export type AgentClaim = z.infer<typeof agentClaimSchema>

/** @returns undefined for a claim by which somebody canceled */
export function parseAgentClaim(body: string): AgentClaim | undefined {
  try {
    return agentClaimSchema.parse(JSON.parse(body))
  } catch {
    return undefined
  }
}
