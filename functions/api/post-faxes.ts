import { createHash, randomBytes } from 'node:crypto'
import { makeFaxId } from '../../shared/fax-id.ts'
import type { TransmissionRecord } from '../../shared/ledger/transmission-record.ts'
import { outgoingKey } from '../../shared/transmission/keys.ts'
import { describeIssues } from '../../shared/transmission/send-request.ts'
import type { TransmissionLedger } from '../ledger/transmission-ledger.ts'
import type { Count } from '../metrics.ts'
import { findProfile, metadataOf, planTransmissions, type Rules } from '../submit/plan-transmissions.ts'
import { type Answer, answer, refuse } from './answer.ts'
import type { ApiRequest } from './request.ts'
import { type PostRequest, postSchema, viewOf } from './shapes.ts'

export interface PostDependencies {
  ledger: Pick<TransmissionLedger, 'addTransmission' | 'getTransmission' | 'claimRequest'>
  rules: Rules
  /** Puts a document; one that is there already stays. */
  putDocument: (document: {
    key: string
    bytes: Uint8Array
    metadata: Record<string, string>
  }) => Promise<void>
  count: Count
  now: () => Date
}

const KEY_LIFETIME_SECONDS = 24 * 3600
const LONGEST_KEY = 255

/** Takes a document for one number or several: all of them, or none where one is refused. */
export async function postFaxes(dependencies: PostDependencies, request: ApiRequest): Promise<Answer> {
  const parsed = parseBody(request.body)
  if ('statusCode' in parsed) return parsed
  const { site, outbound, document, ...wishes } = parsed
  const profile = findProfile(dependencies.rules, { outbound, site }, request.sender)
  if ('refusal' in profile) return refuse(403, profile.refusal)
  const documentId = await nameDocument(dependencies, request)
  if (typeof documentId !== 'string') return documentId
  const key = outgoingKey({ site: profile.site, documentId })
  const putAt = dependencies.now()
  const submission = {
    key,
    site: profile.site,
    putAt,
    request: { ...wishes, outbound: profile.name },
    sender: request.sender,
  }
  const planned = planTransmissions(dependencies.rules, submission, putAt)
  const problems = planned.flatMap(({ state, destination, reason = '' }) =>
    state === 'refused' ? [{ to: destination, reason }] : [],
  )
  if (problems.length > 0) return refuse(422, 'Nothing was sent: a number or a wish is refused.', problems)
  const metadata = metadataOf(submission, planned)
  if (typeof metadata === 'string') return refuse(422, metadata)
  // The records first: by them `submit` knows that the sender was checked.
  const records = await Promise.all(planned.map((record) => addOrGet(dependencies, record)))
  await dependencies.putDocument({ key, bytes: Buffer.from(document, 'base64'), metadata })
  return answer(202, { transmissions: records.map(viewOf) })
}

function parseBody(body: string): PostRequest | Answer {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return refuse(400, 'The body is no JSON.')
  }
  const parsed = postSchema.safeParse(json)
  return parsed.success
    ? parsed.data
    : refuse(400, `The body does not hold: ${describeIssues(parsed.error)}.`)
}

/** The same key with the same content is the same document, for a day; the same key with another content is a mistake. */
async function nameDocument(
  { ledger, now }: PostDependencies,
  { idempotencyKey, sender, body }: ApiRequest,
): Promise<string | Answer> {
  const fresh = makeFaxId(now(), randomBytes(16))
  if (idempotencyKey === undefined) return fresh
  if (idempotencyKey === '' || idempotencyKey.length > LONGEST_KEY) {
    return refuse(400, `Idempotency-Key has 1 to ${LONGEST_KEY} characters.`)
  }
  const contentDigest = sha256(body)
  const known = await ledger.claimRequest({
    digest: sha256(JSON.stringify([sender.name, idempotencyKey])),
    contentDigest,
    documentId: fresh,
    expiresAt: Math.floor(now().getTime() / 1000) + KEY_LIFETIME_SECONDS,
  })
  if (known.contentDigest === contentDigest) return known.documentId
  return refuse(422, 'This Idempotency-Key came with another request before.')
}

async function addOrGet(
  { ledger, count }: PostDependencies,
  planned: TransmissionRecord,
): Promise<TransmissionRecord> {
  if (!(await ledger.addTransmission(planned))) return (await ledger.getTransmission(planned.id)) ?? planned
  count('TransmissionsAccepted')
  return planned
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
