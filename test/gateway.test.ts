import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faxlane } from '../cli/testing.ts'
import { openDelivery } from '../functions/ledger/delivery-transitions.ts'
import { makeDynamoLedger } from '../functions/ledger/dynamo-ledger.ts'
import type { Access } from '../local/aws/iam/authorizer.ts'
import { hasEnded } from '../local/follow/changes.ts'
import { makeLedgerReader } from '../local/follow/ledger-reader.ts'
import { type Gateway, startGateway } from '../local/gateway.ts'
import type { Submission } from '../local/samples.ts'
import { makeSubmit } from '../local/submit.ts'
import { ensureSynthesized } from '../local/synth/ensure-synthesized.ts'
import { writeTiff } from '../shared/conversion/testing/tiff-writer.ts'
import { makeFaxId } from '../shared/fax-id.ts'
import type { Report } from '../shared/messages.ts'
import { delivered } from '../shared/outcome.ts'
import { localTime } from '../shared/routing-table/local-time.ts'
import { sweepReportSchema } from '../shared/sweep-report.ts'
import { waitFor } from './wait-for.ts'

const projectFolder = fileURLToPath(new URL('..', import.meta.url))
const sample = (name: string) => join(projectFolder, 'test/samples', name)
const FAX: Submission = {
  file: sample('text-std-ecm.tif'),
  from: '0478123456',
  to: '100',
  stationId: '$(id)`id`|x\r\nforged',
}

let home: string
let gateway: Gateway
const accesses: Access[] = []

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'faxlane-gateway-'))
  const config = join(projectFolder, 'test/routing-tables/gateway.conf')
  const { assemblyFolder } = await ensureSynthesized({ projectFolder, config, onProgress: () => {} })
  // A wait of a minute becomes one of 30 ms.
  gateway = await startGateway({
    homeFolder: home,
    assemblyFolder,
    delayDivisor: 2000,
    onAccess: (access) => accesses.push(access),
  })
  const secrets = new SecretsManagerClient(gateway)
  await secrets.send(new PutSecretValueCommand({ SecretId: 'faxlane/down', SecretString: 'a password' }))
  secrets.destroy()
}, 180_000)

afterAll(async () => {
  await gateway.close()
  await rm(home, { recursive: true, force: true })
})

/** Sends a fax as the edge agent does, and waits until nothing more will happen to it. */
async function deliver(submission: Submission) {
  const { fax: faxId } = await makeSubmit(gateway, (key) => key)(submission)
  return { faxId, ...(await ended(faxId)) }
}

function ended(faxId: string) {
  const readStory = makeLedgerReader(gateway)
  return waitFor(async () => {
    const story = await readStory(faxId)
    return hasEnded(story) ? story : undefined
  })
}

async function mailsOf(faxId: string) {
  const names = (await readdir(gateway.folders.mail)).filter((name) => name.endsWith('.eml'))
  const mails = await Promise.all(
    names.map(async (name) => ({
      name,
      mail: await PostalMime.parse(await readFile(join(gateway.folders.mail, name))),
    })),
  )
  return mails.filter(({ mail }) =>
    mail.headers.some(({ key, value }) => key === 'x-faxlane-fax-id' && value === faxId),
  )
}

async function noticesOf(faxId: string) {
  const names = (await readdir(gateway.folders.mail)).filter((name) => name.endsWith('.eml'))
  const mails = await Promise.all(
    names.map(async (name) => PostalMime.parse(await readFile(join(gateway.folders.mail, name)))),
  )
  return mails.filter(({ headers, text }) =>
    Boolean(headers.some(({ key }) => key === 'x-faxlane-notice') && text?.includes(faxId)),
  )
}

/** The receipt of a delivery that arrived. */
function receiptOf({ deliveries }: Awaited<ReturnType<typeof deliver>>, backend: string): string {
  const result = deliveries.find((delivery) => delivery.backend === backend)?.history.at(-1)?.result
  return result?.outcome === 'delivered' ? result.receipt : `not delivered: ${JSON.stringify(result)}`
}

