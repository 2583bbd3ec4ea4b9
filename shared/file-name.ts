import type { Facts } from './facts.ts'
import { shortFaxId } from './fax-id.ts'
import { markOf, type Remark } from './ledger/remarks.ts'

/** What stands for a value that the PBX or the remote machine did not give. */
export const UNKNOWN = 'unknown'

/** The forms in which a fax is delivered: the PDF made of it, or the TIFF as it was received. */
export const FORMATS = {
  pdf: { ending: 'pdf', contentType: 'application/pdf' },
  tiff: { ending: 'tif', contentType: 'image/tiff' },
} as const
export type Format = keyof typeof FORMATS

interface NamedFax {
  id: string
  facts: Facts
  remarks?: readonly Remark[] | undefined
}

/**
 * XiVO's later form DSTNUM-SRCNUM-EPOCH, with a piece of the fax id behind it: two faxes of one number in one second do
 * not overwrite each other, and a repeated delivery writes the same name again. Whatever a file system or an FTP server could
 * misread in a caller's number becomes a hyphen. The name is all that the reader of a folder sees: where pages are missing or may be, it says so.
 */
export function fileStem({ id, facts, remarks = [] }: NamedFax): string {
  const epochSeconds = Math.floor(Date.parse(facts.receivedAt) / 1000)
  const numbers = [facts.destination, facts.source].map(
    (number) => (number ?? UNKNOWN).replaceAll(/[^0-9A-Za-z+]+/g, '-').slice(0, 32) || UNKNOWN,
  )
  const mark = markOf(remarks)
  const incomplete = mark === undefined || mark === 'damaged' ? [] : ['incomplete']
  return [...numbers, epochSeconds, shortFaxId(id), ...incomplete].join('-').replace(/^[-+]+/, '')
}
