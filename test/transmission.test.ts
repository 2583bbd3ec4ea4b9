import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faxlane } from '../cli/testing.ts'
import {
  errorSchema,
  listSchema,
  transmissionsSchema,
  transmissionViewSchema,
} from '../functions/api/shapes.ts'
import { makeDynamoTransmissionQueries } from '../functions/ledger/dynamo-queries.ts'
import { makeDynamoTransmissions, makeGetTransmission } from '../functions/ledger/dynamo-transmissions.ts'
import { textPdf } from '../functions/submit/rasterise/testing/pdfs.ts'
import { type Gateway, startGateway } from '../local/gateway.ts'
import { type IncomingMail, receiveMail } from '../local/receive-mail.ts'
import { ensureSynthesized } from '../local/synth/ensure-synthesized.ts'
import { convertTiffToPdf } from '../shared/conversion/convert.ts'
import { makeFaxId } from '../shared/fax-id.ts'
import { hasTransmissionEnded, type TransmissionRecord } from '../shared/ledger/transmission-record.ts'
import { sweepReportSchema } from '../shared/sweep-report.ts'
import { bareNumber } from '../shared/transmission/judge-number.ts'
import { claimKey, outgoingKey, transmissionIdOf } from '../shared/transmission/keys.ts'
import { requestToMetadata, type SendRequest } from '../shared/transmission/send-request.ts'
import type { TransmissionEvent, TransmitJob } from '../shared/transmission/transmit-job.ts'
import { type ScriptedEdgeAgent, startScriptedEdgeAgent } from './scripted-edge-agent.ts'
import { signedFetch } from './signed-fetch.ts'
import { waitFor } from './wait-for.ts'

const projectFolder = fileURLToPath(new URL('..', import.meta.url))

type Ended = Extract<TransmissionEvent, { event: 'ended' }>

function ended(cause: Ended['cause'], details: Partial<Ended> = {}): Ended {
  return {
    event: 'ended',
    cause,
    text: `It is ${cause}.`,
    pagesSent: 0,
    callSeconds: 0,
    foreign: {},
    ...details,
  }
}

const sent = (pages: number) =>
  ended('sent', { pagesSent: pages, callSeconds: 42, rate: 14400, remoteStationId: 'THEIR FAX' })

/** What becomes of a number, by its last digits. */
function script({ destination, attempt, pages, maxRate }: TransmitJob): TransmissionEvent[] {
  if (destination.endsWith('1'))
    return attempt < 3 ? [ended('busy', { foreign: { hangupCause: 17 } })] : [sent(pages)]
  if (destination.endsWith('2'))
    return maxRate === 14400
      ? [{ event: 'sending', pagesSent: 1 }, ended('line', { pagesSent: 1 })]
      : [sent(pages)]
  if (destination.endsWith('3'))
    return [ended('unallocated', { text: 'The number does not exist.', foreign: { hangupCause: 1 } })]
  if (destination.endsWith('4')) return [ended('unknown')]
  if (destination.endsWith('5')) return [ended('no-answer')]
  return [{ event: 'sending', pagesSent: 1, rate: 14400 }, sent(pages)]
}

let home: string
let gateway: Gateway
let agent: ScriptedEdgeAgent
let s3: S3Client
let dynamoDb: DynamoDBClient
let documents = 0

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-transmission-'))
  const config = join(projectFolder, 'test/routing-tables/gateway.conf')
  const { assemblyFolder } = await ensureSynthesized({ projectFolder, config, onProgress: () => {} })
  gateway = await startGateway({ homeFolder: home, assemblyFolder, delayDivisor: 2000 })
  await mkdir(gateway.folders.mail, { recursive: true })
  s3 = new S3Client({ ...gateway, forcePathStyle: true })
  dynamoDb = new DynamoDBClient({ ...gateway, endpoint: gateway.dynamoDbEndpoint })
  agent = await startScriptedEdgeAgent(gateway, { queueName: 'faxlane-transmit-paris', script })
}, 180_000)

