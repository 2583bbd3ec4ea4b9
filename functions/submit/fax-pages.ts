import { createHash } from 'node:crypto'
import type { RasterisedPages, TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { pictureKey, transmitKey } from '../../shared/transmission/keys.ts'
import type { StoredObject } from '../storage/faxes-bucket.ts'
import { headerLine } from './header-line.ts'
import type { FaxDocument, RasteriseOptions } from './rasterise/rasterise-pdf.ts'
import { PdfRefused } from './rasterise/refused.ts'

export interface PagesDependencies {
  rasterise: (pdf: Uint8Array, options: RasteriseOptions) => Promise<FaxDocument>
  putObject: (object: { key: string; bytes: Uint8Array; contentType: string }) => Promise<void>
  now: () => Date
}

/** Above any PDF that a fax is made of; `rasterisePdf` has a limit of its own, and says so to the sender. */
export const LARGEST_BYTES = 100_000_000

/**
 * The pages of a document, or why it has none, in words for the sender. `lastReceive`: none of the times before came to an end, and whether the
 * document broke them off or something else did is not known.
 */
export async function makePages(
  dependencies: PagesDependencies,
  { settings, notBefore, documentKey }: TransmissionRecord,
  document: StoredObject | undefined,
  lastReceive: boolean,
): Promise<FaxDocument | { refusal: string }> {
  if (settings === undefined) throw new Error(`An accepted transmission of ${documentKey} has no settings.`)
  if (document === undefined) return { refusal: `The object ${documentKey} is not in the bucket any more.` }
  if (document.bytes === undefined) {
    return { refusal: `The document has ${document.sizeBytes} bytes; ${LARGEST_BYTES} is the most.` }
  }
  if (lastReceive) {
    return {
      refusal:
        'Its pages could not be made in several tries: the document is too much for the conversion, or the gateway was hindered each time. ' +
        'Send it once more; should that fail too, print it to a new PDF and send that.',
    }
  }
  const now = dependencies.now()
  const header = headerLine(
    settings,
    notBefore === undefined || Date.parse(notBefore) < now.getTime() ? now : new Date(notBefore),
  )
  try {
    return await dependencies.rasterise(document.bytes, {
      resolution: settings.resolution,
      widthPixels: settings.widthPixels,
      header,
    })
  } catch (error) {
    if (error instanceof PdfRefused) return { refusal: error.message }
    throw error
  }
}

/** Puts the pages where the site's agent may fetch them, with a picture of the first beside. */
export async function storePages(
  { putObject }: PagesDependencies,
  { id, site }: TransmissionRecord,
  { tiff, firstPagePng, pages, lineSeconds, warnings }: FaxDocument,
): Promise<RasterisedPages> {
  const place = { site, transmissionId: id }
  const [tiffKey, picture] = [transmitKey(place), pictureKey(place)]
  await putObject({ key: tiffKey, bytes: tiff, contentType: 'image/tiff' })
  await putObject({ key: picture, bytes: firstPagePng, contentType: 'image/png' })
  const sha256 = createHash('sha256').update(tiff).digest('base64')
  return { tiffKey, tiffBytes: tiff.length, sha256, pages, pictureKey: picture, lineSeconds, warnings }
}
