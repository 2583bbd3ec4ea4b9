import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { SESClient } from '@aws-sdk/client-ses'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { MailMessage } from './compose.ts'
import { outcomeOfSesError } from './ses-answers.ts'
import { makeSesClient, makeSesMailer } from './ses-mailer.ts'

const MESSAGE: MailMessage = {
  tags: { fax: 'the-fax' },
  source: 'fax@example.org',
  destinations: ['a@example.org', 'b@example.org'],
  raw: Buffer.from('Subject: x\r\n\r\ny'),
}

const open: { close(): unknown }[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
  vi.unstubAllEnvs()
})

/** SES's client against a server on the loopback, through the client's own network code. */
async function sendTo(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  return sendToPort((server.address() as AddressInfo).port)
}

async function sendToPort(port: number) {
  const client = new SESClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 300, throwOnRequestTimeout: true },
  })
  open.push({ close: () => client.destroy() })
  return makeSesMailer(client, 'faxlane')(MESSAGE)
}

function answering(respond: (response: ServerResponse, body: URLSearchParams) => void) {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    respond(response, new URLSearchParams(Buffer.concat(chunks).toString()))
  })
}

function errorXml(response: ServerResponse, status: number, code: string, message: string) {
  response.writeHead(status, { 'content-type': 'text/xml' })
  response.end(
    `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  )
}

test('names sender and recipients itself, and returns the message id', async () => {
  let seen = new URLSearchParams()
  const outcome = await sendTo(
    answering((response, body) => {
      seen = body
      response.writeHead(200, { 'content-type': 'text/xml' })
      response.end(
        '<SendRawEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendRawEmailResult><MessageId>0102-abc</MessageId></SendRawEmailResult></SendRawEmailResponse>',
      )
    }),
  )
  expect(outcome).toMatchObject({ outcome: 'delivered', receipt: '0102-abc' })
  expect(seen.get('Source')).toBe('fax@example.org')
  expect(seen.get('Destinations.member.2')).toBe('b@example.org')
  expect(Buffer.from(seen.get('RawMessage.Data') ?? '', 'base64').toString()).toBe('Subject: x\r\n\r\ny')
})

describe('an answer of SES', () => {
  test.each([
    [400, 'Throttling', 'Maximum sending rate exceeded.', 'retry', false],
    [400, 'Throttling', 'Daily message quota exceeded.', 'retry', false],
    [400, 'TooManyRequestsException', 'Slow down', 'retry', false],
    [429, 'Whatever', 'Slow down', 'retry', false],
    [400, 'AccountSendingPausedException', 'Paused', 'retry', false],
    [403, 'AccessDenied', 'User is not authorized', 'retry', false],
    [500, 'InternalFailure', 'Oops', 'retry', true],
    [503, 'ServiceUnavailable', 'Away', 'retry', true],
    [400, 'MessageRejected', 'Email address is not verified.', 'failed', undefined],
    [400, 'MailFromDomainNotVerifiedException', 'MAIL FROM', 'failed', undefined],
    [400, 'ConfigurationSetDoesNotExist', 'No such set', 'failed', undefined],
    [400, 'ConfigurationSetSendingPausedException', 'Paused', 'failed', undefined],
    [400, 'InvalidParameterValue', 'Missing final &apos;@domain&apos;', 'failed', undefined],
  ])('%i %s %j: %s', async (status, code, message, outcome, maybeDelivered) => {
    const answered = await sendTo(answering((response) => errorXml(response, status, code, message)))
    expect(answered).toMatchObject({ outcome, text: message.replaceAll('&apos;', "'") })
    expect(answered.code).toMatch(code)
    if (maybeDelivered !== undefined) expect(answered).toMatchObject({ maybeDelivered })
  })

  test('that can not be read leaves open whether the mail went out', async () => {
    const server = answering((response) => response.writeHead(200).end('<SendRawEmailResponse><Send'))
    expect(await sendTo(server)).toMatchObject({ outcome: 'retry', maybeDelivered: true })
  })
})

test('the client asks once a message, over a connection of its own', async () => {
  let requests = 0
  let connections = 0
  const server = answering((response) => {
    requests += 1
    errorXml(response, 503, 'ServiceUnavailable', 'Away')
  }).on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  const sendRaw = makeSesMailer(makeSesClient(), 'faxlane')
  await sendRaw(MESSAGE)
  await sendRaw(MESSAGE)
  expect({ requests, connections }).toEqual({ requests: 2, connections: 2 })
})

describe('no answer of SES', () => {
  test('a refused connection sent nothing', async () => {
    const server = createTcpServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await sendToPort(port)).toMatchObject({
      outcome: 'retry',
      maybeDelivered: false,
      code: 'ECONNREFUSED',
    })
  })

  test('a connection that breaks may have sent it', async () => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
    expect(await sendTo(server)).toMatchObject({ outcome: 'retry', maybeDelivered: true, code: 'ECONNRESET' })
  })

  test('silence may have sent it, and ends at the time limit', async () => {
    const sockets: Socket[] = []
    const server = createTcpServer((socket) => {
      sockets.push(socket)
    })
    open.push({ close: () => sockets.map((socket) => socket.destroy()) })
    expect(await sendTo(server)).toMatchObject({
      outcome: 'retry',
      maybeDelivered: true,
      code: 'ETIMEDOUT',
    })
  })

  test.each([
    [Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), false],
    [Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' }), false],
    [Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT', syscall: 'connect' }), false],
    [Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }), true],
    [
      Object.assign(
        new Error('the request socket did not establish a connection with the server within 3000 ms'),
        {
          name: 'TimeoutError',
        },
      ),
      false,
    ],
  ])('%s: maybe delivered %s', (error, maybeDelivered) => {
    expect(outcomeOfSesError(error)).toMatchObject({ outcome: 'retry', maybeDelivered })
  })

  test('a mistake of ours is no outcome', () => {
    const mistake = new TypeError('undefined is not a function')
    expect(() => outcomeOfSesError(mistake)).toThrow(mistake)
  })
})
