import * as z from 'zod'

/**
 * What is known of a reception besides its pages: from the PBX, so any of it can be missing, and the caller's number,
 * name and station ID are whatever a stranger's machine said.
 */
export const factsSchema = z.object({
  /** The caller's number as the PBX gave it; absent when withheld. */
  source: z.string().optional(),
  /** The caller's name as the network gave it. */
  sourceName: z.string().optional(),
  /** The number dialled (DID). Absent: the fax is recorded as unrouted. */
  destination: z.string().optional(),
  /** The remote station ID (T.30 TSI), raw. */
  stationId: z.string().optional(),
  /** Asterisk's FAXOPT(status): SUCCESS or FAILED. */
  status: z.string().optional(),
  /** Asterisk's FAXOPT(error); HANGUP also stands beside a success. */
  error: z.string().optional(),
  /** Pages that the PBX counted. */
  pages: z.string().optional(),
  /** Bits per second. */
  rate: z.string().optional(),
  /** Pixels per metre, as 8031x3850. */
  resolution: z.string().optional(),
  /** audio or T.38. */
  mode: z.string().optional(),
  /** The PBX's own name of the call (Asterisk's UNIQUEID). */
  callId: z.string().optional(),
  /** The edge agent's count of its site's faxes, in decimal: a number that never arrives is a fax that is missing. */
  sequence: z.string().optional(),
  /** yes: an operator tries the gateway. Nothing is delivered. */
  simulated: z.string().optional(),
  /** When the reception ended, ISO 8601 in UTC. */
  receivedAt: z.iso.datetime(),
})
export type Facts = z.infer<typeof factsSchema>

/** Encoded bytes a value may take: S3 takes 2 KB of user metadata in all, keys included. */
const METADATA_VALUE_BYTES = 150

const METADATA_NAMES: Record<keyof Facts, string> = {
  source: 'source',
  sourceName: 'source-name',
  destination: 'destination',
  stationId: 'station-id',
  status: 'status',
  error: 'error',
  pages: 'pages',
  rate: 'rate',
  resolution: 'resolution',
  mode: 'mode',
  callId: 'call-id',
  sequence: 'sequence',
  simulated: 'simulated',
  receivedAt: 'received-at',
}

/** As S3 user metadata: percent-encoded, since headers hold ASCII alone; overlong values are cut, not refused. */
export function factsToMetadata(facts: Facts): Record<string, string> {
  const metadata: Record<string, string> = {}
  for (const [fact, name] of Object.entries(METADATA_NAMES)) {
    const value = facts[fact as keyof Facts]
    if (value !== undefined) metadata[name] = encodeWithin(METADATA_VALUE_BYTES, value)
  }
  return metadata
}

/** The inverse of {@link factsToMetadata}. Foreign or missing metadata gives fewer facts, never an error. */
export function factsFromMetadata(metadata: Record<string, string>, storedAt: Date): Facts {
  const facts: Record<string, string> = {}
  for (const [fact, name] of Object.entries(METADATA_NAMES)) {
    const value = metadata[name]
    if (value !== undefined && value !== '') facts[fact] = decodeIfValid(value)
  }
  const parsed = factsSchema.safeParse(facts)
  return parsed.success ? parsed.data : { ...facts, receivedAt: storedAt.toISOString() }
}

function encodeWithin(bytes: number, value: string): string {
  let encoded = ''
  for (const character of value.toWellFormed()) {
    const next = encodeURIComponent(character)
    if (encoded.length + next.length > bytes) break
    encoded += next
  }
  return encoded
}

function decodeIfValid(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
