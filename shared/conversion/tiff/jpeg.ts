import { ConversionRefused } from '../refusal.ts'

/** What a JPEG stream is made of, as far as streams must be joined: ITU-T T.81, annex B. */
export interface JpegParts {
  /** Quantisation and Huffman tables, application markers: all that stands before the scan besides the frame. */
  tables: Uint8Array
  frame: JpegFrame | undefined
  restartInterval: number
  /** Header of the scan and what it codes, up to the end of the image. */
  scan: Uint8Array | undefined
  scanHeaderBytes: number
}

export interface JpegFrame {
  segment: Uint8Array
  sequential: boolean
  widthPixels: number
  heightPixels: number
  components: number
  /** Pixels that one minimum coded unit covers. */
  unitWidth: number
  unitHeight: number
}

const START_OF_IMAGE = 0xd8
const END_OF_IMAGE = 0xd9
const START_OF_SCAN = 0xda
const RESTART_INTERVAL = 0xdd
const NOT_FRAMES = [0xc4, 0xc8, 0xcc]

/** `at` is where the stream stands in the file, for the refusal. */
export function readJpeg(bytes: Uint8Array, at: number): JpegParts {
  if (bytes[0] !== 0xff || bytes[1] !== START_OF_IMAGE)
    throw new ConversionRefused('no JPEG where one should be', at)
  const tables: Uint8Array[] = []
  const parts: JpegParts = {
    tables: bytes.subarray(0, 0),
    frame: undefined,
    restartInterval: 0,
    scan: undefined,
    scanHeaderBytes: 0,
  }
  let next = 2
  while (next + 4 <= bytes.length && bytes[next + 1] !== END_OF_IMAGE) {
    const marker = bytes[next + 1] as number
    const length = 2 + ((bytes[next + 2] as number) << 8) + (bytes[next + 3] as number)
    const segment = bytes.subarray(next, next + length)
    if (bytes[next] !== 0xff || segment.length < length || length < 4)
      throw new ConversionRefused('a broken JPEG', at + next)
    if (marker === START_OF_SCAN) {
      parts.scan = bytes.subarray(next, endOfImage(bytes, next + length))
      parts.scanHeaderBytes = length
      break
    }
    if (marker >= 0xc0 && marker <= 0xcf && !NOT_FRAMES.includes(marker))
      parts.frame = readFrame(segment, at + next)
    else if (marker === RESTART_INTERVAL) parts.restartInterval = ((segment[4] ?? 0) << 8) + (segment[5] ?? 0)
    else tables.push(segment)
    next += length
  }
  parts.tables = Buffer.concat(tables)
  return parts
}

/** Several scans may follow each other; what counts is the last end marker, or the end of the bytes. */
function endOfImage(bytes: Uint8Array, from: number): number {
  for (let index = bytes.length - 2; index >= from; index--) {
    if (bytes[index] === 0xff && bytes[index + 1] === END_OF_IMAGE) return index
  }
  return bytes.length
}

function readFrame(segment: Uint8Array, at: number): JpegFrame {
  const byte = (index: number): number => segment[index] ?? 0
  const components = byte(9)
  if (byte(4) !== 8 || segment.length < 10 + components * 3)
    throw new ConversionRefused('a JPEG of other than 8 bits', at)
  const sampling = Array.from({ length: components }, (_, index) => byte(11 + index * 3))
  // A scan of one component goes by blocks of 8x8, whatever its sampling says.
  const factor = (shift: number): number =>
    components === 1 ? 1 : Math.max(1, ...sampling.map((pair) => (pair >> shift) & 15))
  return {
    segment,
    sequential: byte(1) <= 0xc1,
    widthPixels: (byte(7) << 8) + byte(8),
    heightPixels: (byte(5) << 8) + byte(6),
    components,
    unitWidth: 8 * factor(4),
    unitHeight: 8 * factor(0),
  }
}
