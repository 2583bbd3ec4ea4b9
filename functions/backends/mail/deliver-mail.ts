import type { Format } from '../../../shared/file-name.ts'
import { delivered, failed, type Outcome } from '../../../shared/outcome.ts'
import type { Attempt } from '../../deliver/attempt.ts'
import { compose, type Enclosure, type MailMessage, mailedFileName } from './compose.ts'

export interface MailDependencies {
  readObject(key: string): Promise<Uint8Array>
  /** Hands one message to SES; the receipt of the outcome is SES's message id. */
  sendRaw(message: MailMessage): Promise<Outcome>
  /** Makes an address that opens the fax for a while. */
  makeLink(file: LinkedFile): Promise<{ url: string; expiresAt: Date }>
}

export interface LinkedFile {
  faxId: string
  key: string
  format: Format
  fileName: string
  /** When the file itself is deleted, where that is known: no link promises more. */
  endsAt?: Date | undefined
}

/**
 * SES takes messages of 10 MB, attachments encoded and all, and does not say whether that is 10,000,000 or 10,485,760 bytes. The
 * smaller reading leaves room for the headers that SES adds.
 */
export const MAX_MESSAGE_BYTES = 10_000_000

/** SES's limit of addresses in a message, those in its headers counted. */
export const MAX_RECIPIENTS_PER_MESSAGE = 50

export async function deliverByMail(
  dependencies: MailDependencies,
  attempt: Attempt<'mail'>,
): Promise<Outcome> {
  const { fax, backend } = attempt
  const groups = groupsOf([...new Set(attempt.recipients)], MAX_RECIPIENTS_PER_MESSAGE)
  if (groups.length === 0) {
    return failed(
      `${backend.name} has no recipient for this number. Add \`email = NAME@DOMAIN\` to its dstnum_ section of the routing table.`,
    )
  }
  const { format } = backend
  const key = format === 'pdf' ? fax.pdfKey : fax.tiffKey
  const file = await dependencies.readObject(key)
  const link = once(() =>
    dependencies.makeLink({ faxId: fax.id, key, format, fileName: mailedFileName(attempt) }),
  )
  const outcomes: Outcome[] = []
  for (const recipients of groups) {
    const message = await composeWithinLimit(attempt, recipients, file, async () => ({
      link: { ...(await link()), sizeBytes: file.byteLength },
    }))
    const outcome = await dependencies.sendRaw(message)
    outcomes.push(outcome)
    // What hinders one message for a while hinders the next as well; and the fewer have got theirs, the fewer get it twice.
    if (outcome.outcome === 'retry') break
  }
  return combine(outcomes, groups.length)
}

async function composeWithinLimit(
  attempt: Attempt<'mail'>,
  recipients: readonly string[],
  file: Uint8Array,
  linked: () => Promise<Enclosure>,
): Promise<MailMessage> {
  // Base64 alone is too large: don't spend the memory to find out how much too large.
  if (Math.ceil(file.byteLength / 3) * 4 <= MAX_MESSAGE_BYTES) {
    const message = await compose(attempt, recipients, { file })
    if (message.raw.byteLength <= MAX_MESSAGE_BYTES) return message
  }
  return compose(attempt, recipients, await linked())
}

/**
 * One outcome of several messages. A second attempt sends all of them again, so once one went out it has to say that it may
 * be a repetition.
 */
function combine(outcomes: readonly Outcome[], messages: number): Outcome {
  const [only] = outcomes
  if (messages === 1 && only !== undefined) return only
  const sent = outcomes.filter((outcome) => outcome.outcome === 'delivered')
  const refused = outcomes.find((outcome) => outcome.outcome === 'failed')
  const hindered = outcomes.find((outcome) => outcome.outcome === 'retry')
  const count = `${sent.length} of ${messages} messages went out`
  if (hindered !== undefined) {
    const maybeDelivered = hindered.maybeDelivered || sent.length > 0
    return { ...hindered, text: `${count}, then: ${hindered.text}`, maybeDelivered }
  }
  if (refused !== undefined) {
    const text = `${count}; of another one: ${refused.text}`
    return failed(text, refused.code, { maybeDelivered: sent.length > 0 })
  }
  return delivered(sent.map((outcome) => outcome.receipt).join(' '), count)
}

function groupsOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, group) =>
    items.slice(group * size, (group + 1) * size),
  )
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
