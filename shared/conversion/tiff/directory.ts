import { LIMITS } from '../limits.ts'
import { ConversionRefused } from '../refusal.ts'
import { checkRange, offset, type TiffSource, uint16, uint32, uint64 } from './source.ts'
import { TAG_NAMES, type TagNumber } from './tags.ts'

interface Field {
  type: number
  count: number
  /** Where its values stand. */
  at: number
}

/** One image file directory: a page. */
export interface Directory {
  source: TiffSource
  at: number
  fields: ReadonlyMap<number, Field>
}

const BYTE = 1
const ASCII = 2
const SHORT = 3
const LONG = 4
const RATIONAL = 5
const SIGNED_SHORT = 8
const SIGNED_LONG = 9
const SIGNED_RATIONAL = 10
const IFD = 13
const LONG8 = 16
const IFD8 = 18

const TYPE_BYTES: Record<number, number> = {
  [BYTE]: 1,
  [ASCII]: 1,
  [SHORT]: 2,
  [LONG]: 4,
  [RATIONAL]: 8,
  6: 1,
  7: 1,
  [SIGNED_SHORT]: 2,
  [SIGNED_LONG]: 4,
  [SIGNED_RATIONAL]: 8,
  11: 4,
  12: 8,
  [IFD]: 4,
  [LONG8]: 8,
  17: 8,
  [IFD8]: 8,
}

export interface DirectoryChain {
  directories: Directory[]
  /** Why the chain ended before its end. */
  broken: ConversionRefused | undefined
}

/**
 * Follows the chain of directories. A file cut off in the middle keeps the pages whose directories can be read; a chain
 * that comes back to itself, or is longer than any fax, is not cut off but made so, and is refused.
 */
export function readDirectories(source: TiffSource): DirectoryChain {
  const directories: Directory[] = []
  const seen = new Set<number>()
  let fields = 0
  let at = source.firstDirectory
  while (at !== 0) {
    if (seen.has(at)) throw new ConversionRefused(`the chain of directories comes back to byte ${at}`, at)
    if (seen.size >= LIMITS.pages) throw new ConversionRefused(`more than ${LIMITS.pages} pages`, at)
    seen.add(at)
    try {
      const { directory, next } = readDirectory(source, at)
      fields += directory.fields.size
      // Directories that overlap, so that few bytes make millions of fields.
      if (fields * LEAST_BYTES_OF_FIELD > source.bytes.length) {
        throw new FieldsTwice(`more fields than a file of ${source.bytes.length} bytes holds`, at)
      }
      directories.push(directory)
      at = next()
    } catch (error) {
      const cutOff = error instanceof ConversionRefused && !(error instanceof FieldsTwice)
      if (!cutOff || directories.length === 0) throw error
      return { directories, broken: error }
    }
  }
  if (directories.length === 0)
    throw new ConversionRefused('no page: the offset of the first directory is 0', 4)
  return { directories, broken: undefined }
}

const LEAST_BYTES_OF_FIELD = 12

class FieldsTwice extends ConversionRefused {}

function readDirectory(source: TiffSource, at: number): { directory: Directory; next: () => number } {
  const countBytes = source.big ? 8 : 2
  const entryBytes = source.big ? 20 : 12
  const count = source.big ? uint64(source, at, 'directory') : uint16(source, at, 'directory')
  if (count > LIMITS.fieldsPerDirectory) throw new ConversionRefused(`a directory of ${count} fields`, at)
  const entries = at + countBytes
  checkRange(source, entries, count * entryBytes, `a directory of ${count} fields`)
  const fields = new Map<number, Field>()
  for (let index = 0; index < count; index++) {
    const entry = entries + index * entryBytes
    const tag = uint16(source, entry, 'tag')
    const field = readField(source, entry)
    if (field !== undefined && !fields.has(tag)) fields.set(tag, field)
  }
  return {
    directory: { source, at, fields },
    next: () => offset(source, entries + count * entryBytes, 'offset of the next directory'),
  }
}

