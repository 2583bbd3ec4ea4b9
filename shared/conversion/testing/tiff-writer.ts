export type TagValue =
  | number
  | readonly number[]
  | { rational: number }
  | { signedRationals: readonly number[] }
  | string
  | Uint8Array

export interface PageToWrite {
  tags: Record<number, TagValue>
  /** Strips or tiles; their offsets and sizes are filled in unless the tags give them. */
  segments: readonly Uint8Array[]
}

export interface TiffWriting {
  bigEndian?: boolean
  big?: boolean
}

/** Writes the strips, then the directory, of each page; what the tags say is not checked. */
export function writeTiff(pages: readonly PageToWrite[], how: TiffWriting = {}): Uint8Array {
  const offsetBytes = how.big ? 8 : 4
  const number = (value: number, bytes: number): Buffer => {
    const digits = Buffer.alloc(bytes)
    for (let index = 0; index < bytes; index++) {
      digits[how.bigEndian ? bytes - 1 - index : index] = Math.floor(value / 256 ** index) & 0xff
    }
    return digits
  }
  const header = [Buffer.from(how.bigEndian ? 'MM' : 'II'), number(how.big ? 43 : 42, 2)]
  if (how.big) header.push(number(8, 2), number(0, 2))
  const file = { parts: header, length: header.length === 4 ? 8 : 4 }
  const append = (part: Uint8Array): number => {
    file.parts.push(Buffer.from(part))
    file.length += part.length
    return file.length - part.length
  }
  const reserveLink = (): Buffer => {
    append(new Uint8Array(offsetBytes))
    return file.parts.at(-1) ?? Buffer.alloc(0)
  }
  let link = reserveLink()
  for (const { tags, segments } of pages) {
    const offsets = segments.map(append)
    const entries = allTags(tags, offsets, segments).map(([tag, value]) => {
      const { type, count, values } = encode(tag, value)
      const bytes = Buffer.concat(values.map((each) => number(each, TYPE_BYTES[type] ?? 1)))
      const inline =
        bytes.length > offsetBytes ? number(append(bytes), offsetBytes) : Buffer.concat([bytes], offsetBytes)
      return Buffer.concat([number(tag, 2), number(type, 2), number(count, offsetBytes), inline])
    })
    number(file.length, offsetBytes).copy(link)
    append(Buffer.concat([number(entries.length, how.big ? 8 : 2), ...entries]))
    link = reserveLink()
  }
  return new Uint8Array(Buffer.concat(file.parts))
}

function allTags(
  tags: Record<number, TagValue>,
  offsets: number[],
  segments: readonly Uint8Array[],
): [number, TagValue][] {
  const tiled = 322 in tags
  const counts = segments.map((segment) => segment.length)
  const all = { [tiled ? 324 : 273]: offsets, [tiled ? 325 : 279]: counts, ...tags }
  return Object.entries(all).map(([tag, value]) => [Number(tag), value])
}

const BYTES_OF_OFFSETS = [273, 279, 324, 325]
const SHORT = 3
const LONG = 4
/** Of one number; a rational is two. */
const TYPE_BYTES: Record<number, number> = { 2: 1, [SHORT]: 2, [LONG]: 4, 5: 4, 7: 1, 10: 4 }

function encode(tag: number, value: TagValue): { type: number; count: number; values: number[] } {
  if (typeof value === 'string') {
    const values = [...Buffer.from(`${value}\0`, 'latin1')]
    return { type: 2, count: values.length, values }
  }
  if (value instanceof Uint8Array) return { type: 7, count: value.length, values: [...value] }
  if (typeof value === 'object' && 'rational' in value) {
    return { type: 5, count: 1, values: [Math.round(value.rational * 1000), 1000] }
  }
  if (typeof value === 'object' && 'signedRationals' in value) {
    const values = value.signedRationals.flatMap((each) => [Math.round(each * 1000) >>> 0, 1000])
    return { type: 10, count: value.signedRationals.length, values }
  }
  const values = typeof value === 'number' ? [value] : [...value]
  const long = BYTES_OF_OFFSETS.includes(tag) || values.some((number) => number > 0xffff)
  return { type: long ? LONG : SHORT, count: values.length, values }
}

/** The tags of a fax page, in fine resolution unless overridden. */
export function faxTags(
  width: number,
  height: number,
  compression: number,
  more: Record<number, TagValue> = {},
) {
  return {
    256: width,
    257: height,
    258: 1,
    259: compression,
    262: 0,
    277: 1,
    278: height,
    282: { rational: 204 },
    283: { rational: 196 },
    296: 2,
    ...more,
  }
}
