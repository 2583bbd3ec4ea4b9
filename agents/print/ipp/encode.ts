import { GROUP, type IppAttribute, type IppMessage, type IppValue, TAG } from './message.ts'

/** A length field has 16 bits, of which the first is a sign (RFC 8010 section 3.2). */
const LARGEST_FIELD_BYTES = 32_767

/** The bytes of RFC 8010 section 3.1. Throws a RangeError for a name or a value that no length field can hold. */
export function encodeIpp({ version, code, requestId, groups }: IppMessage): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt8(version.major, 0)
  head.writeUInt8(version.minor, 1)
  head.writeUInt16BE(code, 2)
  head.writeUInt32BE(requestId, 4)
  const body = groups.flatMap(({ tag, attributes }) => [
    Buffer.of(tag),
    ...attributes.flatMap(encodeAttribute),
  ])
  return Buffer.concat([head, ...body, Buffer.of(GROUP.end)])
}

/** The second value of a set and those after it have an empty name. */
function encodeAttribute({ name, values }: IppAttribute): Buffer[] {
  return values.flatMap((value, index) => [
    Buffer.of(value.tag),
    withLength(Buffer.from(index === 0 ? name : '')),
    withLength(encodeValue(value)),
  ])
}

function encodeValue({ tag, value }: IppValue): Uint8Array {
  if (typeof value === 'string') {
    return tag === TAG.textWithLanguage || tag === TAG.nameWithLanguage
      ? Buffer.concat([withLength(Buffer.from('en')), withLength(Buffer.from(value))])
      : Buffer.from(value)
  }
  if (typeof value === 'boolean') return Buffer.of(value ? 1 : 0)
  if (typeof value !== 'number') return value
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function withLength(bytes: Uint8Array): Buffer {
  if (bytes.length > LARGEST_FIELD_BYTES) {
    throw new RangeError(
      `An IPP field has at most ${LARGEST_FIELD_BYTES} bytes; this one has ${bytes.length}.`,
    )
  }
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}
