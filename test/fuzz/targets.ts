import * as z from 'zod'
import { ConfigError, readConfig } from '../../agents/daemon/read-config.ts'
import { AmiParser, MOST_HEADERS } from '../../agents/edge/ami/ami-parser.ts'
import { EDGE_OPTIONS } from '../../agents/edge/edge-config.ts'
import { parseSidecar, renderSidecar } from '../../agents/edge/sidecar.ts'
import { afterEvent, NOTHING_KNOWN } from '../../agents/edge/transmit/call-facts.ts'
import { judgeCall } from '../../agents/edge/transmit/judge-call.ts'
import { decodeIpp, IppFormatError } from '../../agents/print/ipp/decode.ts'
import { journalEntrySchema } from '../../agents/print/journal-entries.ts'
import { importXivo } from '../../cli/import/import-xivo.ts'
import { readRecipients } from '../../cli/import/recipients.ts'
import { postSchema } from '../../functions/api/shapes.ts'
import { mailReturned } from '../../functions/backends/mail/mail-events.ts'
import { MailRefused, makeDocument } from '../../functions/mail-in/make-document.ts'
import { mailNotificationSchema } from '../../functions/mail-in/notification.ts'
import { MailUnreadable, readMail } from '../../functions/mail-in/read-mail.ts'
import { arrivedObjects } from '../../functions/receive/s3-event.ts'
import { PdfRefused, rasterisePdf } from '../../functions/submit/rasterise/rasterise-pdf.ts'
import { ConversionRefused, convertTiffToPdf } from '../../shared/conversion/convert.ts'
import { copyPadded } from '../../shared/conversion/fax-coding/bit-order.ts'
import type { FaxCoding } from '../../shared/conversion/fax-coding/row-reader.ts'
import { surveyStrip } from '../../shared/conversion/fax-coding/survey.ts'
import { factsFromMetadata, factsSchema } from '../../shared/facts.ts'
import { agentMessageSchema, deliveryMessageSchema, printJobSchema } from '../../shared/messages.ts'
import { parseIncomingKey } from '../../shared/object-keys.ts'
import { readTable } from '../../shared/routing-table/read-table.ts'
import { parseAgentClaim } from '../../shared/transmission/claim.ts'
import { parseOutgoingKey } from '../../shared/transmission/keys.ts'
import { requestFromMetadata, sendRequestSchema } from '../../shared/transmission/send-request.ts'
import {
  transmissionEventSchema,
  transmissionReportSchema,
  transmitJobSchema,
} from '../../shared/transmission/transmit-job.ts'