describe('a fax that a PBX received', () => {
  let story: Awaited<ReturnType<typeof deliver>>
  let pdf: Buffer
  let tiff: Buffer

  beforeAll(async () => {
    story = await deliver(FAX)
    tiff = await readFile(FAX.file)
    pdf = await readFile(join(gateway.folders.bucket, story.fax?.pdfKey ?? ''))
  })

  it('reaches every backend of its number', () => {
    expect(story.fax).toMatchObject({
      state: 'routed',
      pages: 1,
      site: 'paris',
      facts: { destination: '100' },
    })
    expect(story.deliveries.map(({ backend, state, attempts }) => [backend, state, attempts]).sort()).toEqual(
      ['ftp_archive', 'ftp_tiff', 'log', 'mail', 'printer_lyon', 'printer_paris'].map((backend) => [
        backend,
        'delivered',
        1,
      ]),
    )
  })

  it('is kept as it was received', async () => {
    expect(await readFile(join(gateway.folders.bucket, story.fax?.tiffKey ?? ''))).toEqual(tiff)
  })

  it('comes as a mail that a mail reader understands', async () => {
    const [{ mail } = {}] = await mailsOf(story.faxId)
    expect(mail?.subject).toBe('Fax für 100 von 0478123456, 1 Seite(n)')
    expect(mail?.from).toMatchObject({ address: 'fax@example.org', name: 'Télécopies' })
    expect(mail?.to?.map(({ address }) => address)).toEqual(['office@example.org', 'archive@example.org'])
    const [attachment] = mail?.attachments ?? []
    expect(attachment?.mimeType).toBe('application/pdf')
    expect(attachment?.filename).toMatch(/^100-0478123456-\d{10}-[0-9a-z]{6}\.pdf$/)
    expect(Buffer.from(attachment?.content as ArrayBuffer)).toEqual(pdf)
  })

  it('lies whole on both FTP servers, under its name alone', async () => {
    const archived = new URL(receiptOf(story, 'ftp_archive'))
    expect(archived.pathname).toMatch(/^\/in\/faxes\/100-0478123456-\d{10}-[0-9a-z]{6}\.pdf$/)
    const folder = join(gateway.folders.ftp, 'ftp.archive.example')
    expect(await readFile(join(folder, archived.pathname))).toEqual(pdf)
    expect(await readdir(join(folder, 'in/faxes'))).toHaveLength(1)
    const [name = ''] = await readdir(join(gateway.folders.ftp, 'ftp.tiff.example'))
    expect(await readFile(join(gateway.folders.ftp, 'ftp.tiff.example', name))).toEqual(tiff)
  })

  it('is printed at both sites, as PDF and as TIFF', async () => {
    expect(await readFile(receiptOf(story, 'printer_paris'))).toEqual(pdf)
    expect(await readFile(receiptOf(story, 'printer_lyon'))).toEqual(tiff)
  })

  it('is one line of the log, in which the station ID stays text', async () => {
    const { date, time } = localTime(new Date(story.fax?.facts.receivedAt ?? ''), 'Europe/Paris')
    expect(await readFile(join(gateway.folders.log, 'log.log'), 'utf8')).toContain(
      `${date} ${time} 0478123456 > 100 $(id)\`id\`|x\\u{d}\\u{a}forged 100%\n`,
    )
  })

  it('of which the call broke off says so to whoever gets it, and is found by that', async () => {
    const broken = await deliver({ ...FAX, error: 'Lost carrier in page 2' })
    const name = /^100-0478123456-\d{10}-[0-9a-z]{6}-incomplete\.pdf$/
    const [{ mail } = {}] = await mailsOf(broken.faxId)
    // In the language of [notices].
    expect(mail?.subject).toBe('Appel interrompu : Fax für 100 von 0478123456, 1 Seite(n)')
    expect(mail?.text).toMatch(/^L’appel a été interrompu ; il peut donc manquer des pages à la fin\./)
    expect(mail?.attachments[0]?.filename).toMatch(name)
    expect(new URL(receiptOf(broken, 'ftp_archive')).pathname.split('/').at(-1)).toMatch(name)
    const notice = await waitFor(async () => (await noticesOf(broken.faxId))[0])
    expect(notice.text).toContain('Réponse du PBX : « FAILED, Lost carrier in page 2 ».')
    const { stdout } = await faxlane(['list', '--state', 'damaged', '--json', '--home', home], home)
    expect(String(stdout)).toContain(broken.faxId)
  })

  it('is delivered once, however often S3 tells of it', async () => {
    const before = await makeLedgerReader(gateway)(story.faxId)
    const event = await readFile(new URL('../events/s3-object-created.json', import.meta.url), 'utf8')
    const body = event.replace(/"key": "[^"]*"/, `"key": ${JSON.stringify(story.fax?.tiffKey)}`)
    const sqs = new SQSClient(gateway)
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'faxlane-arrivals' }))
    for (let time = 0; time < 3; time += 1)
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }))
    // What was sent after the duplicates has gone through, so they have as well.
    await deliver({ ...FAX, stationId: 'after' })
    expect(await mailsOf(story.faxId)).toHaveLength(1)
    expect(await makeLedgerReader(gateway)(story.faxId)).toEqual(before)
    sqs.destroy()
  })
})

