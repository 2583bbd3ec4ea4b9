import { createHash } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'

export const messageAttributesSchema = z.record(
  z.string(),
  z.object({
    DataType: z.string(),
    StringValue: z.string().optional(),
    /** Base64. */
    BinaryValue: z.base64().optional(),
  }),
)
export type MessageAttributes = z.infer<typeof messageAttributesSchema>

/** A message as a line of its queue's file in queues/ holds it. */
export const messageSchema = z.object({
  id: z.uuid(),
  body: z.string(),
  attributes: messageAttributesSchema,
  groupId: z.string().optional(),
  /** When it was first sent: a move to the dead-letter queue keeps it, and retention counts from it. */
  sentAt: z.iso.datetime(),
  visibleAt: z.iso.datetime(),
  receiveCount: z.number(),
  firstReceivedAt: z.iso.datetime().optional(),
  /** Of the last receive. Absent: not received from this queue yet. */
  receipt: z.string().optional(),
  deadLetterSourceArn: z.string().optional(),
})
export type Message = z.infer<typeof messageSchema>

/** Of a message with its attributes, and of a batch. */
export const LARGEST_MESSAGE_BYTES = 1024 * 1024

export function checkMessage(body: string, attributes: MessageAttributes): void {
  if (body === '')
    throw new AwsError(400, 'MissingParameter', 'The request must contain the parameter MessageBody.')
  if (sizeBytes(body, attributes) > LARGEST_MESSAGE_BYTES)
    throw new AwsError(
      400,
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${LARGEST_MESSAGE_BYTES} bytes.`,
    )
  if (!isAllowed(body))
    throw new AwsError(400, 'InvalidMessageContents', 'Message contains characters outside the allowed set.')
  if (Object.keys(attributes).length > 10)
    throw new AwsError(400, 'InvalidParameterValue', 'Number of message attributes must not exceed 10.')
  for (const [name, value] of Object.entries(attributes)) checkAttribute(name, value)
}

function checkAttribute(
  name: string,
  { DataType, StringValue, BinaryValue }: MessageAttributes[string],
): void {
  const type = /^(String|Number|Binary)(\..+)?$/.exec(DataType)?.[1]
  if (type === undefined)
    throw new AwsError(
      400,
      'InvalidParameterValue',
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    )
  if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name))
    throw new AwsError(
      400,
      'InvalidParameterValue',
      `The message attribute name '${name}' is invalid: letters, digits, _, - and . only, at most 256.`,
    )
  if (!(type === 'Binary' ? BinaryValue : StringValue))
    throw new AwsError(
      400,
      'InvalidParameterValue',
      `The message (user) attribute '${name}' must contain a non-empty message attribute value for message attribute type '${type}'.`,
    )
}

export function sizeBytes(body: string, attributes: MessageAttributes): number {
  let size = Buffer.byteLength(body)
  for (const [name, { DataType, StringValue = '', BinaryValue = '' }] of Object.entries(attributes))
    size +=
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      Buffer.byteLength(StringValue) +
      Buffer.from(BinaryValue, 'base64').length
  return size
}

/** XML 1.0's characters: tab, line feed, carriage return, and what is above the other control characters. */
function isAllowed(body: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return body.isWellFormed() && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(body)
}

export function md5OfBody(body: string): string {
  return createHash('md5').update(body).digest('hex')
}

const STRING_VALUE = Buffer.from([1])
const BINARY_VALUE = Buffer.from([2])

/** By name; each name, type and value after its length. Undefined for no attributes, as AWS leaves the field out. */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort()
  if (names.length === 0) return undefined
  const md5 = createHash('md5')
  const put = (bytes: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    md5.update(length).update(bytes)
  }
  for (const name of names) {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] ?? {}
    put(Buffer.from(name))
    put(Buffer.from(DataType))
    md5.update(StringValue === undefined ? BINARY_VALUE : STRING_VALUE)
    put(StringValue === undefined ? Buffer.from(BinaryValue ?? '', 'base64') : Buffer.from(StringValue))
  }
  return md5.digest('hex')
}