export interface Target {
  /** Throws for what must never happen, and for nothing else. */
  read(bytes: Uint8Array): void | Promise<void>
  /** Longer inputs are not made of the corpus. */
  longestBytes: number
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the parser broke its promise: ${what}`)
}

function allowing(work: () => void, ...errors: (abstract new (...words: never[]) => Error)[]): void {
  try {
    work()
  } catch (error) {
    if (!errors.some((kind) => error instanceof kind)) throw error
  }
}

const CODINGS: readonly FaxCoding[] = ['T.4 1-D', 'T.4 2-D', 'T.6', 'RLE']
const ROW_LIMIT = 3_000

/** The first bytes say the coding, the bit order and the width; the rest is the strip. */
function readStrip(bytes: Uint8Array): void {
  const [how = 0, wide = 0, ...rest] = bytes
  const coding = CODINGS[how & 3] ?? 'T.6'
  const width = 1 + ((wide << 4) | (how >> 4))
  const strip = { bytes: copyPadded(Uint8Array.from(rest), (how & 4) !== 0), length: rest.length }
  const survey = surveyStrip(strip, coding, width, (how & 8) !== 0 ? 10 : undefined, ROW_LIMIT)
  check(survey.rowsRead <= ROW_LIMIT + 1, 'it reads no more rows than it may')
  // A row of one dimension takes a code, of two dimensions a bit: so many bits, so many rows, and some more that were lost.
  check(survey.rowsRead <= rest.length * 8 + 1, 'it makes no rows of nothing')
  check(survey.lostRows <= survey.rowsRead, 'it lost no more rows than it read')
  check(survey.endByte <= rest.length, 'it ends within the strip')
}

function readTiff(bytes: Uint8Array): void {
  allowing(() => {
    const { pdf, pages } = convertTiffToPdf(bytes, {})
    check(pages.length > 0 && pdf.length > 500, 'a conversion has pages')
  }, ConversionRefused)
}

const NO_FILE = () => undefined

function readRoutingTable(bytes: Uint8Array): void {
  const { table, findings } = readTable({ file: 'fax.conf', bytes, readFile: NO_FILE })
  check((table === undefined) === findings.length > 0, 'a table, or what is wrong with it')
  const lines = text(bytes).split(/\r\n|\r|\n/).length
  check(
    findings.every(({ line }) => line >= 1 && line <= lines),
    'findings stand on lines of the file',
  )
}

function readSidecar(bytes: Uint8Array): void {
  const { facts } = parseSidecar(Buffer.from(bytes).toString('latin1'))
  const whole = { receivedAt: '2026-11-25T09:00:00.000Z', ...facts }
  check(factsSchema.safeParse(whole).success, 'what is read are facts')
  const again = parseSidecar(renderSidecar(whole)).facts
  check(JSON.stringify({ ...again, ...facts }) === JSON.stringify(again), 'facts survive being written')
}

function readS3Event(bytes: Uint8Array): void {
  // S3 encodes keys; what it did not write goes to the dead-letter queue.
  allowing(() => void arrivedObjects(text(bytes)), SyntaxError, z.ZodError, URIError)
}

function readObjectKey(bytes: Uint8Array): void {
  const key = text(bytes)
  const place = parseIncomingKey(key)
  check(place === undefined || key === `incoming/${place.site}/${place.faxId}.tif`, 'a key is what it says')
}

function readMessages(bytes: Uint8Array): void {
  allowing(() => {
    const json: unknown = JSON.parse(text(bytes))
    for (const schema of [agentMessageSchema, deliveryMessageSchema, printJobSchema, journalEntrySchema]) {
      const parsed = schema.safeParse(json)
      if (parsed.success) check(schema.safeParse(parsed.data).success, 'a message stays one')
    }
  }, SyntaxError)
}

function readMetadata(bytes: Uint8Array): void {
  const lines = text(bytes).split('\n')
  const metadata = Object.fromEntries(
    lines.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  )
  check(factsSchema.safeParse(factsFromMetadata(metadata, new Date(0))).success, 'metadata gives facts')
}

const readIpp = (bytes: Uint8Array): void => allowing(() => void decodeIpp(bytes), IppFormatError)

const readAgentConfig = (bytes: Uint8Array): void =>
  allowing(() => void readConfig('edge.conf', bytes, 'edge', EDGE_OPTIONS), ConfigError)

const ONE_PAGE = { pages: 3, memoryBytes: 64 * 1024 * 1024, tiffBytes: 5_000_000 }

async function readPdf(bytes: Uint8Array): Promise<void> {
  try {
    const options = {
      resolution: 'standard',
      widthPixels: 1728,
      header: undefined,
      limits: ONE_PAGE,
    } as const
    const { pages, tiff } = await rasterisePdf(bytes, options)
    check(pages > 0 && tiff.length > 8, 'a document has pages')
  } catch (error) {
    if (!(error instanceof PdfRefused)) throw error
  }
}

/** A message is what stands between two empty lines; what Asterisk says of itself comes first. */
function readAmi(bytes: Uint8Array): void {
  const parser = new AmiParser()
  const messages = [...parser.push(bytes.subarray(0, 7)), ...parser.push(bytes.subarray(7))]
  const lines = bytes.filter((byte) => byte === 0x0a).length
  check(
    messages.every(({ headers }) => headers.length > 0 && headers.length <= MOST_HEADERS),
    'no message is empty or endless',
  )
  const headers = messages.reduce((sum, message) => sum + message.headers.length, 0)
  check(headers + messages.length <= lines, 'a header is a line')
  const facts = messages.reduce((known, message) => afterEvent(known, message, '1', 0), NOTHING_KNOWN)
  const report = judgeCall(facts, 'seen', 0)
  check(transmissionEventSchema.safeParse(report).success, 'what is known of a call is a report')
}

/** What SES has put into the bucket, with the verdict that its sender is proven. */
async function readMailBytes(bytes: Uint8Array): Promise<void> {
  try {
    const mail = await readMail(bytes)
    check(mail.from === undefined || /^[!-~]+@[a-z0-9.-]+$/.test(mail.from), 'a sender is an address')
    // Several PDFs are pdf-lib's to put together.
    if (mail.pdfs.length > 1) return
    const document = await makeDocument(mail)
    check(mail.pdfs.length === 1 || document.length > 500, 'a text has pages')
  } catch (error) {
    if (!(error instanceof MailUnreadable) && !(error instanceof MailRefused)) throw error
  }
}

function readXivoFile(bytes: Uint8Array): void {
  const given = { bytes, recipients: new Map(), readFile: NO_FILE, secretPrefix: 'faxlane/' }
  const { text: table, secrets } = importXivo(given)
  check(
    secrets.every(({ name }) => /^faxlane\/[A-Za-z0-9_.-]+$/.test(name)),
    'secrets have names',
  )
  readRoutingTable(Buffer.from(table))
}

function readRecipientList(bytes: Uint8Array): void {
  const { byNumber, problems } = readRecipients(text(bytes))
  const lines = text(bytes).split(/\r\n|\r|\n/).length
  check(byNumber.size + problems.length <= lines, 'a line is a number or a problem')
}

function readSendRequest(bytes: Uint8Array): void {
  const lines = text(bytes).split('\n')
  const read = requestFromMetadata(
    Object.fromEntries(lines.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)])),
  )
  if ('request' in read) check(sendRequestSchema.safeParse(read.request).success, 'metadata gives a request')
  const place = parseOutgoingKey(text(bytes))
  check(
    place === undefined || text(bytes) === `outgoing/${place.site}/${place.name}`,
    'a key is what it says',
  )
}

/** From agents, SES and HTTP, in the shapes of what is sent. */
function readSendingMessages(bytes: Uint8Array): void {
  allowing(
    () => {
      const json: unknown = JSON.parse(text(bytes))
      for (const schema of [
        transmitJobSchema,
        transmissionReportSchema,
        mailNotificationSchema,
        postSchema,
      ]) {
        const parsed = schema.safeParse(json)
        if (parsed.success) check(schema.safeParse(parsed.data).success, 'a message stays one')
      }
      const claim = parseAgentClaim(text(bytes))
      check(claim === undefined || claim.version === 1, 'a claim is an agent’s or none')
      mailReturned(text(bytes))
    },
    SyntaxError,
    z.ZodError,
  )
}

/** Every parser that reads what came from outside. */
export const TARGETS = {
  tiff: { read: readTiff, longestBytes: 4_096 },
  strip: { read: readStrip, longestBytes: 2_048 },
  'routing-table': { read: readRoutingTable, longestBytes: 1_024 },
  sidecar: { read: readSidecar, longestBytes: 1_024 },
  's3-event': { read: readS3Event, longestBytes: 4_096 },
  'object-key': { read: readObjectKey, longestBytes: 128 },
  'object-metadata': { read: readMetadata, longestBytes: 1_024 },
  messages: { read: readMessages, longestBytes: 2_048 },
  pdf: { read: readPdf, longestBytes: 2_048 },
  ipp: { read: readIpp, longestBytes: 1_024 },
  'agent-config': { read: readAgentConfig, longestBytes: 1_024 },
  ami: { read: readAmi, longestBytes: 2_048 },
  mail: { read: readMailBytes, longestBytes: 2_048 },
  'xivo-file': { read: readXivoFile, longestBytes: 1_024 },
  recipients: { read: readRecipientList, longestBytes: 512 },
  'send-request': { read: readSendRequest, longestBytes: 1_024 },
  'sending-messages': { read: readSendingMessages, longestBytes: 2_048 },
} as const satisfies Record<string, Target>
export type TargetName = keyof typeof TARGETS
export const TARGET_NAMES = Object.keys(TARGETS) as readonly TargetName[]
