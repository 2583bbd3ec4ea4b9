import * as z from 'zod'

const verdictSchema = z.object({ status: z.enum(['PASS', 'FAIL', 'GRAY', 'PROCESSING_FAILED', 'DISABLED']) })

/**
 * What SES tells of a mail that it has put into the bucket. The verdicts stand here and not in the mail alone, where its sender could have
 * written some of its own. https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
 */
export const mailNotificationSchema = z.object({
  notificationType: z.literal('Received'),
  mail: z.object({
    timestamp: z.iso.datetime(),
    messageId: z.string(),
    /** The envelope's sender; empty for what must not be answered. */
    source: z.string(),
  }),
  receipt: z.object({
    recipients: z.array(z.string()),
    spamVerdict: verdictSchema,
    virusVerdict: verdictSchema,
    spfVerdict: verdictSchema,
    dkimVerdict: verdictSchema,
    dmarcVerdict: verdictSchema,
    action: z.object({ type: z.literal('S3'), objectKey: z.string() }),
  }),
})
export type MailNotification = z.infer<typeof mailNotificationSchema>

/** Why nothing is known of who sent it, or it is not wanted from anybody; undefined for a mail whose From is proven. */
export function distrust({ receipt }: MailNotification): string | undefined {
  const { spamVerdict, virusVerdict, spfVerdict, dkimVerdict, dmarcVerdict } = receipt
  if (virusVerdict.status === 'FAIL') return 'SES found a virus in it.'
  if (spamVerdict.status === 'FAIL') return 'SES takes it for spam.'
  const verdicts = { SPF: spfVerdict, DKIM: dkimVerdict, DMARC: dmarcVerdict }
  const failed = Object.entries(verdicts).filter(([, { status }]) => status !== 'PASS')
  if (failed.length === 0) return undefined
  return `Its sender is not proven: ${failed.map(([name, { status }]) => `${name} ${status}`).join(', ')}.`
}