describe('a fax that is too large for a mail', () => {
  it('is mailed as a link, which leads to the PDF and to nothing else', async () => {
    const file = join(home, 'large.tif')
    await writeFile(file, largeFax())
    const { faxId, fax } = await deliver({ ...FAX, file })
    const [{ mail } = {}] = await mailsOf(faxId)
    expect(mail?.attachments).toEqual([])
    const [link = ''] = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(mail?.text ?? '') ?? []
    const answer = await fetch(link)
    expect(answer.headers.get('content-type')).toBe('application/pdf')
    const pdf = await readFile(join(gateway.folders.bucket, fax?.pdfKey ?? ''))
    expect(Buffer.from(await answer.arrayBuffer()).equals(pdf)).toBe(true)
    expect((await fetch(`${link}x`)).status).toBe(404)
  })
})

/** Four pages of the densest rows that T.4 knows: every other pixel black, nine bits a pair. */
function largeFax(): Uint8Array {
  const pairs = '000111010'.repeat(1728 / 2)
  const row = Uint8Array.from(pairs.match(/.{8}/g) ?? [], (bits) => Number.parseInt(bits, 2))
  const heightPixels = 2200
  const strip = new Uint8Array(Buffer.concat(Array.from({ length: heightPixels }, () => row)))
  const resolution = { 282: { rational: 204 }, 283: { rational: 196 }, 296: 2 }
  const tags = {
    256: 1728,
    257: heightPixels,
    258: 1,
    259: 3,
    262: 0,
    277: 1,
    278: heightPixels,
    292: 0,
    ...resolution,
  }
  return writeTiff(Array.from({ length: 4 }, () => ({ tags, segments: [strip] })))
}

describe('a sweep', () => {
  it('finds every fax of this gateway on record, and each in one of six standings', async () => {
    const lambda = new LambdaClient(gateway)
    const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: 'faxlane-sweep' }))
    lambda.destroy()
    expect(FunctionError).toBeUndefined()
    const report = sweepReportSchema.parse(JSON.parse(Buffer.from(Payload ?? []).toString()))
    expect(report).toMatchObject({ holds: true, findings: [], repaired: [] })
    const incoming = await readdir(join(gateway.folders.bucket, 'incoming/paris'))
    expect(report.received).toBe(incoming.filter((name) => name.endsWith('.tif')).length)
  })
})