afterAll(async () => {
  await agent.stop()
  s3.destroy()
  dynamoDb.destroy()
  await gateway.close()
  await rm(home, { recursive: true, force: true })
})

/** Puts a document as any tool does; answers the ids of its transmissions. */
async function put(pdf: Uint8Array | string, request: SendRequest): Promise<string[]> {
  const putAt = new Date()
  documents += 1
  const key = outgoingKey({ site: 'paris', documentId: makeFaxId(putAt, `document ${documents}`) })
  await s3.send(
    new PutObjectCommand({
      Bucket: gateway.bucket,
      Key: key,
      Body: pdf,
      Metadata: requestToMetadata(request),
    }),
  )
  return request.to.map((number) =>
    transmissionIdOf({ key, destination: bareNumber(number) ?? number, putAt }),
  )
}

function recordOf(id: string): Promise<TransmissionRecord | undefined> {
  return makeGetTransmission(dynamoDb, gateway.ledgerTable)(id)
}

function endOf(id: string): Promise<TransmissionRecord> {
  return waitFor(async () => {
    const record = await recordOf(id)
    return record !== undefined && hasTransmissionEnded(record) ? record : undefined
  })
}

async function send(to: string, pdf?: Uint8Array | string): Promise<TransmissionRecord> {
  const [id = ''] = await put(pdf ?? (await textPdf(2)), { to: [to], notify: ['ann@example.org'] })
  return endOf(id)
}

async function allMails() {
  const names = (await readdir(gateway.folders.mail)).filter((name) => name.endsWith('.eml'))
  return Promise.all(
    names.map(async (name) => PostalMime.parse(await readFile(join(gateway.folders.mail, name)))),
  )
}

async function mailsAbout(id: string) {
  return (await allMails()).filter(({ headers }) =>
    headers.some(({ key, value }) => key === 'x-faxlane-transmission-id' && value === id),
  )
}

function mailAbout(id: string) {
  return waitFor(async () => (await mailsAbout(id))[0])
}

