import * as z from 'zod'
import { faxIdSchema } from './fax-id.ts'

/** A place with a PBX, printers or both. Part of object keys and queue names, hence the narrow alphabet. */
export const siteSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'a site is lower-case letters, digits and hyphens, at most 31')

/** The site of a routing table that names none. */
export const DEFAULT_SITE = 'main'

/** The prefixes of the faxes' bucket. Permissions and lifecycle rules go by them. */
export const PREFIXES = {
  incoming: 'incoming/',
  pdf: 'pdf/',
  print: 'print/',
  outgoing: 'outgoing/',
  transmit: 'transmit/',
  claims: 'claims/',
  mailIn: 'mail-in/',
} as const

export interface FaxAtSite {
  site: string
  faxId: string
}

/** Where the edge agent of a site puts a TIFF as received, or an empty object for a call of which no page came. */
export function incomingKey({ site, faxId }: FaxAtSite): string {
  return `${PREFIXES.incoming}${site}/${faxId}.tif`
}

/** Where `receive` puts the converted fax. */
export function pdfKey({ site, faxId }: FaxAtSite): string {
  return `${PREFIXES.pdf}${site}/${faxId}.pdf`
}

/** The copy of a fax that the print agent of `site` may read: an agent sees the prefix of its own site alone. */
export function printKey(job: FaxAtSite & { backend: string; format: 'pdf' | 'tiff' }): string {
  return `${PREFIXES.print}${job.site}/${job.faxId}-${job.backend}.${job.format === 'pdf' ? 'pdf' : 'tif'}`
}

/** The inverse of {@link incomingKey}; undefined for any other key. */
export function parseIncomingKey(key: string): FaxAtSite | undefined {
  const match = /^incoming\/([^/]+)\/([^/]+)\.tif$/.exec(key)
  const site = siteSchema.safeParse(match?.[1])
  const faxId = faxIdSchema.safeParse(match?.[2])
  return site.success && faxId.success ? { site: site.data, faxId: faxId.data } : undefined
}