describe('what goes wrong', () => {
  it('with one backend leaves the others alone, is tried again, and ends on record', async () => {
    const { deliveries } = await deliver({ ...FAX, to: '200' })
    const states = Object.fromEntries(deliveries.map(({ backend, state }) => [backend, state]))
    expect(states).toEqual({
      ftp_down: 'failed',
      // In its place.
      ftp_archive: 'delivered',
      mail: 'delivered',
      log: 'delivered',
    })
    const down = deliveries.find(({ backend }) => backend === 'ftp_down')
    expect(down?.attempts).toBe(8)
    expect(down?.history.at(-1)?.result).toMatchObject({ outcome: 'retry', code: 'ECONNREFUSED' })
  })

  it('is told to the operator once, with the fax as it was received', async () => {
    const { faxId } = await deliver({ ...FAX, to: '998' })
    const notice = await waitFor(async () => (await noticesOf(faxId))[0])
    expect(notice?.subject).toBe('Fax sans destinataire pour le 998 (1)')
    const [link = ''] = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(notice?.text ?? '') ?? []
    expect(Buffer.from(await (await fetch(link)).arrayBuffer())).toEqual(await readFile(FAX.file))
  })

  it('with the number is recorded as unrouted, and the PDF is there', async () => {
    const { fax, deliveries } = await deliver({ ...FAX, to: '999' })
    expect(fax).toMatchObject({ state: 'unrouted', reason: expect.stringContaining('dstnum_999') })
    expect(deliveries).toEqual([])
    expect(await readFile(join(gateway.folders.bucket, fax?.pdfKey ?? ''))).toBeInstanceOf(Buffer)
  })

  it('with a file that is no TIFF is recorded as refused, and the file is kept', async () => {
    const file = fileURLToPath(import.meta.url)
    const { fax } = await deliver({ ...FAX, file })
    expect(fax).toMatchObject({ state: 'refused', reason: expect.stringMatching(/byte 0/) })
    expect(await readFile(join(gateway.folders.bucket, fax?.tiffKey ?? ''))).toEqual(await readFile(file))
  })
})

describe('a request for data protection', () => {
  const NUMBER = '0499999999'

  it('is answered by faxlane forget: files, number and station ID go, the count stays, and it is written down', async () => {
    const { faxId, fax } = await deliver({ ...FAX, from: NUMBER })
    const forget = (...words: string[]) =>
      faxlane(['forget', NUMBER, '--json', '--home', home, ...words], home)
    const asked = await forget()
    expect(JSON.parse(asked.stdout.toString())).toMatchObject({
      done: false,
      receptions: 1,
      objectVersions: 0,
    })
    expect(await readFile(join(gateway.folders.bucket, fax?.tiffKey ?? ''))).toBeInstanceOf(Buffer)

    const done = await forget('--yes', '--by', 'the DPO')
    expect({ exitCode: done.exitCode, stderr: done.stderr }).toEqual({ exitCode: 0, stderr: '' })
    const report = JSON.parse(done.stdout.toString())
    // TIFF, PDF, and a copy for each of two printers; the one that takes a TIFF has a PDF beside it.
    expect(report).toMatchObject({ done: true, receptions: 1, underWay: [], objectVersions: 5 })
    expect(report.outOfReach).toMatchObject({ mail: 1, ftp_archive: 1, printer_paris: 1, log: 1 })

    const story = await makeLedgerReader(gateway)(faxId)
    expect(story.fax).toMatchObject({ state: 'routed', pages: 1, forgottenAt: expect.any(String) })
    expect(JSON.stringify(story)).not.toContain(NUMBER)
    expect(JSON.stringify(story)).not.toContain('forged')
    const files = await readdir(gateway.folders.bucket, { recursive: true })
    expect(files.filter((name) => name.includes(faxId))).toEqual([])

    const again = await forget('--yes')
    expect(JSON.parse(again.stdout.toString())).toMatchObject({ receptions: 0, objectVersions: 0 })
    const notes = await notesOfThisYear()
    expect(notes).toContainEqual(
      expect.objectContaining({ number: { S: '***999' }, by: { S: 'the DPO' }, receptions: { N: '1' } }),
    )
    expect(JSON.stringify(notes)).not.toContain(NUMBER)
  })
})