/** Undefined for a type of a later standard; such fields may be skipped. */
function readField(source: TiffSource, entry: number): Field | undefined {
  const type = uint16(source, entry + 2, 'type of a field')
  const count = offset(source, entry + 4, 'count of a field')
  const typeBytes = TYPE_BYTES[type]
  if (typeBytes === undefined) return undefined
  const inlineBytes = source.big ? 8 : 4
  const inlineAt = entry + 4 + inlineBytes
  const at = count * typeBytes <= inlineBytes ? inlineAt : offset(source, inlineAt, 'offset of a value')
  return { type, count, at }
}

/** The values of a numeric field, at most `limit` of them; undefined if it is missing or no number. */
export function numbers(directory: Directory, tag: TagNumber, limit: number): number[] | undefined {
  const field = directory.fields.get(tag)
  if (field === undefined || field.count === 0) return undefined
  if (field.count > limit) {
    throw new ConversionRefused(
      `${TAG_NAMES[tag]} has ${field.count} values; ${limit} is the limit`,
      field.at,
    )
  }
  const typeBytes = TYPE_BYTES[field.type] ?? 1
  checkRange(directory.source, field.at, field.count * typeBytes, TAG_NAMES[tag])
  const values: number[] = []
  for (let index = 0; index < field.count; index++) {
    const value = readNumber(directory.source, field.type, field.at + index * typeBytes, TAG_NAMES[tag])
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

/** The first value of a field, whatever follows. */
export function firstNumber(directory: Directory, tag: TagNumber): number | undefined {
  const field = directory.fields.get(tag)
  if (field === undefined || field.count === 0) return undefined
  return readNumber(directory.source, field.type, field.at, TAG_NAMES[tag])
}

/** As {@link firstNumber}, for what can only be a count: anything else counts as missing. */
export function firstCount(directory: Directory, tag: TagNumber): number | undefined {
  const value = firstNumber(directory, tag)
  return value !== undefined && Number.isInteger(value) && value >= 0 ? value : undefined
}

function readNumber(source: TiffSource, type: number, at: number, what: string): number | undefined {
  const { view, littleEndian } = source
  checkRange(source, at, TYPE_BYTES[type] ?? 1, what)
  switch (type) {
    case BYTE:
      return view.getUint8(at)
    case SHORT:
      return view.getUint16(at, littleEndian)
    case LONG:
    case IFD:
      return uint32(source, at, what)
    case RATIONAL:
      return uint32(source, at, what) / uint32(source, at + 4, what)
    case SIGNED_SHORT:
      return view.getInt16(at, littleEndian)
    case SIGNED_LONG:
      return view.getInt32(at, littleEndian)
    case SIGNED_RATIONAL:
      return view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian)
    case 11:
      return view.getFloat32(at, littleEndian)
    case 12:
      return view.getFloat64(at, littleEndian)
    case LONG8:
    case IFD8:
      return uint64(source, at, what)
    default:
      return undefined
  }
}

/** A text field up to its first zero byte, as Latin-1; undefined if it is missing, no text, or outside the file. */
export function text(directory: Directory, tag: TagNumber): string | undefined {
  const { bytes } = directory.source
  const field = directory.fields.get(tag)
  if (field === undefined || field.type !== ASCII || field.at + field.count > bytes.length) return undefined
  const value = Buffer.from(bytes.subarray(field.at, field.at + Math.min(field.count, 256))).toString(
    'latin1',
  )
  return value.split('\0', 1)[0]
}

/** Bytes of an opaque field; undefined if it is missing or outside the file. */
export function fieldBytes(directory: Directory, tag: TagNumber): Uint8Array | undefined {
  const { bytes } = directory.source
  const field = directory.fields.get(tag)
  if (field === undefined || TYPE_BYTES[field.type] !== 1 || field.at + field.count > bytes.length)
    return undefined
  return bytes.subarray(field.at, field.at + field.count)
}
