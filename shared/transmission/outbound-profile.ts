import * as z from 'zod'
import { siteSchema } from '../object-keys.ts'
import { isNumberPattern } from './number-pattern.ts'
import { COUNTRIES } from './numbering-plans.ts'
import { dialledNumberSchema, resolutionSchema, stationIdSchema } from './transmit-job.ts'

/** The name of the section [outbound]; [outbound_NAME] is NAME. */
export const DEFAULT_PROFILE = 'default'

export const profileNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'not a profile')

/** Dots per line: T.4's A4, B4 and A3. */
export const WIDTHS_PIXELS = [1728, 2048, 2432] as const
export const widthPixelsSchema = z.union([z.literal(1728), z.literal(2048), z.literal(2432)])

const patternsSchema = z.array(z.string().refine(isNumberPattern, 'not a pattern of numbers'))

/** Who may send where, and as whom: a section [outbound] or [outbound_NAME] of the routing table. */
export const outboundProfileSchema = z.object({
  name: profileNameSchema,
  site: siteSchema,
  /** By its rules a number is found to be international or premium. `other`: what starts like an international number is one. */
  country: z.enum([...COUNTRIES, 'other']),
  /** Which numbers a sender may show; the first, if any, is shown by itself. */
  callerNumbers: z.array(dialledNumberSchema),
  stationId: stationIdSchema.optional(),
  /** The sender's name in the header line. */
  header: z.string().optional(),
  /** Who writes the header line. */
  headerBy: z.enum(['gateway', 'pbx']),
  /** Absent: every national number of seven digits and more. */
  allow: patternsSchema.optional(),
  allowInternational: patternsSchema,
  allowPremium: patternsSchema,
  /** IAM ARNs or unique ids, with * at the end for whatever follows. Absent: whoever IAM lets. */
  principals: z.array(z.string()).optional(),
  /** Of mail to fax: addresses, or domains as @example.org; in lower case. */
  senders: z.array(z.string()),
  /** NUMBER@domain is a fax. */
  mailDomain: z.string().optional(),
  /** Sender of the mails that tell what became of a fax. */
  noticesFrom: z.string(),
  dailyLimit: z.int().min(1),
  /** Further attempts after busy, no answer, congestion or a fault of the PBX. */
  retries: z.int().min(0).max(20),
  retryWaitSeconds: z.int().min(0),
  resolution: resolutionSchema,
  widthPixels: widthPixelsSchema,
})
export type OutboundProfile = z.infer<typeof outboundProfileSchema>
