import { PDFDocument } from 'pdf-lib'
import PostalMime from 'postal-mime'
import { expect } from 'vitest'
import { parseSidecar, renderSidecar } from '../../agents/edge/sidecar.ts'
import { logLine as agentLogLine } from '../../agents/log.ts'
import { cupsCommand, submitHeld } from '../../agents/print/cups/lp.ts'
import { describe as describeReport } from '../../cli/convert/report.ts'
import { sampleAttempt as sampleUpload } from '../../functions/backends/ftp/sample-attempt.ts'
import { deliverTo } from '../../functions/backends/ftp/scripted-delivery.ts'
import { logLine } from '../../functions/backends/log/log-line.ts'
import { compose } from '../../functions/backends/mail/compose.ts'
import { sampleAttempt as sampleMail } from '../../functions/backends/mail/sample-attempt.ts'
import { makePrintJob } from '../../functions/backends/printer/print-job.ts'
import { download } from '../../functions/download/download.ts'
import { openDelivery } from '../../functions/ledger/delivery-transitions.ts'
import { arrivedObjects } from '../../functions/receive/s3-event.ts'
import { makePicture } from '../../local/show/picture.ts'
import { convertTiffToPdf } from '../../shared/conversion/convert.ts'
import { readSample } from '../../shared/conversion/testing/samples.ts'
import { type Facts, factsFromMetadata, factsToMetadata } from '../../shared/facts.ts'
import { fileStem } from '../../shared/file-name.ts'
import { maskNumber } from '../../shared/mask.ts'
import { deliveryMessageSchema, printJobSchema } from '../../shared/messages.ts'
import { parseIncomingKey, pdfKey, printKey } from '../../shared/object-keys.ts'
import { type Template, VARIABLES } from '../../shared/routing-table/template.ts'
import { visible } from '../../shared/visible.ts'
import { OBEYED, type Places } from './attack.ts'

export const RECEIVED_AT = '2026-07-02T09:30:12Z'
const FAX_ID = '20260702T093012Z-0123456789ab'
const TIFF = readSample('tsi-inject')

/** A reception in which a stranger has filled every field. */
export const hostileFacts = (text: string): Facts => ({
  source: text,
  sourceName: text,
  destination: text,
  stationId: text,
  status: text,
  error: text,
  pages: text,
  rate: text,
  resolution: text,
  mode: text,
  callId: text,
  receivedAt: RECEIVED_AT,
})

const hostileFax = (text: string) => ({ ...sampleUpload().fax, facts: hostileFacts(text) })

const everyVariable = Object.keys(VARIABLES).flatMap((variable) => [{ variable }, ' ']) as Template

