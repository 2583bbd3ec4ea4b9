import { readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import { EDGE_OPTIONS } from '../../agents/edge/edge-config.ts'
import { renderSidecar } from '../../agents/edge/sidecar.ts'
import { encodeIpp } from '../../agents/print/ipp/encode.ts'
import { GROUP, TAG } from '../../agents/print/ipp/message.ts'
import { makePdf } from '../../functions/submit/rasterise/testing/pdfs.ts'
import { drawTestPage } from '../../shared/conversion/testing/bitmap.ts'
import { writeFax } from '../../shared/conversion/testing/fax-writer.ts'
import { faxTags, writeTiff } from '../../shared/conversion/testing/tiff-writer.ts'
import { factsToMetadata } from '../../shared/facts.ts'
import type { TargetName } from './targets.ts'

type Seeds = () => Uint8Array[] | Promise<Uint8Array[]>

const bytesOf = (...texts: string[]): Uint8Array[] => texts.map((text) => new Uint8Array(Buffer.from(text)))
const fileOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const WIDTH = 65
const page = drawTestPage(WIDTH, 24)
const CODINGS = ['T.4 1-D', 'T.4 2-D', 'T.6', 'RLE'] as const
const strips = CODINGS.map((coding) => writeFax(page, { coding }))
const COMPRESSIONS = [3, 3, 4, 2]

const FAX_ID = '20261123T054151Z-0k3w9x7m2r41'
const FACTS = {
  source: '0478123456',
  destination: '100',
  stationId: 'ACMÉ',
  status: 'SUCCESS',
  pages: '2',
  receivedAt: '2026-11-23T05:41:51.000Z',
}
const outcome = { outcome: 'retry', text: '421 busy', code: '421', maybeDelivered: true }
const report = { version: 1, faxId: FAX_ID, backend: 'printer_office', at: FACTS.receivedAt, outcome }
const heartbeat = { agent: 'edge', at: FACTS.receivedAt, waiting: 3, sequence: 9 }
const job = {
  version: 1,
  faxId: FAX_ID,
  backend: 'printer_office',
  key: `print/main/${FAX_ID}-printer_office.pdf`,
  format: 'tiff',
  printer: 'office',
  options: ['media=A4'],
  title: 'Fax',
  fileName: 'a.tif',
  pages: 1,
}

const SMALL_TABLE = `[general]
time_zone = UTC
[site_a]
agents = edge
[mail]
email_from = a@b.org
[ftp_a]
host = b.org
username = c
password_secret = d
tls = explicit
[printer_a]
name = p
options = media=A4
expires_after = 2h
[log]
msg = %(srcnum)s 100%%
[dstnum_default]
dest = mail, ftp_a
 , printer_a, log
email = a@b.org
`

/** What each parser is meant for: the corpus grows from here. */
export const SEEDS: Record<TargetName, Seeds> = {
  tiff: () => [
    ...strips.map((strip, index) =>
      writeTiff([
        { tags: faxTags(WIDTH, 24, COMPRESSIONS[index] ?? 4, { 292: index & 1 }), segments: [strip] },
      ]),
    ),
    writeTiff([{ tags: faxTags(8, 4, 1), segments: [Uint8Array.of(1, 2, 3, 4)] }], { bigEndian: true }),
    writeTiff([{ tags: faxTags(8, 4, 8), segments: [deflateSync(Uint8Array.of(1, 2, 3, 4))] }], {
      big: true,
    }),
    writeTiff([{ tags: faxTags(8, 4, 32_773), segments: [Uint8Array.of(3, 1, 2, 3, 4)] }]),
    writeTiff([
      { tags: faxTags(8, 4, 5), segments: [Uint8Array.of(0x80, 0x00, 0x40, 0x40, 0x40, 0x20, 0x20)] },
    ]),
  ],
  strip: () => strips.map((strip, index) => Uint8Array.of(index | (1 << 4), WIDTH >> 4, ...strip)),
  'routing-table': () => bytesOf(fileOf('test/routing-tables/design-example.conf'), SMALL_TABLE),
  sidecar: () => bytesOf(renderSidecar(FACTS)),
  's3-event': () => bytesOf(fileOf('events/s3-object-created.json'), fileOf('events/s3-test-event.json')),
  'object-key': () => bytesOf(`incoming/main/${FAX_ID}.tif`),
  'object-metadata': () =>
    bytesOf(
      Object.entries(factsToMetadata(FACTS))
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    ),
  messages: () =>
    bytesOf(JSON.stringify(report), JSON.stringify({ version: 1, heartbeat }), JSON.stringify(job)),
  pdf: async () => [
    await makePdf((document, font) => {
      document.addPage([200, 100]).drawText('A fax', { x: 20, y: 50, size: 12, font })
    }),
  ],
  ipp: () => [
    encodeIpp({
      version: { major: 2, minor: 0 },
      code: 0,
      requestId: 7,
      groups: [
        {
          tag: GROUP.operation,
          attributes: [{ name: 'attributes-charset', values: [{ tag: TAG.charset, value: 'utf-8' }] }],
        },
        {
          tag: GROUP.job,
          attributes: [
            { name: 'job-id', values: [{ tag: TAG.integer, value: 12 }] },
            {
              name: 'job-state-reasons',
              values: [
                { tag: TAG.keyword, value: 'a' },
                { tag: TAG.keyword, value: 'b' },
              ],
            },
          ],
        },
      ],
    }),
  ],
  'agent-config': () =>
    bytesOf(
      `[edge]\n${Object.keys(EDGE_OPTIONS)
        .map((name) => `${name} = 1 ; x`)
        .join('\n')}\n`,
      fileOf('agents/packaging/faxlane-edge/edge.conf').replaceAll(/^;.*\n/gm, ''),
    ),
}
