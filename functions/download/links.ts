import { createHash, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { faxIdSchema } from '../../shared/fax-id.ts'

/** How long a mailed link opens its fax, or as long as the file is kept, whichever ends first. */
export const LINK_LIFETIME_DAYS = 30

const SECONDS_PER_DAY = 86_400
const TOKEN_BYTES = 32

/** What a link leads to, as the ledger's table holds it. The token itself is nowhere but in the mail. */
export const linkSchema = z.object({
  faxId: faxIdSchema,
  key: z.string(),
  format: z.enum(['pdf', 'tiff']),
  /** Ends in a header, hence the narrow alphabet. */
  fileName: z.string().regex(/^[0-9A-Za-z+][0-9A-Za-z+.-]*$/),
  /** Epoch seconds, the form that DynamoDB's time-to-live wants. */
  expiresAt: z.int(),
})
export type Link = z.infer<typeof linkSchema>

/** 256 bits: who has no mail can't guess one, so there is nothing to limit or to lock. */
export function makeLinkToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

export function isLinkToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text)
}

/** Links are stored by this, so that who can read the ledger can't open faxes with what it says. */
export function digestOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** `endsAt`: when the file is deleted, where that is known. A fax that is delivered late, or anew, has less than all of its days left. */
export function makeLink(
  { endsAt, ...file }: Omit<Link, 'expiresAt'> & { endsAt?: Date | undefined },
  now: Date,
): Link {
  const expiresAt = Math.floor(now.getTime() / 1000) + LINK_LIFETIME_DAYS * SECONDS_PER_DAY
  const fileEnd = endsAt === undefined ? Infinity : Math.floor(endsAt.getTime() / 1000)
  return { ...file, expiresAt: Math.min(expiresAt, fileEnd) }
}

/** To be asked at every use: DynamoDB deletes an expired item hours or days late. */
export function hasExpired(link: Link, now: Date): boolean {
  return now.getTime() >= link.expiresAt * 1000
}
