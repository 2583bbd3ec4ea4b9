import * as z from 'zod'

const s3EventSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      eventTime: z.iso.datetime(),
      userIdentity: z.object({ principalId: z.string() }).optional(),
      s3: z.object({
        bucket: z.object({ name: z.string() }),
        object: z.object({ key: z.string(), size: z.number().optional() }),
      }),
    }),
  ),
})

/** S3 sends this once, without Records, when a notification is set up. */
const testEventSchema = z.object({ Event: z.literal('s3:TestEvent') })

export interface ArrivedObject {
  key: string
  sizeBytes: number
  arrivedAt: Date
  /** IAM's unique id of who put it there; a role's is followed by the name of the session. */
  putBy?: string
}

/**
 * The objects that an S3 event notification tells of, from the body of its SQS message. Keys come URL-encoded with `+` for a blank.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function arrivedObjects(body: string): ArrivedObject[] {
  const json: unknown = JSON.parse(body)
  if (testEventSchema.safeParse(json).success) return []
  return s3EventSchema
    .parse(json)
    .Records.filter(({ eventName }) => eventName.startsWith('ObjectCreated:'))
    .map(({ eventTime, userIdentity, s3 }) => ({
      key: decodeURIComponent(s3.object.key.replaceAll('+', ' ')),
      sizeBytes: s3.object.size ?? 0,
      arrivedAt: new Date(eventTime),
      ...(userIdentity === undefined ? {} : { putBy: userIdentity.principalId.replace(/^AWS:/, '') }),
    }))
}
