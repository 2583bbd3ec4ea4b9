import { FTPError } from 'basic-ftp'
import { failed, type Outcome, retry } from '../../../shared/outcome.ts'
import { IncompleteUpload, type UploadError, type UploadStep } from './upload.ts'

/** What a failed upload means; `loginRefused` when the password is to blame, as far as the server says. */
export interface Verdict {
  outcome: Outcome
  loginRefused: boolean
}

/** A server that is full says so with 421, or with 530 as if the password were wrong (vsftpd, ProFTPD, IIS, FileZilla). */
const BUSY =
  /too many (clients|connections|users|sessions|logins)|maximum (number of )?(allowed )?(clients|connections|users|sessions)|(connection|client|user|session) limit|try (again )?later|temporar(y|ily)|server (is )?(busy|full)/i
/** Of a refused login, though it says "try later" too: trying on is what the account was locked for. */
const ATTEMPTS = /attempt|incorrect|invalid|locked|disabled|fail/i
const WANTS_TLS = /encrypt|\bTLS\b|\bSSL\b|secure (connection|session)/i
const NO_SPACE = /no space|disk full|quota|insufficient (disk |storage )?space|exceeded storage/i

const UNKNOWN_AUTHORITY =
  'no public authority signed the certificate: name the PEM file of the authority (or of the certificate itself) in `tls_ca`'

/** What to change when a certificate is not accepted (codes of Node's TLS, which are OpenSSL's X509_V_ERR names). */
const CERTIFICATE_HELP: Record<string, string> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  CERT_UNTRUSTED: UNKNOWN_AUTHORITY,
  CERT_SIGNATURE_FAILURE: UNKNOWN_AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID: '`host` has to be a name that the certificate is for',
  CERT_HAS_EXPIRED: 'the server needs a new certificate',
  CERT_NOT_YET_VALID: 'the server needs a certificate that is valid by now, or the right time',
  CERT_REVOKED: 'the server needs a new certificate',
}

/** Throws on what is no failure of the server or the network, but a mistake of ours. */
export function verdictOn({ step, cause }: UploadError, where: string): Verdict {
  if (cause instanceof FTPError) return verdictOnReply(step, cause, where)
  if (isMistake(cause)) throw cause
  return { outcome: outcomeOfBreak(step, cause, where), loginRefused: false }
}

function verdictOnReply(step: UploadStep, { code, message }: FTPError, where: string): Verdict {
  const text = `${where} could not ${step}: ${message}`
  const again = { outcome: retry(text, { code: `${code}` }), loginRefused: false }
  const final = (help = '') => ({ outcome: failed(text + help, `${code}`), loginRefused: false })
  // A greeting other than 220 is the server's state, not ours.
  if (step === 'connect' || code === 421) return again
  if (step === 'encrypt the connection' && code >= 500) {
    return final('. It offers no explicit TLS here: set `tls = implicit` (mostly port 990), or `tls = off`')
  }
  if (step === 'log in') {
    if (BUSY.test(message) && !ATTEMPTS.test(message)) return again
    if (WANTS_TLS.test(message)) return final('. It wants an encrypted connection: set `tls = explicit`')
    // 430 is in no RFC, and some servers' word for a wrong password.
    if (code === 530 || code === 430) return { ...final(), loginRefused: true }
  }
  const passes = (code >= 400 && code < 500) || code === 552 || NO_SPACE.test(message)
  return passes ? again : final()
}

function outcomeOfBreak(step: UploadStep, cause: unknown, where: string): Outcome {
  const { code, message } = describe(cause)
  const text = `${where} could not ${step}: ${message}`
  const help = CERTIFICATE_HELP[code ?? '']
  if (help !== undefined) return failed(`${text}. To fix it: ${help}`, code)
  const inHandshake = step === 'connect' || step === 'encrypt the connection'
  if (inHandshake && /^(EPROTO|ERR_SSL_.*)$/.test(code ?? '')) {
    return failed(`${text}. No common TLS: check \`tls\` (explicit, implicit, off) and \`port\``, code)
  }
  if (cause instanceof IncompleteUpload) return retry(text)
  // Only after the rename was asked for can the file be there under its name.
  return retry(text, { code, maybeDelivered: step === 'rename the upload' })
}

function describe(cause: unknown): { code: string | undefined; message: string } {
  if (!(cause instanceof Error)) return { code: undefined, message: String(cause) }
  const { code } = cause as NodeJS.ErrnoException
  if (cause.name === 'TimeoutError')
    return { code: 'TIMEOUT', message: 'the time for the whole upload ran out' }
  // Node tries the addresses of a host one after the other and throws an AggregateError without a text.
  const message = cause instanceof AggregateError ? cause.errors.map(String).join('; ') : cause.message
  // basic-ftp gives the code "0" to an error after the connection ended.
  return { code: code === '0' ? undefined : code, message }
}

/** Node's own complaints about arguments, and the like: no server makes them. */
function isMistake(cause: unknown): boolean {
  return cause instanceof TypeError || cause instanceof RangeError || cause instanceof ReferenceError
}
