import * as z from 'zod'

/** What a foreign system said, kept whole: an FTP reply code, an SMTP status, a CUPS state. */
const foreign = { code: z.string().optional(), text: z.string() }

/**
 * What the scheduler should do next, decided by the backend, which alone knows what an answer means.
 * `receipt` says where to look: an SES message id, a path on the FTP server, a CUPS job.
 * `pace`: whether the hindrance passes within seconds (a sending rate) or not (all others).
 * `maybeDelivered`: the other side may have taken it and the answer was lost, so a second attempt, or who delivers in its place, has to say so.
 */
export const outcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('delivered'), receipt: z.string(), ...foreign }),
  z.object({
    outcome: z.literal('retry'),
    maybeDelivered: z.boolean(),
    pace: z.enum(['seconds', 'minutes']).optional(),
    ...foreign,
  }),
  z.object({ outcome: z.literal('failed'), maybeDelivered: z.boolean().optional(), ...foreign }),
])
export type Outcome = z.infer<typeof outcomeSchema>

export function delivered(receipt: string, text: string, code?: string): Outcome {
  return { outcome: 'delivered', receipt, text, ...(code === undefined ? {} : { code }) }
}

export function retry(
  text: string,
  details: { code?: string | undefined; maybeDelivered?: boolean; pace?: 'seconds' | 'minutes' } = {},
): Outcome {
  const { code, maybeDelivered = false, pace } = details
  return {
    outcome: 'retry',
    text,
    maybeDelivered,
    ...(pace === undefined ? {} : { pace }),
    ...(code === undefined ? {} : { code }),
  }
}

export function failed(text: string, code?: string, { maybeDelivered = false } = {}): Outcome {
  return {
    outcome: 'failed',
    text,
    ...(maybeDelivered ? { maybeDelivered } : {}),
    ...(code === undefined ? {} : { code }),
  }
}
