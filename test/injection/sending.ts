import PostalMime from 'postal-mime'
import { expect } from 'vitest'
import { AmiMessage, encodeAction } from '../../agents/edge/ami/ami-message.ts'
import { AmiParser } from '../../agents/edge/ami/ami-parser.ts'
import { assignments } from '../../agents/edge/testing/asterisk-arguments.ts'
import { afterEvent, NOTHING_KNOWN } from '../../agents/edge/transmit/call-facts.ts'
import { judgeCall } from '../../agents/edge/transmit/judge-call.ts'
import { originateFields } from '../../agents/edge/transmit/originate.ts'
import { openDelivery } from '../../functions/ledger/delivery-transitions.ts'
import { ended, sampleTransmission, waitingTransmission } from '../../functions/ledger/sample-transmission.ts'
import { observeTransmission } from '../../functions/ledger/transmission-transitions.ts'
import { composeNotice } from '../../functions/notify/compose.ts'
import { composeNotice as composeSenderNotice } from '../../functions/notify-sender/compose-notice.ts'
import { headerLine } from '../../functions/submit/header-line.ts'
import { drawable } from '../../functions/submit/rasterise/header-band.ts'
import { LANGUAGES } from '../../shared/language.ts'
import { type TransmissionRecord, transmissionRecordSchema } from '../../shared/ledger/transmission-record.ts'
import { failed } from '../../shared/outcome.ts'
import { NOTICE_CAUSES } from '../../shared/routing-table/deployed-table.ts'
import { NOTICE_VARIABLES, type NoticeTemplate } from '../../shared/routing-table/template.ts'
import {
  outgoingKey,
  parseOutgoingKey,
  pictureKey,
  transmissionIdOf,
  transmitKey,
} from '../../shared/transmission/keys.ts'
import {
  requestFromMetadata,
  requestToMetadata,
  sendRequestSchema,
} from '../../shared/transmission/send-request.ts'
import {
  type TransmitJob,
  transmissionReportSchema,
  transmitJobSchema,
} from '../../shared/transmission/transmit-job.ts'
import type { Places } from './attack.ts'
import { checkMail, SENDERS_HEADERS } from './check-mail.ts'
import { hostileFacts } from './reception.ts'

const AT = '2026-11-25T09:00:00.000Z'
const ID = '20261125T090000Z-0123456789ab'

const JOB: TransmitJob = {
  version: 1,
  transmissionId: ID,
  site: 'main',
  attempt: 1,
  key: `transmit/main/${ID}.tif`,
  sizeBytes: 1,
  sha256: 'x',
  pages: 1,
  destination: '0112697845',
  callerNumber: '0478123456',
  stationId: 'CABINET',
  header: 'Cabinet',
  resolution: 'fine',
  ecm: true,
  maxRate: 14400,
  answerSeconds: 60,
  callSeconds: 600,
}

/** main/manager.c reads into 1025 bytes, and throws longer lines away. */
const LONGEST_AMI_LINE_BYTES = 1024

