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
import { requestToMetadata } from '../../shared/transmission/send-request.ts'
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

const XIVO_FILE = `[mail]
email_from = fax@example.org
[ftp_a]
host = b.org
username = c
password = d ; e
convert_to_pdf = yes
[log]
fileobj = x
[mail]
subject = %(dstnum)s
[Nobody]
password: x
[dstnum_01 12]
dest = mail, lgo, mail
`

const AMI = [
  'Asterisk Call Manager/9.0.0',
  'Response: Success\r\nActionID: 1\r\nChallenge: 1234\r\n',
  'Event: Newstate\r\nUniqueid: 1\r\nChannel: Local/1\r\nChannelState: 6\r\n',
  'Event: SendFAX\r\nUniqueid: 1\r\nPagesTransferred: 2\r\nTransferRate: 9600\r\nRemoteStationID: ACME\r\n',
  'Event: UserEvent\r\nUserEvent: FaxlaneProgress\r\nUniqueid: 1\r\nStatus: SUCCESS\r\n',
  'Event: OriginateResponse\r\nActionID: 1\r\nResponse: Failure\r\nReason: 5\r\n',
  'Event: Hangup\r\nUniqueid: 1\r\nCause: 17\r\nCause-txt: busy\r\n',
  '',
].join('\r\n')

const SEND_REQUEST = {
  to: ['01 12 69 78 45', '+33112697846'],
  from: '0478123456',
  header: 'Étude',
  resolution: 'fine' as const,
  at: '2026-11-26T08:00:00+01:00',
  notify: ['a@b.org'],
  outbound: 'sales',
}
const VERDICT = { status: 'PASS' }
const SENDING_MESSAGES = [
  {
    ...{
      version: 1,
      transmissionId: FAX_ID,
      site: 'main',
      attempt: 1,
      key: `transmit/main/${FAX_ID}.tif`,
      sizeBytes: 9,
    },
    ...{
      sha256: 'x',
      pages: 1,
      destination: '0112697845',
      stationId: 'A',
      header: 'B',
      resolution: 'fine',
      ecm: true,
    },
    ...{ maxRate: 14400, answerSeconds: 60, callSeconds: 600 },
  },
  {
    version: 1,
    transmission: {
      id: FAX_ID,
      site: 'main',
      attempt: 1,
      at: FACTS.receivedAt,
      progress: { event: 'sending', pagesSent: 1, rate: 9600 },
    },
  },
  {
    notificationType: 'Received',
    mail: { timestamp: FACTS.receivedAt, messageId: 'a', source: 'a@b.org' },
    receipt: {
      recipients: ['1@b.org'],
      ...{
        spamVerdict: VERDICT,
        virusVerdict: VERDICT,
        spfVerdict: VERDICT,
        dkimVerdict: VERDICT,
        dmarcVerdict: VERDICT,
      },
      action: { type: 'S3', objectKey: 'mail-in/a' },
    },
  },
  { ...SEND_REQUEST, site: 'main', document: 'JVBERg==' },
  { version: 1, agent: '0123456789ab', at: FACTS.receivedAt },
  {
    eventType: 'Bounce',
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [{ emailAddress: 'a@b.org', status: '5.1.1' }],
    },
    mail: { tags: { fax: [FAX_ID], backend: ['bWFpbA'] } },
  },
]

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
  ami: () => bytesOf(AMI),
  mail: () =>
    bytesOf(
      'From: Ann <ann@example.org>\r\nSubject: =?utf-8?Q?A_caf=C3=A9?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nA letter\r\nof two lines\r\n',
      'From: ann@example.org\r\nDate: Wed, 25 Nov 2026 09:00:00 +0100\r\nContent-Type: text/html\r\n\r\n<style>p{}</style><p>A &amp; b<br>c</p>',
      'From: ann@example.org\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nA=3D\r\n--b\r\nContent-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\nJVBERi0xLjQ=\r\n--b--\r\n',
    ),
  'xivo-file': () => bytesOf(fileOf('test/routing-tables/design-example.conf'), XIVO_FILE),
  recipients: () => bytesOf('DID,address\n0112697845,a@b.org\n"+33 4";"c@d.org e@f.org"\ndefault\tg@h.org\n'),
  'send-request': () =>
    bytesOf(
      Object.entries(requestToMetadata(SEND_REQUEST))
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
      `outgoing/main/${FAX_ID}.pdf`,
      'outgoing/main/a letter.pdf',
    ),
  'sending-messages': () => bytesOf(...SENDING_MESSAGES.map((message) => JSON.stringify(message))),
  'agent-config': () =>
    bytesOf(
      `[edge]\n${Object.keys(EDGE_OPTIONS)
        .map((name) => `${name} = 1 ; x`)
        .join('\n')}\n`,
      fileOf('agents/packaging/faxlane-edge/edge.conf').replaceAll(/^;.*\n/gm, ''),
    ),
}
