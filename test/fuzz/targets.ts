import * as z from 'zod'
import { ConfigError, readConfig } from '../../agents/daemon/read-config.ts'
import { EDGE_OPTIONS } from '../../agents/edge/edge-config.ts'
import { parseSidecar, renderSidecar } from '../../agents/edge/sidecar.ts'
import { decodeIpp, IppFormatError } from '../../agents/print/ipp/decode.ts'
import { journalEntrySchema } from '../../agents/print/journal-entries.ts'
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
} as const satisfies Record<string, Target>
export type TargetName = keyof typeof TARGETS
export const TARGET_NAMES = Object.keys(TARGETS) as readonly TargetName[]