/** As the manager reads it: one action, its headers, and of each Variable one assignment. */
function readAction(text: string): { headers: string[]; variables: Map<string, string> } {
  const bytes = Buffer.from(text)
  const actions = bytes.toString('latin1').split('\r\n\r\n')
  expect(actions).toHaveLength(2)
  expect(actions[1]).toBe('')
  const lines = actions[0]?.split('\r\n') ?? []
  expect(lines.join('')).not.toMatch(/[\r\n\0]/)
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(LONGEST_AMI_LINE_BYTES)
  const variables = new Map<string, string>()
  for (const line of lines) {
    const [, assignment] = /^Variable: (.*)$/.exec(line) ?? []
    if (assignment === undefined) continue
    const split = assignments(assignment)
    expect(split).toHaveLength(1)
    const [, name = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(split[0] ?? '') ?? []
    variables.set(name, Buffer.from(value, 'latin1').toString('utf8'))
  }
  return { headers: lines.map((line) => line.split(': ')[0] ?? ''), variables }
}

const EXPECTED = readAction(
  encodeAction(
    'Originate',
    originateFields(JOB, { dialContext: 'out', transmitContext: 'txfax' }, '/spool/a.tif'),
  ),
)

const FIELDS = ['destination', 'callerNumber', 'stationId', 'header'] as const

/** Each field in turn, as it comes from the queue; and the folder, as it stands in the agent's configuration. */
function intoAmiAction(text: string): void {
  const contexts = { dialContext: 'out', transmitContext: 'txfax' }
  for (const field of FIELDS) {
    const { success, data } = transmitJobSchema.safeParse({ ...JOB, [field]: text })
    if (!success) continue
    const { headers, variables } = readAction(
      encodeAction('Originate', originateFields(data, contexts, '/spool/a.tif')),
    )
    expect(headers).toEqual(EXPECTED.headers)
    expect([...variables.keys()]).toEqual([...EXPECTED.variables.keys()])
    const plain = text.toWellFormed().replaceAll(/\p{Cc}/gu, ' ')
    const changed = [...variables].filter(([name, value]) => value !== EXPECTED.variables.get(name))
    expect(changed.every(([, value]) => value === plain)).toBe(true)
  }
  const [path] = readAction(
    encodeAction('Originate', originateFields(JOB, contexts, `/${text.slice(0, 200)}/a.tif`)),
  ).variables.values()
  expect(path).toMatch(/^\/.*\/a\.tif$/s)
}

/** What nobody escapes is refused: a number, a context or a channel with a line break would be an action. */
function intoAmiHeader(text: string): void {
  const controls = /\p{Cc}/u.test(text)
  const encode = () => encodeAction('Hangup', [['Channel', text.slice(0, 900)]])
  if (/\p{Cc}/u.test(text.slice(0, 900))) expect(encode).toThrow(RangeError)
  else expect(encode().split('\r\n')).toHaveLength(4)
  if (controls) expect(() => encodeAction(text, [])).toThrow(RangeError)
}

/** T.30 has twenty characters for what a machine calls itself; of Asterisk's own events it reaches no field but that. */
function intoAmiEvent(text: string): void {
  const station = Buffer.from(text).subarray(0, 20)
  const lines = `Event: FAXStatus\r\nChannel: Local/1\r\nUniqueid: ${ID}-1\r\nRemoteStationID: `
  const parser = new AmiParser()
  parser.push(Buffer.from('Asterisk Call Manager/9.0.0\r\n'))
  const events = parser.push(Buffer.concat([Buffer.from(lines), station, Buffer.from('\r\n\r\n')]))
  const facts = events.reduce((known, event) => afterEvent(known, event, `${ID}-1`, 0), NOTHING_KNOWN)
  expect({ ...facts, remoteStationId: '' }).toEqual({
    pagesSent: 0,
    answeredAt: 0,
    channel: 'Local/1',
    remoteStationId: '',
  })
  const strange = { ...facts, remoteStationId: text, hangup: { cause: 16, text, at: 1 } }
  const result = { status: 'FAILED', error: text, statusText: text }
  intoRecord({ ...JOB, progress: judgeCall({ ...strange, result }, 'seen', 1) })
  expect(
    new AmiMessage([
      ['Event', 'A'],
      ['Pages', text],
    ]).count('Pages'),
  ).toSatisfy((count: unknown) => count === undefined || /^\d{1,9}$/.test(text))
}

/** A report as it goes over the queue into the ledger. */
function intoRecord({ progress }: TransmitJob & { progress: ReturnType<typeof judgeCall> }): void {
  const report = { version: 1, transmission: { id: ID, site: 'main', attempt: 1, at: AT, progress } }
  const line = JSON.stringify(report)
  expect(line).not.toMatch(/[\r\n\0]/)
  const { transmission } = transmissionReportSchema.parse(JSON.parse(line))
  const record = observeTransmission(waitingTransmission({ id: ID }), transmission)
  expect(record).toMatchObject({
    state: expect.stringMatching(/^(failed|waiting)$/),
    destination: '0112697845',
  })
  expect(transmissionRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record)
}

/** A transmission in which strangers have filled every field that they can. */
export function hostileTransmission(
  text: string,
  changes: Partial<TransmissionRecord> = {},
): TransmissionRecord {
  const waiting = waitingTransmission({ id: ID })
  const progress = ended('line', {
    text,
    pagesSent: 1,
    remoteStationId: text,
    foreign: { hangupCause: 16, hangupText: text, status: text, error: text, statusText: text },
  })
  const tried = observeTransmission(waiting, { attempt: 1, at: AT, progress }) ?? waiting
  const { settings, rasterised } = waiting
  return {
    ...tried,
    state: 'failed',
    closedAt: AT,
    destination: text,
    sender: text,
    reason: text,
    documentKey: `outgoing/main/${text}`,
    ...(settings === undefined ? {} : { settings: { ...settings, header: text, callerNumber: text } }),
    ...(rasterised === undefined ? {} : { rasterised: { ...rasterised, warnings: [text] } }),
    ...changes,
  }
}

const NOTICES_HEADERS = [...SENDERS_HEADERS.slice(0, -1), 'content-transfer-encoding', 'x-faxlane-notice']

async function intoSenderNotice(text: string): Promise<void> {
  for (const state of ['failed', 'refused', 'canceled', 'unknown', 'sent'] as const) {
    const record = hostileTransmission(text, { state })
    const { raw, destinations } = await composeSenderNotice(record, {
      picture: Buffer.from('png'),
      maybeDelivered: false,
    })
    expect(destinations).toEqual(['ann@example.org'])
    const mail = await checkMail(raw, SENDERS_HEADERS)
    expect(mail.to?.map(({ address }) => address)).toEqual(['ann@example.org'])
    // What the text says stands in the page as text.
    expect(mail.html?.replaceAll(/<\/?(html|body|pre|img)( (style|src|alt)="[^"<>]*")*>/g, '')).not.toMatch(
      /[<>]/,
    )
    expect(mail.attachments.map(({ filename }) => filename)).toEqual([`${ID}.png`])
  }
}

const everyNoticeVariable = Object.keys(NOTICE_VARIABLES).flatMap((variable) => [
  { variable },
  ' ',
]) as NoticeTemplate

/** In the texts of each language and cause, and in one of the operator's own that says all that can be said. */
async function intoNotice(text: string): Promise<void> {
  const opened = openDelivery(ID, { name: 'ftp_a', kind: 'ftp' }, new Date(AT))
  const delivery = { ...opened, history: [{ attempt: 1, at: AT, result: failed(text, text) }] }
  const fax = {
    ...{
      id: ID,
      site: 'main',
      state: 'routed' as const,
      facts: hostileFacts(text),
      tiffBytes: 1,
      revision: 0,
    },
    ...{ tiffKey: `incoming/main/${ID}.tif`, warnings: [text], reason: text, openedAt: AT },
  }
  const own = { subject: everyNoticeVariable, body: everyNoticeVariable }
  for (const language of LANGUAGES) {
    for (const cause of NOTICE_CAUSES) {
      const event = { cause, faxId: ID, ...(cause === 'failed' ? { backend: 'ftp_a' } : {}) }
      const told = { events: [{ event, entry: { fax, deliveries: [delivery] } }], count: 1 }
      const notices = {
        from: { address: 'fax@example.org', name: text },
        language,
        recipients: { [cause]: ['office@example.org'] },
        alarms: [],
        texts: cause === 'missed' ? { missed: own } : {},
      }
      const { raw, destinations } = await composeNotice({ notices, timeZone: 'UTC' }, told, undefined)
      expect(destinations).toEqual(['office@example.org'])
      const mail = await checkMail(raw, NOTICES_HEADERS)
      const harmless = {
        events: [
          {
            event,
            entry: {
              fax: { ...fax, facts: hostileFacts('x'), warnings: ['x'], reason: 'x' },
              deliveries: [],
            },
          },
        ],
        count: 1,
      }
      const plain = await PostalMime.parse(
        (await composeNotice({ notices, timeZone: 'UTC' }, harmless, undefined)).raw,
      )
      expect(linesOf(mail)).toBe(linesOf(plain))
    }
  }
}

const linesOf = ({ text = '' }: { text?: string | undefined }) => text.trimEnd().split('\n').length

const METADATA_OPTIONS = ['to', 'from', 'header', 'resolution', 'at', 'notify', 'outbound'] as const

/** What somebody wrote beside a document, and what our own ways in write there. */
function intoDocumentMetadata(text: string): void {
  for (const option of METADATA_OPTIONS) {
    const read = requestFromMetadata({ to: '0112697845', [option]: text })
    if ('request' in read) expect(sendRequestSchema.parse(read.request)).toEqual(read.request)
    else expect(read.problem).toMatch(/^x-amz-meta-/)
    const wished = sendRequestSchema.safeParse({
      to: ['1'],
      [option]: option === 'to' || option === 'notify' ? [text] : text,
    })
    if (!wished.success) continue
    const metadata = written(() => requestToMetadata(wished.data))
    if (metadata === undefined) continue
    for (const value of Object.values(metadata)) expect(value).toMatch(/^[\x21-\x7e]*$/)
    const back = requestFromMetadata(metadata)
    if (option === 'header') expect(back).toMatchObject({ request: { header: text.toWellFormed() } })
  }
}

/** Undefined where it is more than S3 takes. */
function written<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function intoOutgoingKeys(text: string): void {
  const place = parseOutgoingKey(`outgoing/main/${text}`)
  if (place !== undefined) expect(place.site).toBe('main')
  expect(parseOutgoingKey(`outgoing/${text}/a.pdf`)?.site ?? 'a').toMatch(/^[a-z0-9][a-z0-9-]*$/)
  const id = transmissionIdOf({ key: `outgoing/main/${text}.pdf`, destination: text, putAt: new Date(AT) })
  expect(id).toMatch(/^20261125T090000Z-[0-9a-z]{12}$/)
  expect(outgoingKey({ site: 'main', documentId: id })).toBe(`outgoing/main/${id}.pdf`)
  expect(transmitKey({ site: 'main', transmissionId: id })).toBe(`transmit/main/${id}.tif`)
  expect(pictureKey({ site: 'main', transmissionId: id })).toBe(`transmit/main/${id}.png`)
}

/** What a font of PDF's own draws: no control reaches it, and nothing that it has no picture for. */
function intoHeaderLine(text: string): void {
  const { settings } = sampleTransmission()
  if (settings === undefined) throw new TypeError('The sample has settings.')
  const line =
    headerLine({ ...settings, header: text, callerNumber: '0478123456' }, new Date(AT))?.(1, 2) ?? ''
  expect(line).toMatch(/^2026-11-25 10:00 {3}.* {3}Page 1 of 2$/s)
  expect(drawable(line)).toMatch(/^[ -~\u00a1-\u00ff]*$/)
}

/** Where the texts of who sends, of the PBX and of the machine that is called are written. */
export const SENDING: Places = {
  'an action of AMI': intoAmiAction,
  'a header of AMI': intoAmiHeader,
  'an event of AMI': intoAmiEvent,
  'the mail to a sender': intoSenderNotice,
  'a notice to operators': intoNotice,
  'the metadata of a document': intoDocumentMetadata,
  'the keys of what is sent': intoOutgoingKeys,
  'the line above each page': intoHeaderLine,
}

export const SENDING_RUNS = { 'the mail to a sender': 25, 'a notice to operators': 15 }