describe('the command', () => {
  const file = () => join(home, 'letter.pdf')
  beforeAll(async () => writeFile(file(), await textPdf(1)))

  it('sends, and follows to the end', async () => {
    const { exitCode, stdout, stderr } = await faxlane(
      ['send', '--home', home, '--to', '01 40 00 00 60', '--wait', file()],
      home,
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const lines = stdout.toString().trimEnd().split('\n')
    expect(lines.at(-1)).toMatch(/^\d\d:\d\d:\d\d {2}0140000060 {2}sent: 1 page in 42 s, station THEIR FAX$/)
  })

  it('says why not, and that it was not', async () => {
    const { exitCode, stdout } = await faxlane(
      ['send', '--home', home, '--to', '0899123456', '--wait', file(), file()],
      home,
    )
    expect(exitCode).toBe(1)
    expect(stdout.toString()).toContain('refused: 0899123456 is a premium number')
  })

  it('gives the ids at once; show and cancel take them', async () => {
    const sent = await faxlane(
      ['send', '--home', home, '--to', '0140000070', '--at', '+1d', '--json', file()],
      home,
    )
    const { id } = JSON.parse(sent.stdout.toString())
    await waitFor(async () => (await recordOf(id))?.state === 'waiting' || undefined)
    const shown = await faxlane(['show', '--home', home, id], home)
    expect(shown.stdout.toString()).toMatch(/waiting {2}1 page, not before \d{4}/)
    expect(await faxlane(['cancel', '--home', home, id], home)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await endOf(id)).toMatchObject({ state: 'canceled', reason: 'Canceled by faxlane cancel.' })
    const listed = await faxlane(['sent', '--home', home, '--to', '01 40 00 00 70'], home)
    expect(listed.stdout.toString()).toMatch(new RegExp(`0140000070 +1 +canceled +${id}`))
    const again = await faxlane(['cancel', '--home', home, id], home)
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has ended: canceled') })
    expect(agent.attempts.filter(({ job }) => job.transmissionId === id)).toEqual([])
  })
})

describe('the HTTP endpoint', () => {
  const ask = async (path: string, options: Parameters<typeof signedFetch>[2] = {}) => {
    const response = await signedFetch(gateway, `${gateway.faxesUrl}${path}`, options)
    const body: unknown = await response.json()
    return { status: response.status, body }
  }
  const post = async (changes: object = {}, headers: Record<string, string> = {}) => {
    const document = Buffer.from(await textPdf(1)).toString('base64')
    return ask('', {
      method: 'POST',
      headers,
      body: JSON.stringify({ to: ['0140000080'], document, ...changes }),
    })
  }

  const idOf = (body: unknown) => transmissionsSchema.parse(body).transmissions[0]?.id ?? ''

  it('lets in nobody who does not sign', async () => {
    expect((await fetch(gateway.faxesUrl)).status).toBe(403)
    const forged = { ...gateway, credentials: { ...gateway.credentials, secretAccessKey: 'x' } }
    expect((await signedFetch(forged, gateway.faxesUrl)).status).toBe(403)
  })

  it('takes a fax, says how it goes on, and lists it', async () => {
    const { status, body } = await post({ to: ['01 40 00 00 80', '0140000081'], notify: ['ann@example.org'] })
    expect(status).toBe(202)
    const id = idOf(body)
    expect(transmissionsSchema.strict().parse(body).transmissions).toMatchObject([
      { state: 'accepted', to: '0140000080', sender: 'arn:aws:iam::000000000000:user/local' },
      { state: 'accepted', to: '0140000081' },
    ])
    await endOf(id)
    const one = await ask(`/${id}`)
    expect(one).toMatchObject({
      status: 200,
      body: { state: 'sent', pages: 1, pagesSent: 1, attempts: [{ cause: 'sent' }] },
    })
    transmissionViewSchema.parse(one.body)
    const list = await ask('?to=0140000080&limit=1')
    expect(listSchema.parse(list.body).transmissions).toMatchObject([{ id }])
    expect(await ask('?state=nonsense')).toMatchObject({ status: 400 })
    expect(await ask('/20261125T092825Z-9pncjvmdn1vq')).toMatchObject({ status: 404 })
    expect(await ask(`/${id}`, { method: 'PUT' })).toMatchObject({ status: 405 })
  })

  it('takes a request once, however often its key comes', async () => {
    const key = { 'idempotency-key': 'once' }
    // The same bytes: a PDF has the second in it in which it was made.
    const document = Buffer.from(await textPdf(1)).toString('base64')
    const first = await post({ document }, key)
    const again = await post({ document }, key)
    expect(first.status).toBe(202)
    expect(idOf(again.body)).toBe(idOf(first.body))
    await endOf(idOf(first.body))
    expect(await post({ to: ['0140000082'] }, key)).toMatchObject({ status: 422 })
  })

  it('refuses all numbers where it refuses one, and says which', async () => {
    const { status, body } = await post({ to: ['0140000080', '0899123456'] })
    expect(status).toBe(422)
    expect(errorSchema.parse(body).problems).toEqual([
      { to: '0899123456', reason: expect.stringContaining('premium') },
    ])
    expect(await post({ document: '???' })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('document') },
    })
    expect(await post({ outbound: 'sales' })).toMatchObject({ status: 403 })
    expect(await ask('', { method: 'POST', body: '{' })).toMatchObject({ status: 400 })
  })

  it('cancels what is not dialled yet, and nothing else', async () => {
    const at = new Date(Date.now() + 3_600_000).toISOString()
    const { body } = await post({ at })
    const id = idOf(body)
    expect(await ask(`/${id}`, { method: 'DELETE' })).toMatchObject({
      status: 200,
      body: { state: 'canceled' },
    })
    expect(await ask(`/${id}`, { method: 'DELETE' })).toMatchObject({ status: 200 })
    const sent = await post()
    await endOf(idOf(sent.body))
    expect(await ask(`/${idOf(sent.body)}`, { method: 'DELETE' })).toMatchObject({
      status: 409,
      body: { error: 'It has ended: sent.' },
    })
  })
})

