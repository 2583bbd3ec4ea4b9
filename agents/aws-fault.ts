import * as z from 'zod'

/** What the SDK's errors have in common; read by shape, since a bundle may hold the class twice. */
const awsErrorSchema = z.object({
  name: z.string(),
  message: z.string(),
  $metadata: z.object({ httpStatusCode: z.number().optional() }).optional(),
})

export interface AwsFault {
  /** AWS's own word, NoSuchKey for one. */
  code: string
  /** Absent when no answer came. */
  httpStatus: number | undefined
  /** Code, status and message in one line. */
  text: string
  /** Whether the same call may well succeed later without anybody doing anything. */
  passing: boolean
}

/** Faults with a client's status that pass by themselves. */
const PASSING_CODES = new Set([
  // The bytes were damaged on the way: what we announced and what arrived differ.
  'BadDigest',
  'RequestTimeout',
  // The clock is being set; the SDK corrects its own offset from the refused answer.
  'RequestTimeTooSkewed',
  // The next call fetches new credentials.
  'ExpiredToken',
  'ExpiredTokenException',
  'OperationAborted',
])

export function awsFault(error: unknown): AwsFault {
  const parsed = awsErrorSchema.safeParse(error)
  if (!parsed.success) return { code: 'Unknown', httpStatus: undefined, text: String(error), passing: false }
  const { name, message, $metadata } = parsed.data
  const httpStatus = $metadata?.httpStatusCode
  const text = `${name}${httpStatus === undefined ? '' : ` (HTTP ${httpStatus})`}: ${message}`
  return { code: name, httpStatus, text, passing: isPassing(error, name, httpStatus) }
}

function isPassing(error: unknown, code: string, httpStatus: number | undefined): boolean {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError)
    return false
  // No answer: the network, the name server, a time limit, the credentials' own source.
  if (httpStatus === undefined) return true
  return httpStatus >= 500 || httpStatus === 429 || httpStatus === 409 || PASSING_CODES.has(code)
}
