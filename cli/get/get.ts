import { FORMATS, fileStem } from '../../shared/file-name.ts'
import type { FaxRecord } from '../../shared/ledger/records.ts'
import { makeTransmissionQueries } from '../../shared/ledger/transmission-queries.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { visible, visibleJson } from '../../shared/visible.ts'
import { sizeInWords } from '../faxes/amounts.ts'
import { readEntry, readFaxId } from '../faxes/fax-argument.ts'
import { writeOutput } from '../files.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { GATEWAY_HELP, GATEWAY_OPTIONS } from '../gateway/target.ts'
import { withGateway } from '../gateway/with-gateway.ts'
import { CommandFailed, EXIT_CODES, type Subcommand } from '../subcommand.ts'
import { readWords } from '../words.ts'

const HELP = `Fetches a fax: the PDF that was made of it, or the TIFF as it was received; of one that was to be sent the document, or the TIFF as it goes over the line.

Usage: faxlane get ID [--tiff] [-o FILE] [--json]

  --tiff             the TIFF
  -o, --output FILE  where to; - is the standard output (a file in this folder, named as deliveries are)
  --json             what was written, as one JSON object
  --help             this text
${GATEWAY_HELP}
Exit code: 0 written, 1 there is no such fax or file, 2 wrong usage.
`

export const get: Subcommand = { help: HELP, run }

async function run(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('get', words, {
    tiff: { type: 'boolean', default: false },
    output: { type: 'string', short: 'o' },
    json: { type: 'boolean', default: false },
    ...GATEWAY_OPTIONS,
  })
  const faxId = readFaxId('get', positionals)
  const format = values.tiff ? 'tiff' : 'pdf'
  const { stem, bytes } = await withGateway('get', values, async (gateway) => {
    const { stem, key } = await findFile(gateway, faxId, format)
    return { stem, bytes: await readFile(gateway, key) }
  })
  const output = values.output ?? `${stem}.${FORMATS[format].ending}`
  await writeOutput(output, bytes)
  const stream = output === '-' ? process.stderr : process.stdout
  stream.write(
    values.json
      ? `${visibleJson({ fax: faxId, format, output, bytes: bytes.length })}\n`
      : `${visible(output)}: ${sizeInWords(bytes.length)}\n`,
  )
  return EXIT_CODES.done
}

async function findFile({ ledger, askLedger }: Gateway, faxId: string, format: 'pdf' | 'tiff') {
  const transmission = await makeTransmissionQueries(askLedger).transmission(faxId)
  if (transmission !== undefined) return { stem: faxId, key: keyOfTransmission(transmission, format) }
  const { fax } = await readEntry(ledger, faxId)
  return { stem: fileStem(fax), key: keyOf(fax, format) }
}

/** Throws CommandFailed where there is no such file of it. */
export function keyOfTransmission(
  record: Pick<TransmissionRecord, 'id' | 'state' | 'documentKey' | 'rasterised' | 'reason'>,
  format: 'pdf' | 'tiff',
): string {
  const { id, state, documentKey, rasterised, reason } = record
  if (format === 'pdf') return documentKey
  if (rasterised !== undefined) return rasterised.tiffKey
  const why = reason === undefined ? '' : `, ${visible(reason).replace(/\.$/, '')}`
  throw new CommandFailed(
    `no pages were made of ${id}: it is ${state}${why}. The document as it came: without --tiff`,
  )
}

/** Throws CommandFailed where there is no such file of it. */
export function keyOf(
  fax: Pick<FaxRecord, 'id' | 'state' | 'tiffKey' | 'pdfKey' | 'reason'>,
  format: 'pdf' | 'tiff',
): string {
  if (format === 'tiff') return fax.tiffKey
  if (fax.pdfKey !== undefined) return fax.pdfKey
  const why =
    fax.state === 'received'
      ? 'still under way'
      : `${fax.state}, ${visible(fax.reason ?? '').replace(/\.$/, '')}`
  throw new CommandFailed(`there is no PDF of ${fax.id}: it is ${why}. The file as it was received: --tiff`)
}

async function readFile({ files }: Gateway, key: string): Promise<Uint8Array> {
  const bytes = await files.read(key)
  if (bytes !== undefined) return bytes
  throw new CommandFailed(
    `${visible(key)} is not in the bucket any more: its time there is over, or somebody deleted it.`,
  )
}