async function intoMail(text: string): Promise<void> {
  const from = { address: 'fax@example.org', name: text }
  const backend = { subject: everyVariable, body: everyVariable, from }
  const attempt = sampleMail({ facts: hostileFacts(text), backend })
  const { raw, source, destinations } = await compose(attempt, attempt.recipients, {
    file: Buffer.from('%PDF-1.4'),
  })
  expect({ source, destinations }).toEqual({
    source: 'fax@example.org',
    destinations: ['reception@example.org'],
  })
  const message = Buffer.from(raw).toString('latin1')
  // Line breaks come in pairs, lines end within RFC 5322's limit, and all of it is ASCII.
  expect(message.replaceAll('\r\n', '')).toMatch(/^[\t -~]*$/)
  expect(Math.max(...message.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
  const mail = await PostalMime.parse(raw)
  expect(mail.headers.map(({ key }) => key).sort()).toEqual(
    [
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
      'x-faxlane-fax-id',
    ].sort(),
  )
  expect(mail.to?.map(({ address }) => address)).toEqual(['reception@example.org'])
  expect(mail.from?.address).toBe('fax@example.org')
  expect(`${mail.subject}${mail.from?.name}`).not.toMatch(OBEYED)
  expect(mail.text?.trimEnd().split(/\r?\n/)).toHaveLength(1)
  expect(mail.attachments).toHaveLength(1)
  expect(mail.attachments[0]?.filename).toMatch(/^[0-9A-Za-z][0-9A-Za-z+-]*\.pdf$/)
}

const FTP_COMMAND = /^(OPTS UTF8 ON|USER foo|PASS pa55-of-foo|FEAT|TYPE I|STRU F|EPSV|QUIT)$/
const FTP_FILE_COMMAND =
  /^(STOR|SIZE|RNFR|DELE) \.[0-9A-Za-z][0-9A-Za-z+-]*\.pdf\.part$|^RNTO [0-9A-Za-z][0-9A-Za-z+-]*\.pdf$/

async function intoFtpCommands(text: string): Promise<void> {
  const { outcome, server } = await deliverTo({}, {}, undefined, { facts: hostileFacts(text) })
  expect(outcome.outcome).toBe('delivered')
  const odd = server.commands.filter((line) => !FTP_COMMAND.test(line) && !FTP_FILE_COMMAND.test(line))
  expect(odd).toEqual([])
}

async function intoLp(text: string): Promise<void> {
  const office = {
    kind: 'printer',
    name: 'printer_office',
    printer: 'office',
    site: 'main',
    format: 'pdf',
  } as const
  const fax = hostileFax(text)
  const job = makePrintJob(fax, office, openDelivery(fax.id, office, new Date(RECEIVED_AT)))
  expect(printJobSchema.parse(JSON.parse(JSON.stringify(job)))).toMatchObject({ printer: 'office' })
  const called: (readonly string[])[] = []
  const cups = cupsCommand(
    async (command) => {
      called.push(command.arguments)
      return { exitCode: 0, timedOut: false, stdout: 'request id is office-1 (1 file(s))', stderr: '' }
    },
    { environment: {} },
  )
  await submitHeld(cups, { file: '/spool/fax.pdf', job, token: 'a.b' })
  const [[dashD, printer, dashT, title = '', ...rest] = []] = called
  expect([dashD, printer, dashT, ...rest]).toEqual([
    ...['-d', 'office', '-t'],
    ...['-o', 'job-hold-until=indefinite', '-o', 'faxlane-job=a.b', '--', '/spool/fax.pdf'],
  ])
  expect(title).toMatch(/^Fax /)
  expect(title).not.toMatch(OBEYED)
  expect(Buffer.byteLength(title)).toBeLessThanOrEqual(255)
}

function intoFileName(text: string): void {
  const stem = fileStem({ id: FAX_ID, facts: hostileFacts(text) })
  expect(stem).toMatch(/^[0-9A-Za-z][0-9A-Za-z+-]*$/)
  expect(stem.length).toBeLessThan(100)
}

function intoObjectKeys(text: string): void {
  // Text at random can be the name of a site.
  const atSite = /^[a-z0-9][a-z0-9-]{0,30}$/.test(text) ? { site: text, faxId: FAX_ID } : undefined
  expect(parseIncomingKey(`incoming/${text}/${FAX_ID}.tif`)).toEqual(atSite)
  expect(parseIncomingKey(`incoming/main/${text}.tif`)).toBeUndefined()
  expect(parseIncomingKey(text)).toBeUndefined()
  const { id, site } = hostileFax(text)
  expect(pdfKey({ site, faxId: id })).toBe(`pdf/main/${FAX_ID}.pdf`)
  expect(printKey({ site, faxId: id, backend: 'b', format: 'pdf' })).toBe(`print/main/${FAX_ID}-b.pdf`)
}

/** S3 tells of a key as it stands: who can put one can name it anything. */
function intoS3Event(text: string): void {
  const key = encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+')
  const event = {
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        eventTime: RECEIVED_AT,
        s3: { bucket: { name: 'faxes' }, object: { key, size: 1 } },
      },
    ],
  }
  expect(arrivedObjects(JSON.stringify(event)).map((object) => object.key)).toEqual([text.toWellFormed()])
}

const METADATA_LIMIT_BYTES = 2048

function intoMetadata(text: string): void {
  const metadata = factsToMetadata({ ...hostileFacts(text), sequence: '123456789012' })
  for (const value of Object.values(metadata)) expect(value).toMatch(/^[\x21-\x7e]*$/)
  const sizeBytes = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  )
  expect(sizeBytes).toBeLessThanOrEqual(METADATA_LIMIT_BYTES)
  const { source = '' } = factsFromMetadata(metadata, new Date())
  expect(text.toWellFormed().startsWith(source)).toBe(true)
}

function intoSidecar(text: string): void {
  const facts = hostileFacts(text.toWellFormed())
  const { facts: read, oddities, finished } = parseSidecar(renderSidecar(facts))
  expect({ oddities, finished }).toEqual({ oddities: [], finished: true })
  const given = Object.entries(facts).filter(([name, value]) => value !== '' && name !== 'receivedAt')
  expect(read).toMatchObject(Object.fromEntries(given))
}

function intoFaxLog(text: string): void {
  const fax = hostileFax(text)
  const backend = { kind: 'log', name: 'log', message: everyVariable } as const
  const attempt = { fax, backend, recipients: [], timeZone: 'UTC', attempt: 1, maybeDelivered: false }
  const line = logLine(attempt)
  expect(line).not.toMatch(OBEYED)
  expect(line).toMatch(/^2026-07-02 09:30:12 /)
}

function intoAgentLog(text: string): void {
  const line = agentLogLine('fax-uploaded', { fax: FAX_ID, reason: text, number: maskNumber(text) })
  expect(line).not.toMatch(OBEYED)
  expect(line).toMatch(/^fax-uploaded fax=\S+ reason=/)
}