async function notesOfThisYear() {
  const dynamoDb = new DynamoDBClient({ ...gateway, endpoint: gateway.dynamoDbEndpoint })
  const { Items = [] } = await dynamoDb.send(
    new QueryCommand({
      TableName: gateway.ledgerTable,
      KeyConditionExpression: 'pk = :year',
      ExpressionAttributeValues: { ':year': { S: `FORGOTTEN#${new Date().getUTCFullYear()}` } },
    }),
  )
  dynamoDb.destroy()
  return Items
}

describe('a report', () => {
  it('of another site ends no print job, and is told of; that of its own does', async () => {
    const dynamoDb = new DynamoDBClient({ ...gateway, endpoint: gateway.dynamoDbEndpoint })
    const sqs = new SQSClient(gateway)
    const ledger = makeDynamoLedger(dynamoDb, { LEDGER_TABLE: gateway.ledgerTable, LEDGER_DAYS: '3653' })
    const faxId = makeFaxId(new Date(), 'a job that is not on paper yet')
    const printer = { name: 'printer_paris', kind: 'printer', site: 'paris' }
    await ledger.addDelivery(openDelivery(faxId, printer, new Date()))
    const report: Report = {
      version: 1,
      faxId,
      backend: printer.name,
      at: new Date().toISOString(),
      outcome: delivered('office-1', 'printed'),
    }
    const send = (QueueUrl: string | undefined) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(report) }))
    await send(gateway.reportsQueues.lyon)
    const told = await waitFor(async () => {
      const lines = (await readFile(gateway.folders.functionsLog, 'utf8')).split('\n')
      return lines.find((line) => line.includes('report refused') && line.includes(faxId))
    })
    expect(told).toContain('site lyon')
    expect(await ledger.getDelivery(faxId, printer.name)).toMatchObject({ state: 'waiting', revision: 0 })
    await send(gateway.reportsQueues.paris)
    const isDelivered = async () => (await ledger.getDelivery(faxId, printer.name))?.state === 'delivered'
    await waitFor(async () => (await isDelivered()) || undefined)
    for (const client of [dynamoDb, sqs]) client.destroy()
  })
})

describe('all of it, with the rights of the deployed roles alone', () => {
  it('asks for nothing that a role does not allow', () => {
    expect(accesses.filter(({ allowed }) => !allowed)).toEqual([])
  })

  it('is asked of IAM call by call: each function is there, by the actions that its work is', () => {
    const asked = new Map<string, Set<string>>()
    for (const { principal, action } of accesses) {
      if (principal === 'owner') continue
      asked.set(principal, (asked.get(principal) ?? new Set()).add(action))
    }
    const actionsOf = (name: string) => [...(asked.get(`faxlane-${name}`) ?? [])]
    expect(actionsOf('receive')).toEqual(
      expect.arrayContaining(['s3:GetObject', 's3:PutObject', 'dynamodb:PutItem', 'sqs:SendMessage']),
    )
    expect(actionsOf('deliver-mail')).toEqual(expect.arrayContaining(['s3:GetObject', 'ses:SendRawEmail']))
    expect(actionsOf('deliver-ftp')).toEqual(
      expect.arrayContaining(['s3:GetObject', 'secretsmanager:GetSecretValue', 'sqs:SendMessage']),
    )
    expect(actionsOf('deliver-log')).toEqual(expect.arrayContaining(['logs:PutLogEvents']))
    expect(actionsOf('settle')).toEqual(expect.arrayContaining(['dynamodb:GetItem', 'dynamodb:PutItem']))
    // The one that signs for others: who follows the link acts in its name.
    expect(actionsOf('download')).toEqual(expect.arrayContaining(['dynamodb:GetItem', 's3:GetObject']))
  })
})
