import type { Facts } from './facts.ts'
import { shortFaxId } from './fax-id.ts'

/** What stands for a value that the PBX or the remote machine did not give. */
export const UNKNOWN = 'unknown'

/** The forms in which a fax is delivered: the PDF made of it, or the TIFF as it was received. */
export const FORMATS = {
  pdf: { ending: 'pdf', contentType: 'application/pdf' },
  tiff: { ending: 'tif', contentType: 'image/tiff' },
} as const
export type Format = keyof typeof FORMATS

/**
 * XiVO's later form DSTNUM-SRCNUM-EPOCH, with a piece of the fax id behind it: two faxes of one number in one second do
 * not overwrite each other, and a repeated delivery writes the same name again. Whatever a file system or an FTP server could
 * misread in a caller's number becomes a hyphen.
 */
export function fileStem({ id, facts }: { id: string; facts: Facts }): string {
  const epochSeconds = Math.floor(Date.parse(facts.receivedAt) / 1000)
  const numbers = [facts.destination, facts.source].map(
    (number) => (number ?? UNKNOWN).replaceAll(/[^0-9A-Za-z+]+/g, '-').slice(0, 32) || UNKNOWN,
  )
  return [...numbers, epochSeconds, shortFaxId(id)].join('-').replace(/^[-+]+/, '')
}
