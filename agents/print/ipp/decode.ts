import {
  GROUP,
  type IppAttribute,
  type IppGroup,
  type IppMessage,
  type IppValue,
  isTextTag,
  TAG,
} from './message.ts'

/** Bytes that are no IPP message; `offset` is where that shows. */
export class IppFormatError extends Error {
  override readonly name = 'IppFormatError'
  readonly offset: number
  constructor(problem: string, offset: number) {
    super(`No IPP message: ${problem} (byte ${offset})`)
    this.offset = offset
  }
}

interface OpenGroup extends IppGroup {
  attributes: (IppAttribute & { values: IppValue[] })[]
}

/** Tags below are delimiters of groups (RFC 8010 section 3.5.1). */
const FIRST_VALUE_TAG = 0x10

/**
 * Reads a message of RFC 8010. Of collections only the frame is read: their members are left out, since nothing that we ask for is
 * one. Throws {@link IppFormatError}.
 */
export function decodeIpp(bytes: Uint8Array): IppMessage {
  const reader = new FieldReader(bytes)
  const version = { major: reader.unsigned(1), minor: reader.unsigned(1) }
  const code = reader.unsigned(2)
  const requestId = reader.unsigned(4)
  const groups: OpenGroup[] = []
  let depth = 0
  for (let tag = reader.unsigned(1); tag !== GROUP.end; tag = reader.unsigned(1)) {
    if (tag < FIRST_VALUE_TAG) {
      groups.push({ tag, attributes: [] })
      depth = 0
      continue
    }
    const start = reader.offset
    const name = Buffer.from(reader.field()).toString('utf8')
    const field = reader.field()
    if (tag === TAG.endCollection) depth = Math.max(0, depth - 1)
    const isMember = depth > 0
    if (tag === TAG.beginCollection) depth += 1
    if (isMember || tag === TAG.endCollection) continue
    add(groups.at(-1), { name, value: { tag, value: decodeValue(tag, field, start) } }, start)
  }
  return { version, code, requestId, groups }
}

function add(
  group: OpenGroup | undefined,
  { name, value }: { name: string; value: IppValue },
  offset: number,
): void {
  if (group === undefined) throw new IppFormatError('an attribute stands outside of any group', offset)
  if (name !== '') {
    group.attributes.push({ name, values: [value] })
    return
  }
  const attribute = group.attributes.at(-1)
  if (attribute === undefined) throw new IppFormatError('a further value has no attribute before it', offset)
  attribute.values.push(value)
}

function decodeValue(tag: number, field: Uint8Array, offset: number): IppValue['value'] {
  const bytes = Buffer.from(field.buffer, field.byteOffset, field.length)
  if (tag === TAG.integer || tag === TAG.enum) {
    if (bytes.length !== 4) throw new IppFormatError(`a number has ${bytes.length} bytes, not 4`, offset)
    return bytes.readInt32BE()
  }
  if (tag === TAG.boolean) {
    if (bytes.length !== 1) throw new IppFormatError(`a boolean has ${bytes.length} bytes, not 1`, offset)
    return bytes[0] !== 0
  }
  if (tag === TAG.textWithLanguage || tag === TAG.nameWithLanguage) {
    const parts = new FieldReader(bytes, offset)
    parts.field()
    return Buffer.from(parts.field()).toString('utf8')
  }
  return isTextTag(tag) ? bytes.toString('utf8') : new Uint8Array(bytes)
}

class FieldReader {
  offset = 0
  readonly #bytes: Uint8Array
  readonly #start: number

  /** `start` is where these bytes stand in the message, for what goes wrong in them. */
  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = bytes
    this.#start = start
  }

  unsigned(sizeBytes: 1 | 2 | 4): number {
    return this.#take(sizeBytes).reduce((sum, byte) => sum * 256 + byte, 0)
  }

  /** Bytes behind their length. */
  field(): Uint8Array {
    return this.#take(this.unsigned(2))
  }

  #take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.offset, this.offset + count)
    if (taken.length < count) throw new IppFormatError('it breaks off', this.#start + this.#bytes.length)
    this.offset += count
    return taken
  }
}
