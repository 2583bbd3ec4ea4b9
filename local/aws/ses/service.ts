import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { AwsError, UnknownRequest } from '../aws-error.ts'
import { writeWhole } from '../files.ts'
import { type Answer, type Call, queryValue, splitTarget } from '../http.ts'
import type { Service } from '../server.ts'
import type { Place } from '../stand-in.ts'
import { elements } from '../xml.ts'
import { checkAddress, invalid, stampMail } from './raw-mail.ts'

/** The message as it is sent, its base64 parts included. */
const LARGEST_MESSAGE_BYTES = 10 * 1024 * 1024
const MOST_RECIPIENTS = 50

const NAMESPACE = 'http://ses.amazonaws.com/doc/2010-12-01/'

/** SES in its first version, as far as SendRawEmail: each mail is mail/ID.eml, its envelope mail/ID.json. */
export function createSes(place: Place): Service {
  return {
    name: 'SES',
    streams: false,
    async handle({ requestId, method, path }, body) {
      // A form is read as a query is.
      const form = splitTarget(`?${body.toString('latin1')}`).query
      const action = queryValue(form, 'Action')
      if (action !== 'SendRawEmail')
        throw new UnknownRequest(
          400,
          'InvalidAction',
          `SES ${action ?? `without an Action: ${method} ${path}`}`,
        )
      return answer(
        200,
        `<SendRawEmailResponse xmlns="${NAMESPACE}"><SendRawEmailResult>${elements([['MessageId', sendRawEmail(place, form)]])}</SendRawEmailResult><ResponseMetadata>${elements([['RequestId', requestId]])}</ResponseMetadata></SendRawEmailResponse>`,
        requestId,
      )
    },
    answerError({ status, code, message }, { requestId }) {
      const described = elements([
        ['Type', status < 500 ? 'Sender' : 'Receiver'],
        ['Code', ERROR_CODES[code] ?? code],
        ['Message', message],
      ])
      return answer(
        status,
        `<ErrorResponse xmlns="${NAMESPACE}"><Error>${described}</Error>${elements([['RequestId', requestId]])}</ErrorResponse>`,
        requestId,
      )
    },
  }
}

const ERROR_CODES: Record<string, string> = {
  InvalidAccessKeyId: 'InvalidClientTokenId',
  AuthorizationHeaderMalformed: 'IncompleteSignature',
}

function answer(status: number, body: string, requestId: string): Answer {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body }
}

/** Gives the message's id. */
function sendRawEmail(place: Place, form: Call['query']): string {
  const data = queryValue(form, 'RawMessage.Data')
  if (!data)
    throw new AwsError(
      400,
      'ValidationError',
      "1 validation error detected: Value null at 'rawMessage.data' failed to satisfy constraint: Member must not be null",
    )
  const raw = Buffer.from(data, 'base64')
  if (raw.length > LARGEST_MESSAGE_BYTES)
    throw invalid(`Message length is more than ${LARGEST_MESSAGE_BYTES} bytes long: '${raw.length}'.`)
  const { source, destinations } = readEnvelope(form)
  const nowMilliseconds = place.clock.nowMilliseconds()
  const id = messageId(nowMilliseconds)
  const mail = stampMail(raw, {
    messageId: `${id}@${place.region}.amazonses.com`,
    date: new Date(nowMilliseconds),
  })
  const configurationSet = queryValue(form, 'ConfigurationSetName')
  const envelope = {
    source,
    destinations,
    acceptedAt: new Date(nowMilliseconds).toISOString(),
    configurationSet,
  }
  writeWhole(join(place.folder('mail'), `${id}.json`), `${JSON.stringify(envelope, undefined, 2)}\n`)
  // The mail comes last: whoever watches the folder for it finds its envelope.
  writeWhole(join(place.folder('mail'), `${id}.eml`), mail)
  return id
}

function readEnvelope(form: Call['query']): { source: string; destinations: string[] } {
  const source = queryValue(form, 'Source')
  const destinations = form
    .filter(([name]) => /^Destinations\.member\.\d+$/.test(name))
    .map(([, address]) => address)
  if (source === undefined || destinations.length === 0)
    throw new UnknownRequest(
      400,
      'InvalidParameterValue',
      'SES SendRawEmail without Source or Destinations, which would come from the headers of the mail',
    )
  if (destinations.length > MOST_RECIPIENTS)
    throw new AwsError(400, 'MessageRejected', `Recipient count exceeds ${MOST_RECIPIENTS}.`)
  for (const address of [source, ...destinations]) checkAddress(address)
  return { source, destinations }
}

/** As SES makes them in eu-west-1: the time, then chance. They sort by time. */
function messageId(nowMilliseconds: number): string {
  const time = Math.trunc(nowMilliseconds).toString(16).padStart(12, '0')
  return `0102${time}-${randomBytes(4).toString('hex')}${randomUUID().slice(8)}-000000`
}
