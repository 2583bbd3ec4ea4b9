import { cleanText, pdfText, xmlText } from './text.ts'

/** What the PDF says of itself; empty fields are left out. */
export interface Properties {
  title: string
  author: string
  subject: string
  keywords: string
  /** ISO 8601, with a zone or without. */
  date: string
}

export interface KnownOfFax {
  faxId?: string | undefined
  source?: string | undefined
  destination?: string | undefined
  stationId?: string | undefined
  /** ISO 8601. */
  receivedAt?: string | undefined
}

const PRODUCER = 'faxlane'

export function describeFax(fax: KnownOfFax, pageCount: number): Properties {
  const source = cleanText(fax.source ?? '')
  const destination = cleanText(fax.destination ?? '')
  const stationId = cleanText(fax.stationId ?? '')
  const pages = pageCount === 1 ? '1 page' : `${pageCount} pages`
  return {
    title: `Fax${source && ` from ${source}`}${destination && ` to ${destination}`}`,
    author: source || stationId,
    subject: `${pages}${stationId && `, sent by station ${stationId}`}${fax.receivedAt === undefined ? '' : `, received ${fax.receivedAt}`}`,
    keywords: cleanText(fax.faxId ?? ''),
    date: fax.receivedAt ?? '',
  }
}

export function infoDictionary(properties: Properties): string {
  const date = pdfDate(properties.date)
  const entries = [
    ['Title', properties.title],
    ['Author', properties.author],
    ['Subject', properties.subject],
    ['Keywords', properties.keywords],
    ['Creator', PRODUCER],
    ['Producer', PRODUCER],
    ['CreationDate', date],
    ['ModDate', date],
  ] as const
  const given = entries.filter(([, value]) => value !== '')
  return `<<${given.map(([name, value]) => `/${name}${pdfText(value)}`).join('')}>>`
}

/** 2026-11-23T05:46:34Z as D:20261123054634Z. */
function pdfDate(date: string): string {
  return date === '' ? '' : `D:${date.replaceAll(/[-:T]/g, '')}`
}

/** The same facts as XMP; PDF/A demands that both agree. */
export function xmpPacket(properties: Properties, pdfA: boolean): string {
  const title = xmlText(properties.title)
  const subject = xmlText(properties.subject)
  const author = xmlText(properties.author)
  const keywords = xmlText(properties.keywords)
  const date = properties.date
  return `<?xpacket begin="\u{feff}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
${pdfA ? '<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\n' : ''}<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${subject}</rdf:li></rdf:Alt></dc:description>
${author && `<dc:creator><rdf:Seq><rdf:li>${author}</rdf:li></rdf:Seq></dc:creator>\n`}${keywords && `<dc:identifier>${keywords}</dc:identifier>\n<pdf:Keywords>${keywords}</pdf:Keywords>\n`}<pdf:Producer>${PRODUCER}</pdf:Producer><xmp:CreatorTool>${PRODUCER}</xmp:CreatorTool>
${date && `<xmp:CreateDate>${date}</xmp:CreateDate><xmp:ModifyDate>${date}</xmp:ModifyDate>\n`}</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`
}
