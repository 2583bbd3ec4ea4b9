import { PREFIXES } from '../object-keys.ts'

interface TransmissionAtSite {
  site: string
  transmissionId: string
}

/** Where `submit` puts the rasterised document, for the edge agent of the site to fetch. */
export function transmitKey({ site, transmissionId }: TransmissionAtSite): string {
  return `${PREFIXES.transmit}${site}/${transmissionId}.tif`
}

/**
 * Who may dial an attempt: whoever puts this object first, by If-None-Match. The edge agent puts it before it dials, the gateway in
 * order to cancel; so an attempt is dialled once or canceled, never both.
 */
export function claimKey({
  site,
  transmissionId,
  attempt,
}: TransmissionAtSite & { attempt: number }): string {
  return `${PREFIXES.claims}${site}/${transmissionId}-${attempt}`
}
