import { fileStem, UNKNOWN } from '../../../shared/file-name.ts'
import type { Language } from '../../../shared/language.ts'
import { type DeliveryRecord, wantedAt } from '../../../shared/ledger/records.ts'
import { marked } from '../../../shared/ledger/remark-words.ts'
import type { PrintJob, RoutedFax } from '../../../shared/messages.ts'
import { printKey } from '../../../shared/object-keys.ts'
import type { BackendOf } from '../../../shared/routing-table/deployed-table.ts'

/**
 * What the print agent of the backend's site needs to fetch a fax, print it and name it. The pages are printed as they came; that some are missing
 * stands in the job's title, on a banner page and in the printer's list of jobs; and so does that it may have been delivered before.
 */
export function makePrintJob(
  fax: RoutedFax,
  backend: BackendOf<'printer'>,
  record: DeliveryRecord,
  language: Language = 'en',
): PrintJob {
  const { name, printer, site, format, options, expiresAfterSeconds } = backend
  const keyAs = (as: 'pdf' | 'tiff') => printKey({ site, faxId: fax.id, backend: name, format: as })
  return {
    version: 1,
    faxId: fax.id,
    backend: name,
    key: keyAs(format),
    format,
    ...(format === 'tiff' ? { pdfKey: keyAs('pdf') } : {}),
    ...(printer === undefined ? {} : { printer }),
    ...(options === undefined ? {} : { options }),
    ...(expiresAfterSeconds === undefined ? {} : { expiresAfterSeconds }),
    wantedAt: wantedAt(record),
    ...(wasDelivered(record) ? { again: true } : {}),
    title: titleOf(fax, record, language),
    fileName: `${fileStem(fax)}.${format === 'pdf' ? 'pdf' : 'tif'}`,
    pages: fax.pages,
  }
}

/** Open although it was delivered: somebody wants it once more. */
const wasDelivered = ({ history }: DeliveryRecord) =>
  history.some(({ result }) => result.outcome === 'delivered')

const WORDS: Record<Language, { from: string; possibleDuplicate: string }> = {
  en: { from: 'from', possibleDuplicate: 'possible duplicate' },
  fr: { from: 'de', possibleDuplicate: 'doublon possible' },
  de: { from: 'von', possibleDuplicate: 'mögliches Duplikat' },
}

function titleOf(
  { facts, remarks = [] }: RoutedFax,
  { maybeDelivered }: DeliveryRecord,
  language: Language,
): string {
  const { from, possibleDuplicate } = WORDS[language]
  const numbers = `Fax ${facts.destination ?? UNKNOWN} ${from} ${facts.source ?? UNKNOWN}`
  const title = marked(numbers, remarks, language)
  return maybeDelivered ? `${title} (${possibleDuplicate})` : title
}