describe('a mail to NUMBER@domain', () => {
  /** Every mail that went out to an address, once there are so many. */
  const answersTo = (address: string, count = 1) =>
    waitFor(async () => {
      const mails = await allMails()
      const found = mails.filter(({ to }) => to?.some((one) => one.address === address))
      return found.length >= count ? found : undefined
    })

  async function mail(from: string, to: string[], parts: object, verdicts: IncomingMail['verdicts'] = {}) {
    const composer = new MailComposer({ from, to, subject: 'A letter', ...parts })
    const raw = await composer.compile().build()
    await receiveMail(gateway, { raw, recipients: to, source: from, verdicts })
  }

  const pdf = async () => ({ filename: 'letter.pdf', content: Buffer.from(await textPdf(1)) })

  it('is sent, attachments in their order, and answered', async () => {
    await mail('bob@example.com', ['0140000090@fax.example.org'], {
      text: 'see there',
      attachments: [await pdf(), await pdf()],
    })
    const [answer] = await answersTo('bob@example.com')
    expect(answer?.subject).toBe('Fax sent to 0140000090')
    expect(answer?.text).toContain('Pages: 2 of 2')
    expect(answer?.text).toContain('Sent by: bob@example.com')
  })

  it('is sent as its own text where it has no attachment', async () => {
    await mail('carol@example.com', ['+33140000090@fax.example.org', '0140000093@fax.example.org'], {
      text: `Bonjour été\n\n${'Ligne. '.repeat(2000)}`,
    })
    const answers = await answersTo('carol@example.com', 2)
    expect(answers.map(({ subject }) => subject).sort()).toEqual([
      'Fax NOT sent to 0140000093',
      'Fax sent to 0140000090',
    ])
    expect(answers.find(({ subject }) => subject?.startsWith('Fax sent'))?.text).toMatch(
      /Pages: [3-9] of [3-9]/,
    )
  })

  it.each([
    [
      'an attachment that is no PDF',
      'dan@example.com',
      { attachments: [{ filename: 'a.docx', content: 'x' }] },
      'a.docx is none',
    ],
    ['nothing in it', 'eve@example.com', { text: ' ' }, 'neither a PDF nor a text'],
    ['letters that no fax can show', 'fay@example.com', { text: 'Привет' }, 'attachment'],
    ['a sender who may not send', 'mallory@example.net', { text: 'x' }, 'may not send'],
  ])('is refused for %s, and answered', async (_, from, parts, words) => {
    await mail(from, ['0140000090@fax.example.org'], parts)
    const [answer] = await answersTo(from)
    expect(answer?.subject).toBe('Fax NOT sent to 0140000090')
    expect(answer?.text).toContain(words)
  })

  it('is neither sent nor answered where its sender is not proven, or is a machine', async () => {
    const before = agent.attempts.length
    await mail('gil@example.com', ['0140000090@fax.example.org'], { text: 'x' }, { dmarc: 'FAIL' })
    await mail('gil@example.com', ['0140000090@fax.example.org'], { text: 'x' }, { spf: 'GRAY' })
    await mail('gil@example.com', ['0140000090@fax.example.org'], {
      text: 'x',
      headers: { 'Auto-Submitted': 'auto-replied' },
    })
    await mail('hal@example.com', ['0140000090@fax.example.org'], { text: 'after' })
    await answersTo('hal@example.com')
    expect(
      (await allMails()).filter(({ to }) => to?.some(({ address }) => address === 'gil@example.com')),
    ).toEqual([])
    expect(agent.attempts.length).toBe(before + 1)
  })
})

