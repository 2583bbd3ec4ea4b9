import { LIMITS } from '../limits.ts'
import { ConversionRefused } from '../refusal.ts'

/** The bytes of a TIFF with its byte order; every read is checked against the end of the file. */
export interface TiffSource {
  bytes: Uint8Array
  view: DataView
  littleEndian: boolean
  /** BigTIFF: offsets and counts have 8 bytes. */
  big: boolean
  firstDirectory: number
}

const CLASSIC_VERSION = 42
const BIG_VERSION = 43

export function openTiff(bytes: Uint8Array): TiffSource {
  if (bytes.length > LIMITS.fileBytes) {
    throw new ConversionRefused(`a file of ${bytes.length} bytes; the limit is ${LIMITS.fileBytes}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const mark = bytes.length < 8 ? 0 : view.getUint16(0)
  if (mark !== 0x4949 && mark !== 0x4d4d) {
    throw new ConversionRefused(
      `no TIFF: ${bytes.length} bytes that start with ${firstBytes(bytes)}, not II or MM`,
      0,
    )
  }
  const littleEndian = mark === 0x4949
  const version = view.getUint16(2, littleEndian)
  if (version !== CLASSIC_VERSION && version !== BIG_VERSION) {
    throw new ConversionRefused(`no TIFF: version ${version}, not 42 (TIFF) or 43 (BigTIFF)`, 2)
  }
  const source = { bytes, view, littleEndian, big: version === BIG_VERSION, firstDirectory: 0 }
  if (source.big && uint16(source, 4, 'size of offsets') !== 8) {
    throw new ConversionRefused('BigTIFF with offsets of other than 8 bytes', 4)
  }
  source.firstDirectory = offset(source, source.big ? 8 : 4, 'offset of the first directory')
  return source
}

function firstBytes(bytes: Uint8Array): string {
  return bytes.length === 0 ? 'nothing' : Buffer.from(bytes.subarray(0, 4)).toString('hex')
}

export function uint16(source: TiffSource, at: number, what: string): number {
  checkRange(source, at, 2, what)
  return source.view.getUint16(at, source.littleEndian)
}

export function uint32(source: TiffSource, at: number, what: string): number {
  checkRange(source, at, 4, what)
  return source.view.getUint32(at, source.littleEndian)
}

export function uint64(source: TiffSource, at: number, what: string): number {
  checkRange(source, at, 8, what)
  const value = source.view.getBigUint64(at, source.littleEndian)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ConversionRefused(`${what} is ${value}`, at)
  return Number(value)
}

/** An offset or a count, whose size the kind of TIFF decides. */
export function offset(source: TiffSource, at: number, what: string): number {
  return source.big ? uint64(source, at, what) : uint32(source, at, what)
}

export function checkRange(source: TiffSource, at: number, length: number, what: string): void {
  if (at + length > source.bytes.length) {
    throw new ConversionRefused(
      `${what} would end at byte ${at + length} of a file of ${source.bytes.length} bytes`,
      at,
    )
  }
}