function intoTerminal(text: string): void {
  let shown = ''
  const show = makePicture({
    write: (piece) => {
      shown += piece
    },
    isTerminal: false,
    now: () => new Date(RECEIVED_AT),
  })
  show({ event: 'uploaded', fax: FAX_ID, file: text, from: text, to: text, bytes: 1, where: text })
  show({ event: 'refused', fax: FAX_ID, text })
  show({ event: 'failed', fax: FAX_ID, backend: 'ftp', attempt: 1, text })
  show({ event: 'not uploaded', file: text, text })
  show({ event: 'problem', text })
  shown += describeReport({ file: text, failed: { reason: visible(text) } })
  shown += describeReport({ file: text, refused: { reason: text }, milliseconds: 1 })
  expect(shown.replaceAll('\n', '')).not.toMatch(OBEYED)
  // As many lines as for a harmless text.
  expect(shown.split('\n')).toHaveLength(12)
}

async function intoPdf(text: string): Promise<void> {
  const about = { faxId: FAX_ID, source: text, destination: text, stationId: text }
  const { pdf } = convertTiffToPdf(TIFF, { ...about, receivedAt: new Date(RECEIVED_AT) })
  const document = await PDFDocument.load(pdf, { updateMetadata: false, throwOnInvalidObject: true })
  expect(document.getPageCount()).toBe(1)
  const title = document.getTitle() ?? ''
  expect(title).toMatch(/^Fax/)
  expect(title).not.toMatch(OBEYED)
  const packet = /<\?xpacket begin.*<\?xpacket end="r"\?>/s.exec(Buffer.from(pdf).toString('utf8'))?.[0] ?? ''
  // XML 1.0: no characters that it does not know, references to its own entities alone, and the elements that are there without it.
  expect(packet.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\ufffe\uffff]/u)
  expect(packet.replaceAll(/&(amp|lt|gt|quot);/g, '')).not.toContain('&')
  const elements = packet.match(/<[^<>]*>/g) ?? []
  expect(packet.replaceAll(/<[^<>]*>/g, '')).not.toMatch(/[<>]/)
  expect(elements.filter((element) => element.startsWith('<?'))).toHaveLength(2)
  const names = elements.map((element) => /^<\/?\??([a-z:A-Z]+)/.exec(element)?.[1] ?? element)
  expect(names.filter((name) => !XMP_ELEMENTS.has(name))).toEqual([])
}

const XMP_ELEMENTS = new Set(
  (
    'xpacket x:xmpmeta rdf:RDF rdf:Description pdfaid:part pdfaid:conformance dc:format dc:title rdf:Alt rdf:li ' +
    'dc:description dc:creator rdf:Seq dc:identifier pdf:Keywords pdf:Producer xmp:CreatorTool xmp:CreateDate xmp:ModifyDate'
  ).split(' '),
)

function intoMessages(text: string): void {
  const message = {
    version: 1,
    fax: hostileFax(text.toWellFormed()),
    backend: { kind: 'log', name: 'log', message: [text.toWellFormed()] },
    recipients: [text.toWellFormed()],
    timeZone: 'UTC',
    attempts: 0,
    furtherWaitSeconds: 0,
  }
  const line = JSON.stringify(message)
  expect(line.split(/[\r\n\0]/)).toHaveLength(1)
  expect(deliveryMessageSchema.parse(JSON.parse(line))).toEqual(message)
}

/** What a server says stands in the ledger, and in mails and terminals from there. */
async function intoOutcome(text: string): Promise<void> {
  const answer = `550 ${text.replaceAll(/[\r\n]/g, ' ')}`
  const { outcome } = await deliverTo({ STOR: answer })
  expect(outcome).toMatchObject({ outcome: expect.stringMatching(/^(failed|retry)$/), code: '550' })
  expect(outcome.text.length).toBeLessThan(2_100)
  expect(visible(outcome.text)).not.toMatch(OBEYED)
}

async function intoLink(text: string): Promise<void> {
  const answer = await download(
    {
      findLink: async () => undefined,
      isThere: async () => true,
      signUrl: async () => '',
      now: () => new Date(),
    },
    { method: 'GET', path: `/${text}` },
  )
  expect(answer.statusCode).toBe(404)
  expect(answer.body).toMatch(/^This link is not known\. [A-Za-z ,.]*\n$/)
}

/** Where the texts of a caller and of the servers that a fax goes to are written. */
export const RECEPTION: Places = {
  'a mail': intoMail,
  'FTP commands': intoFtpCommands,
  'arguments of lp': intoLp,
  'a file name': intoFileName,
  'object keys': intoObjectKeys,
  'an S3 event': intoS3Event,
  'S3 metadata': intoMetadata,
  'a sidecar': intoSidecar,
  'the fax log': intoFaxLog,
  "an agent's log": intoAgentLog,
  'a terminal': intoTerminal,
  'the properties of a PDF': intoPdf,
  'messages on a queue': intoMessages,
  'an FTP server’s answer': intoOutcome,
  'the address of a link': intoLink,
}

/** Real servers and whole documents take milliseconds each. */
export const RECEPTION_RUNS = { 'FTP commands': 25, 'an FTP server’s answer': 25, 'a mail': 60 }
