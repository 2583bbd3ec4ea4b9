import { expect } from 'vitest'
import type * as z from 'zod'
import { type ApiDependencies, serveApi } from '../../functions/api/api.ts'
import { openApiDocument } from '../../functions/api/openapi.ts'
import { readRequest } from '../../functions/api/request.ts'
import {
  errorSchema,
  listSchema,
  transmissionsSchema,
  transmissionViewSchema,
} from '../../functions/api/shapes.ts'
import { makeMemoryTransmissions } from '../../functions/ledger/memory-transmissions.ts'
import { sampleTransmission } from '../../functions/ledger/sample-transmission.ts'
import { type MailInDependencies, mailIn } from '../../functions/mail-in/mail-in.ts'
import { mailNotificationSchema } from '../../functions/mail-in/notification.ts'
import { composeNotice } from '../../functions/notify-sender/compose-notice.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import type { OutboundProfile } from '../../shared/transmission/outbound-profile.ts'
import { dialledNumberSchema } from '../../shared/transmission/transmit-job.ts'
import type { Places } from './attack.ts'
import { checkMail, SENDERS_HEADERS } from './check-mail.ts'

const NOW = new Date('2026-11-25T09:00:00.000Z')
const ARN = 'arn:aws:sts::123456789012:assumed-role/fax-senders/ann'

const PROFILE: OutboundProfile = {
  name: 'default',
  site: 'main',
  country: 'FR',
  callerNumbers: ['0478123456'],
  headerBy: 'gateway',
  allowInternational: [],
  allowPremium: [],
  senders: ['@example.org'],
  mailDomain: 'fax.example.org',
  noticesFrom: 'fax@example.org',
  dailyLimit: 10_000,
  retries: 3,
  retryWaitSeconds: 60,
  resolution: 'fine',
  widthPixels: 1728,
}

interface Put {
  key: string
  metadata: Record<string, string>
}

function makeWorld() {
  const ledger = makeMemoryTransmissions()
  const put: Put[] = []
  async function* each(wanted: (record: TransmissionRecord) => boolean) {
    yield* [...ledger.transmissions.values()].filter(wanted)
  }
  const common = {
    ledger,
    rules: { profiles: [PROFILE], timeZone: 'Europe/Paris' },
    putDocument: async ({ key, metadata }: Put) => void put.push({ key, metadata }),
    tellEnd: async () => undefined,
    count: () => undefined,
    now: () => NOW,
  }
  const api: ApiDependencies = {
    ...common,
    queries: {
      ofDay: () => each(() => true),
      to: (number) => each(({ destination }) => destination === number),
      inState: (state) => each((record) => record.state === state),
    },
    claimAttempt: async () => true,
  }
  return { ledger, put, api, mailIn: common satisfies Omit<MailInDependencies, 'readMailObject'> }
}

/** What was put is a document of ours with metadata that HTTP takes; what is to be dialled is a number. */
function checkTaken({ ledger, put }: Pick<ReturnType<typeof makeWorld>, 'ledger' | 'put'>): void {
  for (const { key, metadata } of put) {
    expect(key).toMatch(/^outgoing\/main\/\d{8}T\d{6}Z-[0-9a-z]{12}\.pdf$/)
    for (const value of Object.values(metadata)) expect(value).toMatch(/^[\x21-\x7e]*$/)
  }
  for (const { state, destination } of ledger.transmissions.values())
    if (state !== 'refused') expect(dialledNumberSchema.safeParse(destination).success).toBe(true)
}

const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  'GET /faxes 200': listSchema.strict(),
  'POST /faxes 202': transmissionsSchema.strict(),
  'GET /faxes/{id} 200': transmissionViewSchema.strict(),
  'DELETE /faxes/{id} 200': transmissionViewSchema.strict(),
}

interface Sent {
  method: string
  path: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: string
  arn?: string
}

/** As Lambda hands over a request, and what comes back checked against what is written down. */
async function ask(
  api: ApiDependencies,
  { method, path, query = {}, headers = {}, body = '', arn = ARN }: Sent,
) {
  const event = {
    rawPath: path,
    queryStringParameters: query,
    headers,
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
    requestContext: { http: { method }, authorizer: { iam: { userArn: arn, userId: 'AIDA' } } },
  }
  const answer = await serveApi(api, readRequest(JSON.parse(JSON.stringify(event))))
  for (const [name, value] of Object.entries(answer.headers))
    expect(`${name}: ${value}`).toMatch(/^[a-z-]+: [ -~]+$/)
  expect(answer.body).not.toMatch(/[\r\n\0]/)
  const place = /^\/faxes\/./.test(path) ? '/faxes/{id}' : '/faxes'
  const schema =
    answer.statusCode < 300 ? ANSWERS[`${method} ${place} ${answer.statusCode}`] : errorSchema.strict()
  if (schema === undefined) return expect.unreachable(`${method} ${place} answers ${answer.statusCode}`)
  expect(schema.parse(JSON.parse(answer.body))).toEqual(JSON.parse(answer.body))
  return answer.statusCode
}

interface Operation {
  parameters?: { name: string; in: 'query' | 'header' | 'path' }[]
}
const operations = Object.entries(
  (openApiDocument() as { paths: Record<string, Record<string, Operation> & Operation> }).paths,
).flatMap(([path, { parameters = [], ...methods }]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    parameters: [...parameters, ...((operation as Operation).parameters ?? [])],
  })),
)
const BODY = { to: ['0112697845'], document: Buffer.from('%PDF-1.4').toString('base64') }
const bodyFields = Object.keys(
  (openApiDocument() as { components: { schemas: { SendRequest: { properties: object } } } }).components
    .schemas.SendRequest.properties,
)

