import * as z from 'zod'
import { profileNameSchema } from './outbound-profile.ts'
import { resolutionSchema } from './transmit-job.ts'

export const MOST_RECIPIENTS = 50
export const MOST_NOTICES = 10
/** What is kept of a document is kept for a month, and it has to be there for all of its attempts. */
export const FARTHEST_DAYS = 14

/** What is left of the header line beside the date, the number and the page. */
export const LONGEST_HEADER = 50

/** What a sender asks for, whichever way it comes. Numbers as people write them. */
export const sendRequestSchema = z.strictObject({
  to: z.array(z.string().min(1).max(60)).min(1).max(MOST_RECIPIENTS),
  /** The caller's number to be shown, one of those that the routing table has. Absent: its first. */
  from: z.string().min(1).max(60).optional(),
  /** The sender's name in the line above each page. */
  header: z.string().max(LONGEST_HEADER).optional(),
  resolution: resolutionSchema.optional(),
  /** Not before. */
  at: z.iso.datetime({ offset: true }).optional(),
  /** Mail addresses that are told how it ended. */
  notify: z.array(z.email()).max(MOST_NOTICES).optional(),
  /** NAME of a section [outbound_NAME]. */
  outbound: profileNameSchema.optional(),
})
export type SendRequest = z.infer<typeof sendRequestSchema>

/** S3's limit for user metadata, names included. */
const METADATA_BYTES = 2048

/** As S3 user metadata. Throws a RangeError where it is more than S3 takes. */
export function requestToMetadata(request: SendRequest): Record<string, string> {
  const { to, notify = [], header } = request
  const metadata: Record<string, string> = { to: to.map(encode).join(',') }
  for (const name of ['from', 'resolution', 'at', 'outbound'] as const) {
    const value = request[name]
    if (value !== undefined) metadata[name] = encode(value)
  }
  // Headers hold ASCII alone.
  if (header !== undefined) metadata.header = encode(header)
  if (notify.length > 0) metadata.notify = notify.map(encode).join(',')
  const bytes = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (bytes > METADATA_BYTES) {
    throw new RangeError(
      `The numbers and addresses take ${bytes} bytes; S3 keeps ${METADATA_BYTES} with a document. Send to fewer at a time.`,
    )
  }
  return metadata
}

/** JSON can hold half of a surrogate pair, which no encoding of bytes has. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** The inverse of {@link requestToMetadata}; also takes what people write by hand. */
export function requestFromMetadata(
  metadata: Record<string, string>,
): { request: SendRequest } | { problem: string } {
  const parsed = sendRequestSchema.safeParse({
    ...kept(metadata, ['from', 'resolution', 'at', 'outbound']),
    to: listOf(metadata.to) ?? [],
    ...(metadata.header === undefined ? {} : { header: decodeIfValid(metadata.header) }),
    ...(metadata.notify === undefined ? {} : { notify: listOf(metadata.notify) }),
  })
  if (parsed.success) return { request: parsed.data }
  return { problem: describeIssues(parsed.error, (name) => `x-amz-meta-${name}`) }
}

/** One sentence for whoever made the request. */
export function describeIssues(
  error: z.ZodError,
  nameOf: (option: string) => string = (option) => option,
): string {
  return error.issues
    .map(({ path, message }) => {
      const [option = 'the request', ...rest] = path
      return `${nameOf(String(option))}${rest.length === 0 ? '' : ` (${rest.join('.')})`}: ${message}`
    })
    .join('; ')
}

function kept(metadata: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = metadata[name]
      return value === undefined ? [] : [[name, decodeIfValid(value)]]
    }),
  )
}

function listOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((entry) => decodeIfValid(entry).trim())
    .filter((entry) => entry !== '')
}

function decodeIfValid(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
