import { faxIdSchema, makeFaxId, timeOfFaxId } from '../fax-id.ts'
import { PREFIXES, siteSchema } from '../object-keys.ts'

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

/** Where a document to be sent is put. A name of the form of a fax id makes the transmissions' ids predictable. */
export function outgoingKey({ site, documentId }: { site: string; documentId: string }): string {
  return `${PREFIXES.outgoing}${site}/${documentId}.pdf`
}

/** The inverse of {@link outgoingKey}, for documents of any name; undefined for any other key. */
export function parseOutgoingKey(key: string): { site: string; name: string } | undefined {
  const match = /^outgoing\/([^/]+)\/(.+)$/s.exec(key)
  const site = siteSchema.safeParse(match?.[1])
  const name = match?.[2]
  return site.success && name !== undefined ? { site: site.data, name } : undefined
}

/** The id by which whoever put a document named it; undefined for a name of any other form. */
export function documentIdOf(key: string): string | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1)
  const stem = name.endsWith('.pdf') ? name.slice(0, -'.pdf'.length) : undefined
  const { data: documentId } = faxIdSchema.safeParse(stem)
  // Of the form of a fax id, and no time: 20269999T999999Z-….
  return documentId === undefined || Number.isNaN(timeOfFaxId(documentId).getTime()) ? undefined : documentId
}

/** The first page as a picture, beside the pages as they are sent. */
export function pictureKey(transmission: TransmissionAtSite): string {
  return transmitKey(transmission).replace(/\.tif$/, '.png')
}

/**
 * The transmission of a document to one number. The same document to the same number always gets the same id, so that whoever put the document
 * there knows it, and an event that comes twice is known. `putAt`: of the event; the time in a document's own id goes before it.
 */
export function transmissionIdOf({
  key,
  destination,
  putAt,
}: {
  key: string
  destination: string
  putAt: Date
}): string {
  const documentId = documentIdOf(key)
  // An object of any other name may be put again with other pages: the time tells the two apart.
  return documentId === undefined
    ? makeFaxId(putAt, key, putAt.toISOString(), destination)
    : makeFaxId(timeOfFaxId(documentId), key, destination)
}