/** Each parameter that the document of the endpoint names, in turn. */
async function intoParameters(text: string): Promise<void> {
  expect(operations.length).toBeGreaterThanOrEqual(4)
  const world = makeWorld()
  await world.ledger.addTransmission(sampleTransmission())
  for (const { path, method, parameters } of operations) {
    for (const parameter of parameters) {
      const value = { [parameter.name.toLowerCase()]: text }
      const status = await ask(world.api, {
        method,
        path: parameter.in === 'path' ? path.replace('{id}', encodeURIComponent(text.toWellFormed())) : path,
        ...(parameter.in === 'query' ? { query: value } : {}),
        ...(parameter.in === 'header' ? { headers: value } : {}),
        ...(method === 'POST' ? { body: JSON.stringify(BODY) } : {}),
      })
      // Without an id it is the list.
      if (parameter.in === 'path' && text !== '') expect(status).toBeGreaterThanOrEqual(400)
    }
  }
  checkTaken(world)
}

/** Each field of a body, in a list and alone; the body itself; and what is written down nowhere. */
async function intoBody(text: string): Promise<void> {
  expect(bodyFields).toEqual(expect.arrayContaining(['to', 'document', 'header', 'notify', 'site']))
  const world = makeWorld()
  const post = (body: string) => ask(world.api, { method: 'POST', path: '/faxes', body })
  for (const field of [...bodyFields, text]) {
    for (const value of [text, [text], { [text]: text }]) {
      await post(JSON.stringify(Object.fromEntries([...Object.entries(BODY), [field, value]])))
    }
  }
  await post(text)
  await post(`{"to":["1"],"document":"${text}"}`)
  checkTaken(world)
}

async function intoRequest(text: string): Promise<void> {
  const world = makeWorld()
  await ask(world.api, { method: 'GET', path: '/faxes', query: { [text]: text } })
  await ask(world.api, {
    method: 'POST',
    path: '/faxes',
    headers: { 'idempotency-key': text },
    body: JSON.stringify(BODY),
    arn: text,
  })
  await ask(world.api, { method: 'GET', path: '/faxes', arn: text })
  expect(await ask(world.api, { method: 'GET', path: `/${text}/x/${text}` })).toBe(404)
  checkTaken(world)
}

/** A mail whose sender SES has proven, with the text wherever its sender may write; and what he is answered. */
async function intoMailIn(text: string): Promise<void> {
  const quoted = text.replaceAll(/["\\\r\n\0]/g, ' ')
  const mails = [
    mailOf(`"${quoted}" <ann@example.org>`, text, `text/plain; charset=utf-8`, text),
    mailOf('ann@example.org', 'x', `application/octet-stream; name="${quoted}"`, 'bytes'),
    mailOf('ann@example.org', 'x', `application/pdf; name="${quoted}.pdf"`, '%PDF-1.4'),
    mailOf(`${quoted}@example.org`, text, 'text/html', `<p>${text}</p>`),
    mailOf(
      'ann@example.org',
      'x',
      `multipart/mixed; boundary="${quoted}"`,
      `--${text}\r\n\r\nx\r\n--${text}--`,
    ),
    text,
  ]
  for (const raw of mails)
    await takeMail(raw, ['0112697845@fax.example.org', `${text}@fax.example.org`, text])
}

const mailOf = (from: string, subject: string, contentType: string, body: string) =>
  `From: ${from}\r\nTo: fax\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: ${contentType}\r\n` +
  `Content-Disposition: ${contentType.startsWith('text') ? 'inline' : 'attachment'}\r\n\r\n${body}`

const PASS = { status: 'PASS' }

async function takeMail(raw: string, recipients: string[]): Promise<void> {
  const world = makeWorld()
  const notification = mailNotificationSchema.parse({
    notificationType: 'Received',
    mail: { timestamp: NOW.toISOString(), messageId: 'a0b1', source: 'ann@example.org' },
    receipt: {
      recipients,
      ...{ spamVerdict: PASS, virusVerdict: PASS, spfVerdict: PASS, dkimVerdict: PASS, dmarcVerdict: PASS },
      action: { type: 'S3', objectKey: 'mail-in/a0b1' },
    },
  })
  const end = await mailIn(
    { ...world.mailIn, readMailObject: async () => Buffer.from(raw) },
    notification,
    false,
  )
  checkTaken(world)
  if ('ignored' in end) return
  for (const record of end.transmissions.filter(({ state }) => state === 'refused')) {
    const { raw: answer, destinations } = await composeNotice(record, {
      picture: undefined,
      maybeDelivered: false,
    })
    expect(destinations).toHaveLength(1)
    const mail = await checkMail(answer, [...SENDERS_HEADERS, 'content-transfer-encoding'])
    expect(mail.to).toHaveLength(1)
    expect(mail.to?.[0]?.address?.endsWith('@example.org')).toBe(true)
  }
}

/** The ways by which a document comes to be sent. */
export const WAYS_IN: Places = {
  'the parameters of the HTTP API': intoParameters,
  'the body of the HTTP API': intoBody,
  'a request to the HTTP API': intoRequest,
  'a mail that is to be a fax': intoMailIn,
}

export const WAYS_IN_RUNS = { 'the body of the HTTP API': 30, 'a mail that is to be a fax': 25 }
