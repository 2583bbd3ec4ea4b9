import * as z from 'zod'
import { failed, type Outcome } from '../../../shared/outcome.ts'

const recipientSchema = z.object({
  emailAddress: z.string(),
  action: z.string().optional(),
  status: z.string().optional(),
  diagnosticCode: z.string().optional(),
})

const eventSchema = z.object({
  eventType: z.string(),
  mail: z.object({ tags: z.record(z.string(), z.array(z.string())).default({}) }),
  bounce: z
    .object({
      bounceType: z.string(),
      bounceSubType: z.string(),
      bouncedRecipients: z.array(recipientSchema),
    })
    .optional(),
  complaint: z
    .object({
      complainedRecipients: z.array(z.object({ emailAddress: z.string() })),
      complaintFeedbackType: z.string().optional(),
    })
    .optional(),
  reject: z.object({ reason: z.string() }).optional(),
})

/** The names of the tags that a mail with a fax carries; events carry them back. */
export const FAX_TAG = 'fax'
export const BACKEND_TAG = 'backend'
export const ATTEMPT_TAG = 'attempt'

/** A tag takes letters, digits, hyphens and underscores; the name of a backend may have a dot. */
export const tagOf = (backend: string) => Buffer.from(backend).toString('base64url')
const fromTag = (tag: string) => Buffer.from(tag, 'base64url').toString()

/** A mail that SES had taken and that came to nothing after all. */
export interface MailReturned {
  faxId: string
  backend: string
  /** Which of its mails came back, counted from 1. Absent: unknown. */
  attempt?: number
  outcome: Outcome
}

/**
 * What an event of SES's configuration set means for the mail of a fax; undefined for what changes nothing, and for mails with no fax.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function mailReturned(body: string): MailReturned | undefined {
  const { mail, bounce, complaint, reject } = eventSchema.parse(JSON.parse(body))
  const [faxId] = mail.tags[FAX_TAG] ?? []
  const [backend] = mail.tags[BACKEND_TAG] ?? []
  const attempt = Number(mail.tags[ATTEMPT_TAG]?.[0] ?? 0)
  const outcome =
    (bounce && outcomeOfBounce(bounce)) ??
    (complaint && outcomeOfComplaint(complaint)) ??
    (reject && failed(`SES sent nothing: ${reject.reason}`, 'Reject'))
  if (faxId === undefined || backend === undefined || outcome === undefined) return undefined
  return { faxId, backend: fromTag(backend), ...(attempt > 0 ? { attempt } : {}), outcome }
}

type Event = z.infer<typeof eventSchema>

/**
 * An automatic reply, out of the office, comes as a transient bounce of no kind in particular, of which no server says that it failed. The other
 * kinds (MailboxFull, MessageTooLarge, ContentRejected, AttachmentRejected) are no replies: SES has tried again by then, and has given up.
 * https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
 */
function outcomeOfBounce(bounce: NonNullable<Event['bounce']>): Outcome | undefined {
  const { bounceType, bounceSubType, bouncedRecipients } = bounce
  const mayBeReply = bounceType === 'Transient' && bounceSubType === 'General'
  if (mayBeReply && !bouncedRecipients.some(({ action }) => action === 'failed')) return undefined
  const recipients = bouncedRecipients.map(({ emailAddress, diagnosticCode, status }) => {
    const said = diagnosticCode ?? status
    return said === undefined ? emailAddress : `${emailAddress}: ${said}`
  })
  return failed(`The mail came back from ${recipients.join('; ')}`, `${bounceType} ${bounceSubType}`)
}

function outcomeOfComplaint(complaint: NonNullable<Event['complaint']>): Outcome {
  const who = complaint.complainedRecipients.map(({ emailAddress }) => emailAddress).join(', ')
  return failed(
    `The mail was called unwanted by ${who}`,
    `Complaint ${complaint.complaintFeedbackType ?? ''}`.trim(),
  )
}
