import { SESServiceException } from '@aws-sdk/client-ses'
import { failed, type Outcome, retry } from '../../../shared/outcome.ts'

/** Too many at once: welcome again within seconds. */
const RATE = new Set([
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
  'TooManyRequestsException',
  'RequestLimitExceeded',
])
/** Refused now, welcome later: the quota of a day, and an account or a permission that is being put in order. */
const LATER = new Set([
  'LimitExceeded',
  'LimitExceededException',
  'AccountSendingPaused',
  'AccountSendingPausedException',
  // A role or its permissions, shortly after a deployment.
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'RequestExpired',
  'OptInRequired',
])

/** SES has also named these limits under other codes (MessageRejected, 454 over SMTP), and calls the quota of a day Throttling as well. */
const RATE_TEXT = /rate exceeded/i
const LATER_TEXT = /daily message quota exceeded/i

/** No connection came about, so nothing was sent. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/

/** The connection broke or fell silent; how far the request got is not known. */
const BROKEN = /^(ECONNRESET|EPIPE|ETIMEDOUT|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE|UND_ERR_SOCKET)$/

/**
 * What an error of SendRawEmail means for the mail. SES has no idempotency token, so whenever the request may have arrived
 * the next attempt has to call itself a possible duplicate. An error that is none of SES's or the network's is ours: it is
 * thrown on.
 */
export function outcomeOfSesError(error: unknown): Outcome {
  if (error instanceof SESServiceException) return outcomeOfAnswer(error)
  if (!(error instanceof Error)) throw error
  const { code, syscall } = error as NodeJS.ErrnoException
  const text = `SES was not reached or did not answer: ${error.message || code}`
  // The SDK calls both of its time limits TimeoutError; this one alone ran out before a byte was sent.
  const beforeSending = syscall === 'connect' || /did not establish a connection/.test(error.message)
  if (beforeSending || NOT_CONNECTED.test(code ?? '')) return retry(text, { code: code ?? error.name })
  // `$response`: an answer came that the SDK could not read.
  const afterSending = BROKEN.test(code ?? '') || error.name === 'TimeoutError' || '$response' in error
  if (afterSending) return retry(text, { code: code ?? error.name, maybeDelivered: true })
  throw error
}

function outcomeOfAnswer({ name, message, $metadata }: SESServiceException): Outcome {
  const status = $metadata.httpStatusCode
  if (LATER.has(name) || LATER_TEXT.test(message)) return retry(message, { code: name })
  const isRate = RATE.has(name) || status === 429 || RATE_TEXT.test(message)
  if (isRate) return retry(message, { code: name, pace: 'seconds' })
  if (status === undefined || status >= 500) return retry(message, { code: name, maybeDelivered: true })
  return failed(message, name)
}