describe('a PDF put under outgoing/', () => {
  it('is sent, and its sender told with a picture of the first page', async () => {
    const record = await send('01 40 00 00 10')
    expect(record).toMatchObject({
      state: 'sent',
      destination: '0140000010',
      attempt: 1,
      rasterised: { pages: 2 },
      history: [{ cause: 'sent', pagesSent: 2, callSeconds: 42, remoteStationId: 'THEIR FAX' }],
    })
    const mail = await mailAbout(record.id)
    expect(mail.subject).toBe('Fax sent to 0140000010')
    expect(mail.to).toMatchObject([{ address: 'ann@example.org' }])
    expect(mail.text).toContain('Duration: 0 min 42 s')
    expect(mail.text).toContain('Remote station: THEIR FAX')
    const picture = mail.attachments[0]?.content as ArrayBuffer
    expect(Buffer.from(picture).subarray(1, 4).toString()).toBe('PNG')
  })

  it('goes to the site as a fax of ours, with what it takes to dial', async () => {
    const { id, documentKey } = await send('0140000020')
    const { job, tiff } = agent.attempts.find(({ job: { transmissionId } }) => transmissionId === id) ?? {}
    expect(job).toMatchObject({
      site: 'paris',
      callerNumber: '0140000000',
      resolution: 'fine',
      ecm: true,
      key: `transmit/paris/${id}.tif`,
    })
    expect(job).not.toHaveProperty('header')
    const { pages } = convertTiffToPdf(tiff ?? new Uint8Array(), { faxId: id, receivedAt: new Date() })
    expect(pages.map(({ widthPixels, yDpi }) => [widthPixels, yDpi])).toEqual([
      [1728, 196],
      [1728, 196],
    ])
    expect(documentKey).toMatch(/^outgoing\/paris\//)
  })

  it('to several numbers is several transmissions of one document', async () => {
    const ids = await put(await textPdf(1), { to: ['0140000030', '0140000033'] })
    const records = await Promise.all(ids.map(endOf))
    expect(records.map(({ state }) => state)).toEqual(['sent', 'failed'])
    expect(records[0]?.documentKey).toBe(records[1]?.documentKey)
  })

  it.each([
    ['busy is dialled again until it is sent', '0140000001', 'sent', ['busy', 'busy', 'sent']],
    ['whose line breaks is sent slower, without error correction', '0140000002', 'sent', ['line', 'sent']],
    ['that does not exist is dialled once', '0140000003', 'failed', ['unallocated']],
    ['that may have had it is not dialled again', '0140000004', 'unknown', ['unknown']],
    [
      'that never answers is dialled as often as the table says',
      '0140000005',
      'failed',
      ['no-answer', 'no-answer', 'no-answer'],
    ],
  ])('to a number %s', async (_, number, state, causes) => {
    const record = await send(number)
    expect(record.state).toBe(state)
    expect(record.history.map(({ cause }) => cause)).toEqual(causes)
    const dialled = agent.attempts.filter(({ job }) => job.transmissionId === record.id)
    expect(dialled.map(({ job }) => job.attempt)).toEqual(causes.map((__, index) => index + 1))
    if (causes[0] === 'line') expect(dialled[1]?.job).toMatchObject({ ecm: false, maxRate: 9600 })
    expect((await mailAbout(record.id)).subject).toContain(number)
  })

  it.each([
    ['that is none', '0140000006', 'not a PDF at all', /PDF/],
    ['to a number abroad', '+49301234567', undefined, /international/],
    ['to a premium number', '0899123456', undefined, /premium/],
  ])('%s is refused, its sender told, and nothing is dialled', async (_, number, pdf, reason) => {
    const record = await send(number, pdf)
    expect(record).toMatchObject({ state: 'refused', reason: expect.stringMatching(reason) })
    const mail = await mailAbout(record.id)
    expect(mail.subject).toMatch(/^Fax NOT sent to/)
    expect(mail.text).toMatch(reason)
    expect(agent.attempts.filter(({ job }) => job.transmissionId === record.id)).toEqual([])
  })
})

describe('a sweep', () => {
  /** Under outgoing/ an hour ago, and S3 told nobody: the files are the local S3's own. */
  async function leaveDocument(key: string, request: SendRequest): Promise<void> {
    const hidden = `transmit/paris/${makeFaxId(new Date(), key)}.pdf`
    const Metadata = requestToMetadata(request)
    await s3.send(
      new PutObjectCommand({ Bucket: gateway.bucket, Key: hidden, Body: await textPdf(1), Metadata }),
    )
    const records = join(home, 'bucket-metadata', gateway.bucket, 'objects')
    const fileOf = (name: string) => join(records, `${name.replaceAll('/', '%2F')}.json`)
    const record = JSON.parse(await readFile(fileOf(hidden), 'utf8'))
    const lastModified = new Date(Date.now() - 3_600_000).toISOString()
    await mkdir(join(gateway.folders.bucket, 'outgoing/paris'), { recursive: true })
    await copyFile(join(gateway.folders.bucket, hidden), join(gateway.folders.bucket, key))
    await writeFile(fileOf(key), JSON.stringify({ ...record, key, lastModified }))
  }

  async function sweep() {
    const lambda = new LambdaClient(gateway)
    const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: 'faxlane-sweep' }))
    lambda.destroy()
    expect(FunctionError).toBeUndefined()
    return sweepReportSchema.parse(JSON.parse(Buffer.from(Payload ?? []).toString()))
  }

  const recordsTo = async (number: string) => {
    const found = []
    const queries = makeDynamoTransmissionQueries(dynamoDb, gateway.ledgerTable)
    for await (const record of queries.to(number)) found.push(record)
    return found
  }

  /** A document that is canceled meanwhile is left behind by no test: else none of any name could be announced for half an hour. */
  it('finds the queue of submit empty', async () => {
    const sqs = new SQSClient(gateway)
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'faxlane-submissions' }))
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
    await waitFor(async () => {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] })
      const { Attributes } = await sqs.send(command)
      return names.every((name) => Attributes?.[name] === '0') || undefined
    })
    sqs.destroy()
  })

  it.each([
    ['by an id', '0140000088', makeFaxId(new Date(Date.now() - 3_600_000), 'lost')],
    ['by a number', '0140000098', '0140000098'],
  ])('sends what nobody was told of, once: a document that is named %s', async (_, number, documentId) => {
    const key = outgoingKey({ site: 'paris', documentId })
    await leaveDocument(key, { to: [number] })
    const report = await sweep()
    expect(report).toMatchObject({ toBeSent: { holds: true, counts: { waiting: 1 } }, findings: [] })
    expect(report.repaired).toMatchObject([{ key }])
    const sent = await waitFor(async () => {
      const [record] = await recordsTo(number)
      return record?.state === 'sent' ? record : undefined
    })
    expect(sent.documentKey).toBe(key)
    const again = { toBeSent: { holds: true, counts: { waiting: 0 } }, repaired: [], findings: [] }
    expect(await sweep()).toMatchObject(again)
    expect(await recordsTo(number)).toHaveLength(1)
  })

  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()

  /** A transmission of five hours ago that has come no further than this. */
  async function leave(name: string, reached: Partial<TransmissionRecord>): Promise<string> {
    const { closedAt: _, ...sent } = await send('0140000010')
    const id = makeFaxId(new Date(hoursAgo(5)), name)
    const environment = { LEDGER_TABLE: gateway.ledgerTable, LEDGER_DAYS: '3653' }
    const left = { ...sent, id, history: [], openedAt: hoursAgo(5), revision: 0, ...reached }
    await makeDynamoTransmissions(dynamoDb, environment).addTransmission(left)
    return id
  }
  const attemptsAt = (id: string) => agent.attempts.filter(({ job }) => job.transmissionId === id).length
  const cancel = (id: string) => faxlane(['cancel', '--home', home, id], home)

  it('hands an attempt to its site whose message is gone', async () => {
    const id = await leave('waiting', { state: 'waiting', nextAttemptAt: hoursAgo(4) })
    expect((await sweep()).repaired).toMatchObject([{ faxId: id }])
    expect((await endOf(id)).state).toBe('sent')
    expect(attemptsAt(id)).toBe(1)
  })

  it('leaves alone what was dialled, and names the command that ends it; its agent is heard when it is back', async () => {
    const id = await leave('dialled', { state: 'dialling', dialledAt: hoursAgo(4) })
    const { findings } = await sweep()
    expect(findings).toEqual([{ faxId: id, what: expect.stringContaining(`faxlane cancel ${id}`) }])
    expect((await recordOf(id))?.state).toBe('dialling')
    const ended = await cancel(id)
    expect({ ...ended, stdout: ended.stdout.toString() }).toMatchObject({
      exitCode: 0,
      stdout: `${id}: it may have gone out, and is not dialled again.\n`,
    })
    expect(await recordOf(id)).toMatchObject({ state: 'unknown', history: [{ cause: 'unknown' }] })
    expect((await mailAbout(id)).subject).toBe('Fax perhaps not sent to 0140000010')
    expect(await sweep()).toMatchObject({ findings: [], repaired: [], toBeSent: { holds: true } })

    const report = { id, attempt: 1, at: hoursAgo(3.9), progress: sent(2) }
    const sqs = new SQSClient(gateway)
    const MessageBody = JSON.stringify({ version: 1, transmission: report })
    await sqs.send(new SendMessageCommand({ QueueUrl: gateway.reportsQueues.paris, MessageBody }))
    sqs.destroy()
    await waitFor(async () => (await recordOf(id))?.state === 'sent' || undefined)
    const mail = await waitFor(async () =>
      (await mailsAbout(id)).find(({ subject }) => subject === 'Fax sent to 0140000010'),
    )
    expect(mail.text).toMatch(/^At first nobody knew.*was sent: 2 pages/s)
    expect(attemptsAt(id)).toBe(0)
  })

  it.each([
    ['is being dialled', { state: 'dialling', dialledAt: hoursAgo(0) }],
    ['is waiting, and claimed by its agent whose first word was lost', { state: 'waiting' }],
  ] as const)(
    'names no command for a fax that %s, and cancel leaves it to its end',
    async (name, reached) => {
      const id = await leave(name, { nextAttemptAt: hoursAgo(0), ...reached })
      const Key = claimKey({ site: 'paris', transmissionId: id, attempt: 1 })
      const claim = { version: 1, agent: 'abcdef12', at: new Date().toISOString() }
      await s3.send(
        new PutObjectCommand({ Bucket: gateway.bucket, Key, Body: JSON.stringify(claim), IfNoneMatch: '*' }),
      )
      expect(await sweep()).toMatchObject({ findings: [], repaired: [] })
      expect(await cancel(id)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('is being dialled'),
      })
      expect((await recordOf(id))?.state).toBe(reached.state)
    },
  )

  it('ends by the same command what waits at a site that has left the table', async () => {
    const id = await leave('gone', { site: 'gone', state: 'waiting', nextAttemptAt: hoursAgo(-10) })
    expect(await cancel(id)).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await recordOf(id))?.state).toBe('canceled')
  })
})

it('no number is in the log of the functions', async () => {
  const log = await readFile(gateway.folders.functionsLog, 'utf8')
  expect(log).toContain('"event":"sweep"')
  expect(log.split('\n').filter((line) => /01400000|1400000|899123456/.test(line))).toEqual([])
})
