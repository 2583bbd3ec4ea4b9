import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  SESClient,
  SendEmailCommand,
  SendRawEmailCommand,
  type SendRawEmailCommandInput,
} from '@aws-sdk/client-ses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorOf, startTestStandIn, type TestStandIn } from '../testing.ts'

let running: TestStandIn
let ses: SESClient

beforeAll(async () => {
  running = await startTestStandIn()
  ses = new SESClient(running.client)
})
afterAll(() => running.end())

const send = (mail: string | Buffer, envelope: Partial<SendRawEmailCommandInput> = {}) =>
  ses.send(
    new SendRawEmailCommand({
      Source: 'fax@example.org',
      Destinations: ['office@example.org'],
      RawMessage: { Data: Buffer.from(mail) },
      ...envelope,
    }),
  )
const mailFile = (name: string) => readFileSync(join(running.homeFolder, 'mail', name))

test('a mail is kept byte for byte, but for Message-ID and Date', async () => {
  const body = Buffer.concat([
    Buffer.from('\r\nÀ la carte + & =\n.\r\n'),
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  ])
  const header =
    'From: fax@example.org\r\nMESSAGE-ID:\r\n <folded@example.org>\r\nSubject: a\r\n\tfolded one\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\nTo: x@example.org\r\n'
  const { MessageId } = await send(Buffer.concat([Buffer.from(header), body]))
  expect(MessageId).toMatch(
    /^0102[0-9a-f]{12}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-000000$/,
  )
  const stamped = `From: fax@example.org\r\nMessage-ID: <${MessageId}@eu-west-1.amazonses.com>\r\nSubject: a\r\n\tfolded one\r\nDate: Sat, 31 Jan 2026 12:00:00 +0000\r\nTo: x@example.org\r\n`
  expect(mailFile(`${MessageId}.eml`).equals(Buffer.concat([Buffer.from(stamped), body]))).toBe(true)
})

test('a mail without Message-ID and Date gets them; a body that looks like a header stays as it is', async () => {
  const { MessageId } = await send('From: fax@example.org\n\nMessage-ID: <body>\n')
  expect(mailFile(`${MessageId}.eml`).toString()).toBe(
    `From: fax@example.org\nMessage-ID: <${MessageId}@eu-west-1.amazonses.com>\r\nDate: Sat, 31 Jan 2026 12:00:00 +0000\r\n\nMessage-ID: <body>\n`,
  )
})

test('the envelope stands beside the mail', async () => {
  const Destinations = ['a@example.org', 'Büro <b+c@example.org>']
  const { MessageId } = await send('From: fax@example.org\r\nBcc: hidden@example.org\r\n\r\n', {
    Source: 'Fax <bounces@example.org>',
    Destinations,
  })
  expect(JSON.parse(mailFile(`${MessageId}.json`).toString())).toEqual({
    source: 'Fax <bounces@example.org>',
    destinations: Destinations,
    acceptedAt: '2026-01-31T12:00:00.000Z',
  })
})

describe('refused, and nothing kept:', () => {
  const mail = 'From: fax@example.org\r\n\r\nbody'
  const recipients = Array.from({ length: 51 }, (_, number) => `a${number}@example.org`)
  test.each<[string, string | Buffer, Partial<SendRawEmailCommandInput>, string, string]>([
    ['51 recipients', mail, { Destinations: recipients }, 'MessageRejected', 'Recipient count exceeds 50.'],
    [
      'over 10 MB',
      Buffer.concat([Buffer.from(mail), Buffer.alloc(10 * 1024 * 1024 + 1 - mail.length)]),
      {},
      'InvalidParameterValue',
      "Message length is more than 10485760 bytes long: '10485761'.",
    ],
    ['no From', 'To: a@example.org\r\n\r\n', {}, 'InvalidParameterValue', "Missing required header 'From'."],
    [
      'two subjects',
      'From: a@example.org\r\nSubject: 1\r\nsubject: 2\r\n\r\n',
      {},
      'InvalidParameterValue',
      "Duplicate header 'Subject'.",
    ],
    [
      'a line that is no header',
      'From: a@example.org\r\nno header\r\n\r\n',
      {},
      'InvalidParameterValue',
      'Invalid MIME header: "no header".',
    ],
    [
      'a recipient without a domain',
      mail,
      { Destinations: ['office'] },
      'InvalidParameterValue',
      "Missing final '@domain'",
    ],
    [
      'a recipient with a line break',
      mail,
      { Destinations: ['a\r\nBcc: b@example.org'] },
      'InvalidParameterValue',
      'Local address contains control or whitespace',
    ],
    [
      'a sender outside ASCII',
      mail,
      { Source: 'büro@example.org' },
      'InvalidParameterValue',
      'Local address contains non-ASCII characters',
    ],
    [
      'a domain that is none',
      mail,
      { Source: 'a@exa_mple..org' },
      'InvalidParameterValue',
      'Domain contains illegal character',
    ],
  ])('%s', async (_, raw, envelope, code, message) => {
    const before = readdirSync(join(running.homeFolder, 'mail'))
    expect(await errorOf(send(raw, envelope))).toMatchObject({
      name: code,
      message,
      $metadata: { httpStatusCode: 400 },
    })
    expect(readdirSync(join(running.homeFolder, 'mail'))).toEqual(before)
  })

  test('10 MB and 50 recipients are not', async () => {
    await send(Buffer.concat([Buffer.from(mail), Buffer.alloc(10 * 1024 * 1024 - mail.length)]), {
      Destinations: recipients.slice(1),
    })
  })
})

test('what is not SendRawEmail is not known', async () => {
  const error = await errorOf(
    ses.send(
      new SendEmailCommand({
        Source: 'a@example.org',
        Destination: {},
        Message: { Subject: { Data: 's' }, Body: {} },
      }),
    ),
  )
  expect(error).toMatchObject({
    name: 'InvalidAction',
    message: expect.stringContaining('does not know SES SendEmail'),
  })
  expect(running.told.at(-1)).toContain('does not know SES SendEmail')
})
